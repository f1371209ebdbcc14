import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'data', name: 'attributes', component: () => import('./AttributesPage.vue') },
  { path: 'data/consent', name: 'consent', component: () => import('./SuppressionsPage.vue') },
  { path: 'data/email-sources', name: 'email-sources', component: () => import('./EmailSourcesPage.vue') },
  { path: 'data/forms', name: 'forms', component: () => import('./FormsPage.vue') },
  { path: 'data/quarantine', name: 'quarantine', component: () => import('./QuarantinePage.vue') },
  { path: 'data/conflicts', name: 'conflicts', component: () => import('./ConflictsPage.vue') },
];
