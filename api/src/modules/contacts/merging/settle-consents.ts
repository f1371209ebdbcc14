import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { newId } from '../../../platform/ids.js';
import {
  appendHistory,
  replaceConsents,
  wholeHistoryOf,
  withdrawalsAfter,
  type HeldConsents,
  type HistoryEntry,
} from '../../consent/index.js';
import { replay, type ConsentTurn } from '../consent-log.js';
import { mergesInForce, type Joining } from './contact-merge.repository.js';

/**
 * Lets what was withdrawn while two contacts were one be withdrawn for both, when they are taken apart: nobody knows
 * whose word it was, and whoever said it must not be contacted as the other.
 */
export async function shareWithdrawals(
  tx: WorkspaceTransaction,
  { id, winnerOrdinal, loserOrdinal }: Joining,
): Promise<void> {
  const withdrawn = await withdrawalsAfter(tx, winnerOrdinal, id);
  await appendHistory(
    tx,
    withdrawn.map((said) => ({ ...said, id: newId(), ordinal: loserOrdinal })),
  );
}

/** Finds what holds for contacts by going through all that was said and all merges again, in order. */
export async function settleConsents(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<void> {
  const said = Map.groupBy(
    await wholeHistoryOf(tx, ordinals),
    ({ ordinal, mergedFrom }) => mergedFrom ?? ordinal,
  );
  const merges = Map.groupBy(await mergesInForce(tx, ordinals), (merge) => merge.winnerOrdinal);
  const held = ordinals.flatMap((ordinal) =>
    [...replayOf(ordinal, said, merges).values()].map((consent) => ({ ...consent, ordinal })),
  );
  await replaceConsents(tx, ordinals, held);
}

/** What holds for a contact, from its own words and those of the contacts that became part of it. */
function replayOf(
  ordinal: number,
  said: ReadonlyMap<number, readonly HistoryEntry[]>,
  merges: ReadonlyMap<number, readonly Joining[]>,
): HeldConsents {
  const turns: ConsentTurn[] = [
    ...(said.get(ordinal) ?? []).map(({ id, ordinal: _holder, ...words }) => ({ id, said: words })),
    ...(merges.get(ordinal) ?? []).map(({ id, loserOrdinal }) => ({
      id,
      joined: replayOf(loserOrdinal, said, merges),
    })),
  ];
  return replay(
    new Map(),
    turns.toSorted((one, next) => (one.id < next.id ? -1 : 1)),
  );
}
