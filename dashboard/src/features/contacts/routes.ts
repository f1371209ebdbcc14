import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'contacts', name: 'contacts', component: () => import('./ContactsPage.vue') },
  { path: 'contacts/:contactId', name: 'contact', component: () => import('./ContactPage.vue') },
];
