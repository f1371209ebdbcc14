import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'contacts', name: 'contacts', component: () => import('./ContactsPage.vue') },
  { path: 'contacts/:contactId', name: 'contact', component: () => import('./ContactPage.vue') },
  { path: 'companies', name: 'companies', component: () => import('./CompaniesPage.vue') },
  { path: 'companies/:companyId', name: 'company', component: () => import('./CompanyPage.vue') },
];
