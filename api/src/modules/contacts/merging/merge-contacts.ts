import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { moveClaims } from '../identities/identity-conflict.repository.js';
import { insertMerges } from './contact-merge.repository.js';
import { moveRows } from './move-rows.repository.js';
import type { AppliedMerge } from './take-over.js';

/**
 * Stores that contacts became part of others, in the order in which they did: identities, events and what was said of
 * consents move over, the losers' rows go, their ordinals are retired and their ids lead to the winners. Attributes,
 * memberships and the consents that hold are not among what moves: what becomes of them is decided in memory, see
 * takeOver.
 *
 * The losers are locked for removal. Those that never were stored leave no trace.
 */
export async function mergeContacts(
  tx: WorkspaceTransaction,
  merges: readonly AppliedMerge[],
  by: string,
  now: Date,
): Promise<void> {
  const stored = merges.filter(({ loser }) => !loser.isNew);
  if (stored.length === 0) return;
  const from = stored.map(({ loser }) => loser.ordinal!);
  const into = stored.map(({ loser }) => loser.current.ordinal!);
  await moveRows(tx, from, into);
  await moveClaims(tx, from, into);
  await insertMerges(
    tx,
    stored.map(({ id, winner, loser, reason, undo }) => ({
      id,
      holder: loser.current.ordinal!,
      winnerId: winner.lasting.id,
      winnerOrdinal: winner.lasting.ordinal!,
      loserId: loser.id,
      loserOrdinal: loser.ordinal!,
      reason,
      undo,
    })),
    by,
    now,
  );
  await tx.query('delete from contacts where ordinal = any($1::int[])', [from]);
  tx.changed([...from, ...into], '*');
}
