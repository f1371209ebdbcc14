import type { Clock } from './clock.js';
import type { Viewer } from './context.js';
import { currentKey } from './request.js';

/** What is metered, with what counts as one. A new one is added here, and counted where it happens. */
export const usageMetrics = {
  api_calls: 'Requests of an API key or a person that concern the workspace.',
  events: 'Events that were stored.',
  contacts: 'Contacts that were made.',
  previews: 'Previews of rules.',
  counts: 'Counts that were asked for, of rules and of segments.',
  cache_hits: 'Counts that were remembered and had not to be computed.',
  exports: 'Files that were written for download.',
} as const;

/** One of {@link usageMetrics}. */
export type UsageMetric = keyof typeof usageMetrics;

/** How much of something an API key used on a day. */
export interface UsageCount {
  /** In UTC: `2026-11-25`. */
  day: string;
  metric: UsageMetric;
  /** Null for people and jobs. */
  keyId: string | null;
  amount: number;
}

/**
 * Counts what is used, in this process. Nothing is written here: what has been counted is taken in batches, and put back
 * when it could not be written.
 */
export class UsageMeter {
  readonly #clock: Clock;
  #counts = new Map<string, Map<string, UsageCount>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param keyId whose use it is; of what happens in a GraphQL request it is known. */
  count(workspaceId: string, metric: UsageMetric, amount = 1, keyId: string | null = currentKey()): void {
    if (amount <= 0) return;
    const day = this.#clock.now().toISOString().slice(0, 10);
    this.#add(workspaceId, { day, metric, keyId, amount });
  }

  /** What has been counted for a workspace and not been taken yet. */
  pendingOf(workspaceId: string, metric: UsageMetric): number {
    const counts = [...(this.#counts.get(workspaceId)?.values() ?? [])];
    return counts.reduce((sum, count) => sum + (count.metric === metric ? count.amount : 0), 0);
  }

  /** Takes everything that has been counted, by workspace. */
  take(): Map<string, UsageCount[]> {
    const taken = new Map([...this.#counts].map(([id, counts]) => [id, [...counts.values()]]));
    this.#counts = new Map();
    return taken;
  }

  /** Puts back what was taken. */
  putBack(workspaceId: string, counts: readonly UsageCount[]): void {
    for (const count of counts) this.#add(workspaceId, count);
  }

  #add(workspaceId: string, count: UsageCount): void {
    const counts = this.#counts.get(workspaceId) ?? new Map<string, UsageCount>();
    this.#counts.set(workspaceId, counts);
    const key = `${count.day} ${count.metric} ${count.keyId}`;
    const known = counts.get(key);
    if (known) known.amount += count.amount;
    else counts.set(key, { ...count });
  }
}

/** What a workspace may use in a month. */
export interface Quotas {
  /** Throws QUOTA_EXCEEDED when this month's quota is used up. What begins before that is taken whole. */
  require(workspaceId: string, metric: UsageMetric): Promise<void>;
  /** Counts a request to the API, once a workspace, and asks for the quota of keys: people are not shut out. */
  countCall(signal: AbortSignal, workspaceId: string, viewer: Viewer): Promise<void>;
}
