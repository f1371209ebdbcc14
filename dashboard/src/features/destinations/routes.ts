import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'destinations', name: 'destinations', component: () => import('./DestinationsPage.vue') },
  { path: 'destinations/new', name: 'new-destination', component: () => import('./NewDestinationPage.vue') },
  {
    path: 'destinations/:destinationId',
    name: 'destination',
    component: () => import('./DestinationPage.vue'),
  },
];
