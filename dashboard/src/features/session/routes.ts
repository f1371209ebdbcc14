import type { RouteRecordRaw } from 'vue-router';

/** Pages for people who need not be signed in. */
export const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    meta: { public: true },
    component: () => import('./SignInPage.vue'),
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    meta: { public: true },
    component: () => import('./SignUpPage.vue'),
  },
  {
    path: '/invitations/:token',
    name: 'invitation',
    meta: { public: true },
    component: () => import('./InvitationPage.vue'),
  },
];

export const accountRoutes: RouteRecordRaw[] = [
  { path: 'account', name: 'account', component: () => import('./AccountPage.vue') },
];
