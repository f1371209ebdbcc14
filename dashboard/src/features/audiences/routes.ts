import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'audiences', name: 'audiences', component: () => import('./AudiencesPage.vue') },
  { path: 'audiences/new', name: 'new-audience', component: () => import('./NewAudiencePage.vue') },
  { path: 'audiences/:audienceId', name: 'audience', component: () => import('./AudiencePage.vue') },
];
