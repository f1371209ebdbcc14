import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'imports', name: 'imports', component: () => import('./ImportsPage.vue') },
  { path: 'imports/new', name: 'new-import', component: () => import('./NewImportPage.vue') },
  { path: 'imports/:importId', name: 'import', component: () => import('./ImportPage.vue') },
];
