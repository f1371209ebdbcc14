import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'settings', name: 'settings', component: () => import('./GeneralPage.vue') },
  { path: 'settings/keys', name: 'api-keys', component: () => import('./KeysPage.vue') },
  { path: 'settings/members', name: 'members', component: () => import('./MembersPage.vue') },
  { path: 'settings/privacy', name: 'privacy', component: () => import('./PrivacyPage.vue') },
  { path: 'settings/audit', name: 'audit', component: () => import('./AuditPage.vue') },
];
