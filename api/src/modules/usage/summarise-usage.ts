import { usageMetrics, type UsageCount, type UsageMetric } from '../../platform/usage.js';
import type { WorkspaceUsage } from './read-usage.js';
import type { QuotaRow } from './usage.repository.js';

/** An amount of something. */
export interface Amount {
  metric: UsageMetric;
  amount: number;
}

/** Marks at which a quota warns, in per cent, the highest first. */
const marks = [100, 80];

/** Puts together what is shown of a workspace's usage. */
export function toUsage({ range, counts, quotas, keyNames }: WorkspaceUsage) {
  return {
    ...range,
    totals: totalsOf(counts),
    days: sumBy(counts, ({ day, metric }) => `${day} ${metric}`),
    keys: sumBy(counts, ({ keyId, metric }) => `${keyId} ${metric}`).map(({ keyId, metric, amount }) => ({
      keyId,
      metric,
      amount,
      name: keyNames.get(keyId ?? '') ?? null,
    })),
    quotas,
    warnings: quotas.flatMap(warningOf),
  };
}

/** How much there was in all, of every metric. */
export function totalsOf(counts: readonly UsageCount[]): Amount[] {
  return (Object.keys(usageMetrics) as UsageMetric[]).map((metric) => ({
    metric,
    amount: counts.reduce((sum, count) => sum + (count.metric === metric ? count.amount : 0), 0),
  }));
}

function sumBy(counts: readonly UsageCount[], keyOf: (count: UsageCount) => string): UsageCount[] {
  const sums = new Map<string, UsageCount>();
  for (const count of counts) {
    const sum = sums.get(keyOf(count));
    if (sum) sum.amount += count.amount;
    else sums.set(keyOf(count), { ...count });
  }
  return [...sums.values()];
}

function warningOf({
  metric,
  monthly,
  used,
}: QuotaRow): { metric: UsageMetric; percent: number; message: string }[] {
  const percent = marks.find((mark) => used * 100 >= monthly * mark);
  if (percent === undefined) return [];
  const name = metric.replace('_', ' ');
  const message =
    percent === 100
      ? `The quota of ${monthly} ${name} for this month is used up.`
      : `${used} of ${monthly} ${name} for this month are used.`;
  return [{ metric, percent, message }];
}
