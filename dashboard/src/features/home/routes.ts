import type { RouteRecordRaw } from 'vue-router';

/** Shows nothing but leads on. */
export const start: RouteRecordRaw = {
  path: '',
  name: 'start',
  component: () => import('./StartPage.vue'),
};

export const routes: RouteRecordRaw[] = [
  { path: 'workspaces', name: 'workspaces', component: () => import('./WorkspacesPage.vue') },
];

export const workspaceRoutes: RouteRecordRaw[] = [
  { path: '', name: 'overview', component: () => import('./OverviewPage.vue') },
];
