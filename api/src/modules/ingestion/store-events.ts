import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { check, instantsOf } from './accept-batch.js';
import type { EventInput } from './check-event.js';
import { createEnsurePartitions } from './ensure-partitions.js';
import { toEventIncoming } from './event-incoming.js';
import { claimMessages, messageKey } from './event.repository.js';
import type { Incoming, Outcome } from './incoming.js';
import { storeBatch, type BatchSettings } from './store-batch.js';

/**
 * Checks events that a transaction is to store beside what else it does. Before the transaction: events of any month may
 * be among them, and a month is made ready by a transaction of its own.
 */
export type PrepareEvents = (
  workspaceId: string,
  events: readonly EventInput[],
  about: { source: string; now: Date },
) => Promise<Incoming[]>;

/** Builds {@link PrepareEvents}. */
export function createPrepareEvents(withWorkspace: WithWorkspace): PrepareEvents {
  const ensurePartitions = createEnsurePartitions(withWorkspace);
  return async (workspaceId, events, { source, now }) => {
    const items = events.map((event) => check(toEventIncoming(event, now, { source }), now));
    await ensurePartitions(workspaceId, instantsOf(items));
    return items;
  };
}

/**
 * Stores prepared events, each message once; what cannot be taken goes into quarantine. They count as usage, and are
 * taken beyond a quota as well: what they cause, such as an opt-out, must not get lost.
 * @returns an outcome for each, in the given order.
 */
export async function storeEvents(
  transaction: WorkspaceTransaction,
  { timeZone, defaultCountry, now }: BatchSettings['workspace'] & { now: Date },
  items: readonly Incoming[],
): Promise<Outcome[]> {
  const outcomes = await storeBatch(transaction, { workspace: { timeZone, defaultCountry }, now }, items);
  transaction.count('events', outcomes.filter(({ status }) => status === 'stored').length);
  return outcomes;
}

/** Which of these messages have not been seen before; from now on they have. For those of which no event is stored. */
export async function claimUnseen(
  transaction: WorkspaceTransaction,
  messageIds: readonly string[],
  now: Date,
): Promise<Set<string>> {
  const keys = await claimMessages(transaction, messageIds.map(messageKey), now);
  return new Set(messageIds.filter((id) => keys.has(messageKey(id))));
}
