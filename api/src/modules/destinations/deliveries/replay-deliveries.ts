import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure } from '../../../platform/errors.js';
import { isId } from '../../../platform/ids.js';
import type { Services } from '../../../platform/module.js';
import { requireDestination } from '../destination.repository.js';
import { replaySettled, type Replayed } from './delivery.repository.js';
import { wakeDeliveries } from './enqueue-deliveries.js';

/** Deliveries that one call may name. */
export const mostReplayed = 1000;

/**
 * Sends deliveries of a webhook once more, with the ids that they had: those that are named, whether they were taken or
 * given up, or all that were given up since a moment. Throws NOT_FOUND, CONFLICT when the webhook is out of use, TOO_LARGE.
 * @returns how many are on their way again.
 */
export async function replayDeliveries(
  tx: WorkspaceTransaction,
  { enqueue, clock }: Pick<Services, 'enqueue' | 'clock'>,
  destinationId: string,
  which: Replayed,
): Promise<number> {
  const { name, kind, disabledAt } = await requireDestination(
    tx,
    destinationId,
    'input.destinationId',
    'for key share',
  );
  if (kind !== 'webhook')
    throw new Failure('INVALID_INPUT', `${name} is no webhook.`, { path: 'input.destinationId' });
  if (disabledAt)
    throw new Failure('CONFLICT', `${name} is out of use: put it into use again first.`, {
      path: 'input.destinationId',
    });
  if ('ids' in which && which.ids.length > mostReplayed)
    throw new Failure('TOO_LARGE', `At most ${mostReplayed} deliveries can be named at once.`, {
      path: 'input.ids',
    });
  const known = 'ids' in which ? { ids: which.ids.filter(isId) } : which;
  const replayed = await replaySettled(tx, destinationId, known, clock.now());
  if (replayed > 0) await wakeDeliveries(tx, { enqueue }, destinationId);
  return replayed;
}
