import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'lookalikes', name: 'lookalikes', component: () => import('./LookalikesPage.vue') },
  { path: 'lookalikes/new', name: 'new-lookalike', component: () => import('./NewLookalikePage.vue') },
  { path: 'lookalikes/:lookalikeId', name: 'lookalike', component: () => import('./LookalikePage.vue') },
];
