import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { diffValues, insertValues, writeValues, type ValueWrite } from '../attributes/index.js';
import { insertContacts, insertIdentities, takeOrdinals, updateContacts } from './contact.repository.js';
import { mergeContacts } from './merge-contacts.js';
import type { Person } from './people.js';

/**
 * Stores what a batch made of its contacts and notes the changes. First what concerns stored contacts: from the moment
 * on which ordinals are taken, other makers of contacts in the workspace wait.
 */
export async function writePeople(
  tx: WorkspaceTransaction,
  people: readonly Person[],
  now: Date,
): Promise<void> {
  const remaining = people.filter((person) => !person.mergedInto);
  const stored = remaining.filter((person) => !person.isNew);
  await updateStored(tx, stored, now);
  const made = remaining.filter((person) => person.isNew);
  await insertNew(tx, made, now);
  await merge(tx, people);
  await insertIdentities(tx, remaining.flatMap(newIdentitiesOf), now);
  await insertValues(tx, 'contact', made.flatMap(valuesOf));
  noteIdentities(tx, stored);
}

async function updateStored(tx: WorkspaceTransaction, stored: readonly Person[], now: Date): Promise<void> {
  const writes = stored.flatMap(valuesOf);
  const touched = new Set(writes.map((write) => write.holder));
  for (const person of stored) {
    const moved = person.companyId !== person.storedCompanyId;
    if (moved || person.newIdentities.length > 0 || person.absorbs) touched.add(person.ordinal!);
    // Every attribute of the company may differ, so the contact counts as new.
    if (moved) tx.changed(person.ordinal!, '*');
  }
  const changed = stored.filter((person) => touched.has(person.ordinal!));
  await updateContacts(
    tx,
    changed.map(({ ordinal, companyId }) => ({ ordinal: ordinal!, companyId })),
    now,
  );
  await writeValues(tx, 'contact', writes);
  for (const { holder, key } of writes) tx.changed(holder, `attribute:${key}`);
}

async function insertNew(tx: WorkspaceTransaction, made: readonly Person[], now: Date): Promise<void> {
  if (made.length === 0) return;
  const first = await takeOrdinals(tx, made.length);
  const rows = made.map((person, index) => {
    person.ordinal = first + index;
    return { id: person.id, ordinal: person.ordinal, companyId: person.companyId };
  });
  await insertContacts(tx, rows, now);
  tx.changed(
    rows.map((row) => row.ordinal),
    '*',
  );
}

async function merge(tx: WorkspaceTransaction, people: readonly Person[]): Promise<void> {
  const gone = people.filter((person) => person.mergedInto && !person.isNew);
  await mergeContacts(tx, {
    from: gone.map((person) => person.ordinal!),
    into: gone.map((person) => person.current.ordinal!),
  });
}

function valuesOf(person: Person): ValueWrite<number>[] {
  return diffValues(person.ordinal!, person.stored, person.held);
}

function newIdentitiesOf(person: Person): (Person['newIdentities'][number] & { ordinal: number })[] {
  return person.newIdentities.map((identity) => ({ ...identity, ordinal: person.ordinal! }));
}

function noteIdentities(tx: WorkspaceTransaction, stored: readonly Person[]): void {
  for (const person of stored) {
    for (const { kind } of person.newIdentities) tx.changed(person.ordinal!, `identity:${kind}`);
  }
}
