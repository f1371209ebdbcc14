import type { UsageMetric, UsageQuery } from '@coterie/client';

/** What a workspace used in a range of days. */
export type Used = UsageQuery['workspace']['usage'];

/** What is metered, in words; a metric that is missing here does not compile. */
export const metricWords: Record<UsageMetric, { label: string; hint: string }> = {
  CONTACTS: { label: 'Contacts', hint: 'Made' },
  EVENTS: { label: 'Events', hint: 'Taken' },
  API_CALLS: { label: 'API calls', hint: 'Operations, over GraphQL and HTTP' },
  PREVIEWS: { label: 'Previews', hint: 'Rules that were counted' },
  COUNTS: { label: 'Counts', hint: 'Of rules and of segments' },
  CACHE_HITS: { label: 'Cache hits', hint: 'Counts that were known already' },
  EXPORTS: { label: 'Exports', hint: 'Files that were written' },
};
export const metrics = Object.keys(metricWords) as UsageMetric[];

/** Every day of the range, each with what was used of everything. */
export interface UsageDay {
  day: string;
  of: Record<UsageMetric, number>;
  /** Which share of counts was known already; null on a day without any. */
  hitShare: number | null;
}

const aDay = 86_400_000;

/** The days of a range, one after the other, those without any use as well. */
export function toDays({ since, until, days }: Used): UsageDay[] {
  const amounts = new Map(days.map(({ day, metric, amount }) => [`${day} ${metric}`, amount]));
  const list: UsageDay[] = [];
  for (let at = Date.parse(since); at <= Date.parse(until); at += aDay) {
    const day = new Date(at).toISOString().slice(0, 10);
    const of = Object.fromEntries(
      metrics.map((metric) => [metric, amounts.get(`${day} ${metric}`) ?? 0]),
    ) as Record<UsageMetric, number>;
    list.push({ day, of, hitShare: shareOf(of) });
  }
  return list;
}

function shareOf({ CACHE_HITS: hits, COUNTS: asked }: Record<UsageMetric, number>): number | null {
  return asked === 0 ? null : Math.min(1, hits / asked);
}

/** The same over the whole range. */
export function hitShareOf(days: readonly UsageDay[]): number | null {
  const all = Object.fromEntries(
    metrics.map((metric) => [metric, days.reduce((total, { of }) => total + of[metric], 0)]),
  ) as Record<UsageMetric, number>;
  return shareOf(all);
}

/** The days as a CSV file. */
export function toCsv(days: readonly UsageDay[]): string {
  const header = ['day', ...metrics.map((metric) => metric.toLowerCase())];
  const lines = days.map(({ day, of }) => [day, ...metrics.map((metric) => of[metric])].join(','));
  return [header.join(','), ...lines, ''].join('\r\n');
}
