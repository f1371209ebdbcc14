import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { requireAudience, type CustomAudience } from '../audience.repository.js';
import type { AudienceSync } from './audience-sync.js';
import { lockDelivery } from './delivery.repository.js';
import type { Delivery } from './delivery.js';
import { findSync } from './sync.repository.js';

/** Thrown where a run has been ended by somebody else: there is nothing more to do. */
export class RunIsOver extends Error {}

/** A run that is under way, with what it is about, locked until the transaction ends. */
export interface RunInHand {
  sync: AudienceSync;
  audience: CustomAudience;
  delivery: Delivery;
}

/** Takes a run for this transaction. Throws {@link RunIsOver} when it has ended. */
export async function takeRun(tx: WorkspaceTransaction, syncId: string): Promise<RunInHand> {
  const known = await findSync(tx, syncId);
  if (!known) throw new RunIsOver();
  // In the order in which everybody locks: the audience, then the run.
  const delivery = await lockDelivery(tx, known.audienceId);
  const sync = await findSync(tx, syncId, 'for update');
  if (!sync || sync.finishedAt) throw new RunIsOver();
  return { sync, delivery, audience: await requireAudience(tx, sync.audienceId, 'id') };
}
