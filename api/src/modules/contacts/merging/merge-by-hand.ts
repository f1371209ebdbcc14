import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../../platform/errors.js';
import { isId } from '../../../platform/ids.js';
import { personsByIds } from '../contact.repository.js';
import { loadWhole } from '../load-people.js';
import { join } from '../people.js';
import type { Person } from '../person.js';
import { writePeople } from '../write-people.js';
import { mergedInto } from './contact-merge.repository.js';
import { applyMerge } from './take-over.js';

/** Two contacts that are the same person. */
export interface Pair {
  /** Whose id and values stay. */
  winnerId: string;
  loserId: string;
}

/**
 * Makes one contact part of another, whatever they are known by; gives the id of the merge.
 * Throws NOT_FOUND when one of them does not exist, CONFLICT when it has become part of another contact already.
 */
export async function mergeByHand(
  tx: WorkspaceTransaction,
  pair: Pair,
  { by, now }: { by: string; now: Date },
): Promise<string> {
  const { winner, loser } = await loadPair(tx, pair, { lock: true });
  join(winner, loser);
  const merge = applyMerge({ winner, loser, reason: 'by_hand' });
  await writePeople(tx, { people: [winner, loser], merges: [merge], mergedBy: by }, now);
  return merge.id;
}

/** Reads both contacts with all that they hold. */
export async function loadPair(
  tx: WorkspaceTransaction,
  { winnerId, loserId }: Pair,
  options: { lock: boolean },
): Promise<{ winner: Person; loser: Person }> {
  const ids = [winnerId, loserId].map((id) => id.toLowerCase());
  if (ids[0] === ids[1]) {
    throw new Failure('INVALID_INPUT', 'A contact cannot be merged into itself.', { path: 'loserId' });
  }
  const persons = await loadWhole(tx, await personsByIds(tx, ids.filter(isId), options));
  const [winner, loser] = ids.map((id) => persons.find((person) => person.id === id));
  if (!winner) throw await whyMissing(tx, winnerId, 'winnerId');
  if (!loser) throw await whyMissing(tx, loserId, 'loserId');
  return { winner, loser };
}

async function whyMissing(tx: WorkspaceTransaction, id: string, path: string): Promise<Failure> {
  const holder = isId(id) ? await mergedInto(tx, id) : undefined;
  if (!holder) return notFound('contact', path);
  return new Failure('CONFLICT', `This contact has become part of the contact ${holder}.`, { path });
}
