import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'explorer', name: 'explorer', component: () => import('./ExplorerPage.vue') },
];
