import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { diffValues, insertValues, writeValues, type ValueWrite } from '../attributes/index.js';
import { appendHistory, saveHeldConsents } from '../consent/index.js';
import {
  insertContacts,
  insertIdentities,
  takeOrdinals,
  updateContacts,
  type OwnedIdentity,
} from './contact.repository.js';
import { membershipKey, saveMemberships, type HeldMembership } from './merging/membership.repository.js';
import { mergeContacts } from './merging/merge-contacts.js';
import type { AppliedMerge } from './merging/take-over.js';
import type { Person } from './person.js';

/** Contacts as they came to be, and how. */
export interface Written {
  people: readonly Person[];
  /** In the order in which they happened. */
  merges: readonly AppliedMerge[];
  /** Who merged them: `user:<id>`, `key:<id>` or `system`. */
  mergedBy: string;
}

/**
 * Stores what a batch or a merge made of contacts and notes the changes. First what concerns stored contacts: from the
 * moment on which ordinals are taken, other makers of contacts in the workspace wait.
 */
export async function writePeople(
  tx: WorkspaceTransaction,
  { people, merges, mergedBy }: Written,
  now: Date,
): Promise<void> {
  const remaining = people.filter((person) => !person.mergedInto);
  const stored = remaining.filter((person) => !person.isNew);
  await updateStored(tx, stored, now);
  const made = remaining.filter((person) => person.isNew);
  await insertNew(tx, made, now);
  await mergeContacts(tx, merges, mergedBy, now);
  await insertIdentities(tx, remaining.flatMap(newIdentitiesOf), now);
  await insertValues(tx, 'contact', made.flatMap(valuesOf));
  await saveMemberships(tx, remaining.flatMap(newMembershipsOf));
  await writeConsents(tx, people);
  noteIdentities(tx, stored);
}

async function updateStored(tx: WorkspaceTransaction, stored: readonly Person[], now: Date): Promise<void> {
  const writes = stored.flatMap(valuesOf);
  const touched = new Set(writes.flatMap((write) => (write.differs ? write.holder : [])));
  for (const person of stored) {
    const moved = person.companyId !== person.storedCompanyId;
    const owned = person.companyFrom !== person.storedCompanyFrom;
    if (moved || owned || person.newIdentities.length > 0 || person.absorbs) touched.add(person.ordinal!);
    // Every attribute of the company may differ, so the contact counts as new.
    if (moved) tx.changed(person.ordinal!, '*');
  }
  const changed = stored.filter((person) => touched.has(person.ordinal!));
  await updateContacts(
    tx,
    changed.map(({ ordinal, companyId, companyFrom }) => ({ ordinal: ordinal!, companyId, companyFrom })),
    now,
  );
  await writeValues(tx, 'contact', writes);
  for (const { holder, key, differs } of writes) if (differs) tx.changed(holder, `attribute:${key}`);
}

async function insertNew(tx: WorkspaceTransaction, made: readonly Person[], now: Date): Promise<void> {
  if (made.length === 0) return;
  const first = await takeOrdinals(tx, made.length);
  const rows = made.map((person, index) => {
    person.ordinal = first + index;
    const { id, ordinal, companyId, companyFrom } = person;
    return { id, ordinal, companyId, companyFrom };
  });
  await insertContacts(tx, rows, now);
  tx.count('contacts', rows.length);
  tx.changed(
    rows.map((row) => row.ordinal),
    '*',
  );
}

function valuesOf(person: Person): ValueWrite<number>[] {
  return diffValues(person.ordinal!, person.stored, person.held);
}

function newIdentitiesOf({ newIdentities, ordinal }: Person): OwnedIdentity[] {
  return newIdentities.map((identity) => ({ ...identity, ordinal: ordinal! }));
}

function newMembershipsOf({ memberships, storedMemberships, ordinal }: Person): HeldMembership[] {
  return [...memberships.values()]
    .filter((membership) => !storedMemberships.has(membershipKey(membership)))
    .map((membership) => ({ ...membership, ordinal: ordinal! }));
}

async function writeConsents(tx: WorkspaceTransaction, people: readonly Person[]): Promise<void> {
  await appendHistory(
    tx,
    people.flatMap(({ consents, current, origin }) =>
      consents.said.map((entry) => ({ ...entry, ordinal: current.ordinal!, mergedFrom: origin })),
    ),
  );
  const remaining = people.filter((person) => !person.mergedInto);
  await saveHeldConsents(
    tx,
    remaining.map(({ ordinal, consents: { stored, held } }) => ({ ordinal: ordinal!, stored, held })),
  );
}

function noteIdentities(tx: WorkspaceTransaction, stored: readonly Person[]): void {
  for (const person of stored) {
    for (const { kind } of person.newIdentities) tx.changed(person.ordinal!, `identity:${kind}`);
  }
}
