import type { GlanceFragment, OrganizationHomeQuery } from '@coterie/client';
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** A workspace with how it stands. */
export type GlanceRow = OrganizationHomeQuery['organization']['glances']['edges'][number]['node'] & {
  id: string;
};

/** By what workspaces can be put in order. */
export const glanceSorts: { value: GlanceSort; label: string }[] = [
  { value: 'attention', label: 'Needs attention first' },
  { value: 'name', label: 'By name' },
  { value: 'contacts', label: 'Most contacts' },
  { value: 'growth', label: 'Fastest growing' },
  { value: 'usage', label: 'Closest to its quota' },
];
export type GlanceSort = 'attention' | 'name' | 'contacts' | 'growth' | 'usage';

/** How many contacts came in the last 30 days. */
export function growthOf({ days }: Pick<GlanceFragment, 'days'>): number {
  return days.reduce((sum, { contacts }) => sum + contacts, 0);
}

/** The quota that is nearest its end, as a share; undefined where nothing is limited. */
export function tightestQuota(
  glance: Pick<GlanceFragment, 'quotas'>,
): (GlanceFragment['quotas'][number] & { share: number }) | undefined {
  return glance.quotas
    .map((quota) => ({ ...quota, share: quota.monthly === 0 ? 1 : quota.used / quota.monthly }))
    .toSorted((one, other) => other.share - one.share)[0];
}

/** How much there is that somebody should look at. */
export function troubleOf(glance: GlanceFragment): number {
  return (
    glance.failedImports +
    glance.segmentsWithError +
    glance.identityConflicts +
    (glance.quarantinedEvents > 0 ? 1 : 0) +
    ((tightestQuota(glance)?.share ?? 0) >= 0.8 ? 1 : 0)
  );
}

const byName = (one: GlanceRow, other: GlanceRow): number =>
  one.workspace.name.localeCompare(other.workspace.name, 'en');
const orders: Record<GlanceSort, (row: GlanceRow) => number> = {
  attention: troubleOf,
  name: () => 0,
  contacts: ({ contacts }) => contacts,
  growth: growthOf,
  usage: (row) => tightestQuota(row)?.share ?? 0,
};

/** Workspaces in the order asked for; alike ones by name. */
export function inOrder(rows: readonly GlanceRow[], sort: GlanceSort): GlanceRow[] {
  const measure = orders[sort];
  return rows.toSorted((one, other) => measure(other) - measure(one) || byName(one, other));
}

/** The order, which the address keeps. */
export function useGlanceSort() {
  const route = useRoute();
  const router = useRouter();
  const sort = computed<GlanceSort>({
    get: () => glanceSorts.find(({ value }) => value === route.query['sort'])?.value ?? 'name',
    set: (next) =>
      void router.replace({ query: { ...route.query, sort: next === 'name' ? undefined : next } }),
  });
  return { sort };
}
