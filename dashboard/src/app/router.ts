import { createRouter, createWebHistory } from 'vue-router';
import { routes as contacts } from '../features/contacts/routes.js';
import { routes as home } from '../features/home/routes.js';
import { routes as segments } from '../features/segments/routes.js';
import { routes as session } from '../features/session/routes.js';

/** Pages inside a workspace share its frame: the sidebar and the switcher. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...session,
    {
      path: '/',
      component: () => import('./SignedIn.vue'),
      children: [
        ...home,
        {
          path: 'w/:workspaceId',
          children: [...contacts, ...segments],
        },
      ],
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});
