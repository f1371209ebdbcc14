import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'automations', name: 'automations', component: () => import('./AutomationsPage.vue') },
  { path: 'automations/new', name: 'new-automation', component: () => import('./EditAutomationPage.vue') },
  {
    path: 'automations/:automationId',
    name: 'automation',
    component: () => import('./AutomationPage.vue'),
  },
  {
    path: 'automations/:automationId/edit',
    name: 'edit-automation',
    component: () => import('./EditAutomationPage.vue'),
  },
];
