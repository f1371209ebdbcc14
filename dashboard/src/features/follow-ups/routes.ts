import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'follow-ups', name: 'follow-ups', component: () => import('./FollowUpsPage.vue') },
];
