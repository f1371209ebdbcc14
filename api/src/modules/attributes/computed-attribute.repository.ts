import { minuteOf } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Computation } from './computation.js';

/** Ordinals are smaller: a place in the feed after all of a version. */
const afterAll = 2_147_483_647;

/** Has an attribute computed from now on, beginning with everybody. Changes that commit after this are in the feed. */
export async function startComputing(
  tx: WorkspaceTransaction,
  key: string,
  computation: Computation,
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into computed_attributes (workspace_id, key, computation, as_of, sweep_ordinal, feed_version, feed_ordinal)
     values ($1, $2, $3, $4, -1, $5, $6)`,
    [tx.workspaceId, key, JSON.stringify(computation), minuteOf(now), await tx.version(), afterAll],
  );
}

/** Begins with everybody again, for attributes whose changes were not followed meanwhile. */
export async function computeAnew(
  tx: WorkspaceTransaction,
  keys: readonly string[],
  now: Date,
): Promise<void> {
  await tx.query(
    `update computed_attributes set as_of = $2, sweep_ordinal = -1, slide_to = null, slide_ordinal = -1,
       feed_version = $3, feed_ordinal = $4
     where key = any($1::text[])`,
    [keys, minuteOf(now), await tx.version(), afterAll],
  );
}
