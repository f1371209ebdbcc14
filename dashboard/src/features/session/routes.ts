import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('./SignInPage.vue') },
  { path: '/sign-up', name: 'sign-up', component: () => import('./SignUpPage.vue') },
];
