import { day } from '../../../platform/clock.js';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../../platform/errors.js';
import { isId } from '../../../platform/ids.js';
import { diffValues, insertValues, steadyCatalog, writeValues } from '../../attributes/index.js';
import { companyExists, lockPerson, restoreContact, updateContacts } from '../contact.repository.js';
import { loadWhole } from '../load-people.js';
import type { Person } from '../person.js';
import {
  laterUndoData,
  lineageOf,
  markUndone,
  mergeById,
  mergedInto,
  undoDataOf,
  undoDays,
  type ContactMerge,
} from './contact-merge.repository.js';
import { membershipKey, removeMemberships, saveMemberships } from './membership.repository.js';
import { moveRowsBack } from './move-rows.repository.js';
import { underPresentKeys } from './present-keys.js';
import { settleConsents, shareWithdrawals } from './settle-consents.js';
import { takeBack, valueOf } from './take-back.js';
import type { UndoData } from './take-over.js';

/** Until when a merge can be undone. */
export function undoableUntil({ mergedAt }: Pick<ContactMerge, 'mergedAt'>): Date {
  return new Date(mergedAt.getTime() + undoDays * day);
}

/**
 * Takes a merge apart: the loser is again what it was, under its id and its ordinal, with what was first its own. What
 * came in after the merge stays with the winner, whatever it came by; only what was withdrawn meanwhile is withdrawn for
 * both. The two do not merge by themselves again.
 *
 * Throws NOT_FOUND when there is no such merge, CONFLICT when it was undone before, when it is too late, or when the
 * winner has become part of another contact: that merge has to be undone first.
 */
export async function undoMerge(
  tx: WorkspaceTransaction,
  id: string,
  { by, now }: { by: string; now: Date },
): Promise<void> {
  const catalog = await steadyCatalog(tx);
  const { merge, winner, undo: stored } = await lockMerge(tx, id, now);
  const undo = underPresentKeys(stored, catalog);
  const lineage = await lineageOf(tx, merge.loserOrdinal);
  const later = await laterUndoData(tx, merge);
  takeBack(
    winner,
    new Set(lineage),
    later.map((each) => ({ ...each, undo: underPresentKeys(each.undo, catalog) })),
  );
  await restoreContact(tx, { ...undo, id: merge.loserId, ordinal: merge.loserOrdinal }, now);
  await moveRowsBack(tx, merge.winnerOrdinal, merge.loserOrdinal, lineage);
  await giveBack(tx, merge.loserOrdinal, undo);
  await writeWinner(tx, winner, now);
  await markUndone(tx, merge, lineage, by, now);
  await shareWithdrawals(tx, merge);
  await settleConsents(tx, [merge.winnerOrdinal, merge.loserOrdinal]);
  tx.changed([merge.winnerOrdinal, merge.loserOrdinal], '*');
}

async function lockMerge(
  tx: WorkspaceTransaction,
  id: string,
  now: Date,
): Promise<{ merge: ContactMerge; winner: Person; undo: UndoData }> {
  const before = isId(id) ? await mergeById(tx, id) : undefined;
  if (!before) throw notFound('merge', 'mergeId');
  const row = await lockPerson(tx, before.winnerOrdinal);
  // Read again: somebody may have undone it while this transaction waited for the contact.
  const merge = await mergeById(tx, id);
  if (!merge) throw notFound('merge', 'mergeId');
  if (merge.undoneAt) throw conflict('This merge was undone already.');
  if (!row) {
    const holder = await mergedInto(tx, merge.winnerId);
    throw conflict(`The winner has become part of the contact ${holder}: undo that merge first.`);
  }
  const undo = await undoDataOf(tx, id);
  if (!undo || undoableUntil(merge) <= now) {
    throw conflict(`A merge can be undone for ${undoDays} days; this one is older.`);
  }
  const [winner] = await loadWhole(tx, [row]);
  return { merge, winner: winner!, undo };
}

function conflict(message: string): Failure {
  return new Failure('CONFLICT', message, { path: 'mergeId' });
}

async function giveBack(tx: WorkspaceTransaction, ordinal: number, undo: UndoData): Promise<void> {
  const values = new Map(undo.attributes.map((stored) => [stored.key, valueOf(stored)]));
  await insertValues(tx, 'contact', diffValues(ordinal, new Map(), values));
  await saveMemberships(
    tx,
    undo.memberships.map((membership) => ({ ...membership, ordinal })),
  );
}

async function writeWinner(tx: WorkspaceTransaction, winner: Person, now: Date): Promise<void> {
  const { storedMemberships, memberships } = winner;
  const ordinal = winner.ordinal!;
  await updateContacts(tx, [{ ordinal, ...(await companyOf(tx, winner)) }], now);
  await writeValues(tx, 'contact', diffValues(ordinal, winner.stored, winner.held));
  const gone = [...storedMemberships.values()].filter((each) => !memberships.has(membershipKey(each)));
  const changed = [...memberships.values()].filter(
    (each) => storedMemberships.get(membershipKey(each)) !== each,
  );
  await removeMemberships(tx, ordinal, gone);
  await saveMemberships(
    tx,
    changed.map((membership) => ({ ...membership, ordinal })),
  );
}

/** The company that takes the place of the one that is taken back may be gone since. */
async function companyOf(
  tx: WorkspaceTransaction,
  { companyId, companyFrom, storedCompanyId }: Person,
): Promise<Pick<Person, 'companyId' | 'companyFrom'>> {
  const isThere = companyId === null || companyId === storedCompanyId || (await companyExists(tx, companyId));
  return isThere ? { companyId, companyFrom } : { companyId: null, companyFrom: null };
}
