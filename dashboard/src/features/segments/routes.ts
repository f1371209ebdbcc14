import type { RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: 'segments', name: 'segments', component: () => import('./SegmentsPage.vue') },
  { path: 'segments/new', name: 'new-segment', component: () => import('./NewSegmentPage.vue') },
  { path: 'segments/:segmentId', name: 'segment', component: () => import('./SegmentPage.vue') },
  {
    path: 'segments/:segmentId/growth',
    name: 'segment-growth',
    component: () => import('./SegmentGrowthPage.vue'),
  },
  {
    path: 'segments/:segmentId/overlap',
    name: 'segment-overlap',
    component: () => import('./SegmentOverlapPage.vue'),
  },
  {
    path: 'segments/:segmentId/versions',
    name: 'segment-versions',
    component: () => import('./SegmentVersionsPage.vue'),
  },
  {
    path: 'segments/:segmentId/edit',
    name: 'edit-segment',
    component: () => import('./EditSegmentPage.vue'),
  },
];
