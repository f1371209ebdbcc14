import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { failureOfProblem } from '../../platform/errors.js';
import { check } from './accept-batch.js';
import type { EventInput } from './check-event.js';
import { toEventIncoming } from './event-incoming.js';
import { storeBatch, type BatchSettings } from './store-batch.js';

/**
 * Stores one event of now, in a transaction that does more than that.
 * Throws the problem of an event that cannot be taken: nothing is put into quarantine.
 */
export async function recordEvent(
  transaction: WorkspaceTransaction,
  { timeZone, defaultCountry, now }: BatchSettings['workspace'] & { now: Date },
  { event, source }: { event: EventInput; source: string },
): Promise<void> {
  const item = check(toEventIncoming(event, now, { source }), now);
  const settings = { workspace: { timeZone, defaultCountry }, now };
  const [outcome] = item.problem
    ? [{ status: 'refused' as const, problem: item.problem }]
    : await storeBatch(transaction, settings, [item]);
  if (outcome?.status !== 'refused') return;
  throw failureOfProblem(outcome.problem);
}
