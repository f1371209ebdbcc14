import { newId } from '../../../platform/ids.js';
import type { HeldValue } from '../../attributes/index.js';
import type { Merge } from '../people.js';
import type { Person } from '../person.js';
import type { Membership } from './membership.repository.js';

/** What a contact held when it became part of another: what an undo gives back. JSON, as it is stored. */
export interface UndoData {
  createdAt: string;
  companyId: string | null;
  companyFrom: number | null;
  attributes: StoredValue[];
  memberships: Membership[];
}

/** An attribute's value in JSON. */
export type StoredValue = Omit<HeldValue, 'since'> & { key: string; since: string };

/** A merge with what its loser held. Its id is version 7: among those of consents it tells what was said before it. */
export type AppliedMerge = Merge & { id: string; undo: UndoData };

/** Applies a merge in memory. */
export function applyMerge(merge: Merge): AppliedMerge {
  return { ...merge, id: newId(), undo: takeOver(merge.winner, merge.loser) };
}

/**
 * Gives the winner what the loser holds and the winner lacks: values with the time since when, memberships, the company.
 * What both hold stays as the winner's; of their consents the stricter one holds. Each piece is marked with whose it was
 * first.
 * @returns what the loser held.
 */
function takeOver(winner: Person, loser: Person): UndoData {
  const undo = undoDataOf(loser);
  const { origin } = loser;
  for (const [key, value] of loser.held) {
    if (!winner.held.has(key)) winner.held.set(key, { ...value, mergedFrom: value.mergedFrom ?? origin });
  }
  for (const [key, membership] of loser.memberships) {
    if (winner.memberships.has(key)) continue;
    winner.memberships.set(key, { ...membership, mergedFrom: membership.mergedFrom ?? origin });
  }
  if (winner.companyId === null && loser.companyId !== null) {
    winner.companyId = loser.companyId;
    winner.companyFrom = loser.companyFrom ?? origin;
  }
  if (loser.isNew) winner.consents.adopt(loser.consents);
  else winner.consents.join(loser.consents, loser.ordinal!);
  return undo;
}

function undoDataOf({ held, memberships, companyId, companyFrom, createdAt }: Person): UndoData {
  return {
    createdAt: (createdAt ?? new Date()).toISOString(),
    companyId,
    companyFrom,
    attributes: [...held].map(([key, value]) => ({ ...value, key, since: value.since.toISOString() })),
    memberships: [...memberships.values()],
  };
}
