import { createRouter, createWebHistory } from 'vue-router';
import { routes as audiences } from '../features/audiences/routes.js';
import { routes as automations } from '../features/automations/routes.js';
import { routes as contacts } from '../features/contacts/routes.js';
import { routes as data } from '../features/data/routes.js';
import { routes as destinations } from '../features/destinations/routes.js';
import { routes as explorer } from '../features/explorer/routes.js';
import { routes as followUps } from '../features/follow-ups/routes.js';
import { routes as home, start, workspaceRoutes as workspaceHome } from '../features/home/routes.js';
import { routes as imports } from '../features/imports/routes.js';
import { routes as lookalikes } from '../features/lookalikes/routes.js';
import { routes as segments } from '../features/segments/routes.js';
import { accountRoutes, routes as session } from '../features/session/routes.js';
import { routes as settings } from '../features/settings/routes.js';
import { routes as usage } from '../features/usage/routes.js';

/** Pages inside a workspace share its frame: the sidebar and the switcher. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...session,
    {
      path: '/',
      component: () => import('./SignedIn.vue'),
      children: [
        start,
        {
          path: '',
          component: () => import('./OutsideWorkspace.vue'),
          children: [...home, ...accountRoutes],
        },
        {
          path: 'w/:workspaceId',
          component: () => import('./InWorkspace.vue'),
          children: [
            ...workspaceHome,
            ...contacts,
            ...segments,
            ...audiences,
            ...lookalikes,
            ...automations,
            ...followUps,
            ...destinations,
            ...imports,
            ...data,
            ...usage,
            ...explorer,
            ...settings,
          ],
        },
      ],
    },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./NowherePage.vue') },
  ],
});

/** Leads to the sign-in page and, after it, back to where one was. Pages that need no session stay. */
export function askToSignIn(): void {
  const { meta, fullPath } = router.currentRoute.value;
  if (meta['public']) return;
  void router.replace({ name: 'sign-in', query: { next: fullPath === '/' ? undefined : fullPath } });
}
