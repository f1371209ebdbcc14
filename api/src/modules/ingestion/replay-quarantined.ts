import type { WorkspaceAccess } from '../../platform/context.js';
import type { Services } from '../../platform/module.js';
import { check, instantsOf } from './accept-batch.js';
import type { EventInput } from './check-event.js';
import { createEnsurePartitions } from './ensure-partitions.js';
import { toEventIncoming } from './event-incoming.js';
import type { Incoming, IncomingKind, Outcome } from './incoming.js';
import {
  listOldestQuarantined,
  takeQuarantined,
  type QuarantinedRow,
  type QuarantineFilter,
} from './quarantine.repository.js';
import { toIncoming } from './segment-incoming.js';
import { storeBatch } from './store-batch.js';

/** What became of quarantined events that were replayed. */
export interface Replayed {
  results: { id: string; outcome: Outcome }[];
  /** The last of them, to go on from; null when there was none. */
  lastId: string | null;
  hasMore: boolean;
}

/**
 * Takes quarantined events again, the oldest first, as if they had just come in at the time when they did. Those that
 * can be stored now leave the quarantine; the others stay, with the reason of this time. All of it happens or nothing.
 * @param after the id to go on from.
 */
export type ReplayQuarantined = (
  workspace: WorkspaceAccess,
  filter: QuarantineFilter,
  after: string | undefined,
  limit: number,
) => Promise<Replayed>;

/** Builds {@link ReplayQuarantined}. */
export function createReplayQuarantined(
  services: Pick<Services, 'withWorkspace' | 'clock'>,
): ReplayQuarantined {
  const { withWorkspace, clock } = services;
  const ensurePartitions = createEnsurePartitions(withWorkspace);
  return async (workspace, filter, after, limit) => {
    const now = clock.now();
    const found = await withWorkspace(workspace.id, (transaction) =>
      listOldestQuarantined(transaction, filter, after, limit + 1),
    );
    const rows = found.slice(0, limit);
    const items = rows.map((row) => ({ id: row.id, incoming: check(readAgain(row), now) }));
    await ensurePartitions(workspace.id, instantsOf(items.map(({ incoming }) => incoming)));
    const results = await withWorkspace(workspace.id, async (transaction) => {
      // Taken out first: of two who replay the same event, one finds it.
      const taken = await takeQuarantined(
        transaction,
        items.map(({ id }) => id),
      );
      const mine = items.filter(({ id }) => taken.has(id));
      const outcomes = await storeBatch(
        transaction,
        { workspace, now },
        mine.map(({ incoming }) => incoming),
      );
      return mine.map(({ id }, index) => ({ id, outcome: outcomes[index]! }));
    });
    return { results, lastId: rows.at(-1)?.id ?? null, hasMore: found.length > limit };
  };
}

const readers: Record<IncomingKind, (body: unknown, receivedAt: Date) => Incoming> = {
  message: (body, receivedAt) => toIncoming(body, { receivedAt }),
  event: (body, receivedAt) => {
    const { occurredAt, ...event } = body as Omit<EventInput, 'occurredAt'> & { occurredAt?: string | null };
    return toEventIncoming(occurredAt ? { ...event, occurredAt: new Date(occurredAt) } : event, receivedAt);
  },
};

function readAgain({ id, kind, source, body, receivedAt }: QuarantinedRow): Incoming {
  return { ...readers[kind](JSON.parse(body), receivedAt), source, quarantineId: id };
}
