import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'segments', name: 'segments', component: () => import('./SegmentsPage.vue') },
  {
    path: 'segments/:segmentId',
    name: 'segment',
    component: () => import('./SegmentPage.vue'),
  },
];
