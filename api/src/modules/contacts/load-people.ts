import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { loadValues } from '../attributes/index.js';
import { heldBy, type Identity } from '../consent/index.js';
import { ConsentLog } from './consent-log.js';
import {
  identitiesOf,
  lockContactsOf,
  lockForRemoval,
  type ContactLock,
  type OwnedIdentity,
} from './contact.repository.js';
import type { IdentitySettings } from './identities/identity-settings.js';
import { partedAmong } from './merging/contact-merge.repository.js';
import { membershipsOf } from './merging/membership.repository.js';
import { People } from './people.js';
import { Person, type StoredPerson } from './person.js';

/** How the contacts of a batch are looked up. */
export interface LookUp {
  identities: readonly Identity[];
  lock: ContactLock;
  settings: IdentitySettings;
  now: Date;
}

/** Finds and locks the contacts that have any of the identities. */
export async function loadPeople(
  tx: WorkspaceTransaction,
  { identities, lock, settings, now }: LookUp,
): Promise<People> {
  const people = new People(settings, now);
  const rows = await lockContactsOf(tx, identities, lock);
  const persons = personsOf(
    rows,
    await identitiesOf(
      tx,
      rows.map((row) => row.ordinal),
    ),
  );
  for (const [person, own] of persons) people.addStored(person, own);
  // Only where something is set can two contacts become one.
  if (lock === 'change') await loadParted(tx, [...persons.keys()]);
  return people;
}

/** Persons with their identities, which have still to be given to them. */
function personsOf(
  rows: readonly StoredPerson[],
  identities: readonly OwnedIdentity[],
): Map<Person, OwnedIdentity[]> {
  const groups = Map.groupBy(identities, (identity) => identity.ordinal);
  return new Map(rows.map((row) => [new Person(row), groups.get(row.ordinal) ?? []]));
}

async function loadParted(tx: WorkspaceTransaction, persons: readonly Person[]): Promise<void> {
  if (persons.length < 2) return;
  const byOrdinal = new Map(persons.map((person) => [person.ordinal!, person]));
  for (const { winner, loser } of await partedAmong(tx, [...byOrdinal.keys()])) {
    byOrdinal.get(winner)!.parted.add(byOrdinal.get(loser)!);
  }
}

/** Makes persons of contacts with all that they hold. */
export async function loadWhole(tx: WorkspaceTransaction, rows: readonly StoredPerson[]): Promise<Person[]> {
  const ordinals = rows.map((row) => row.ordinal);
  const persons = personsOf(rows, await identitiesOf(tx, ordinals));
  for (const [person, own] of persons) person.identities.push(...own);
  const all = [...persons.keys()];
  await loadHeld(tx, all, { keys: null, merging: all, speaking: [] });
  return all;
}

/** What is read of stored contacts. */
interface Holdings {
  /** Only these attributes; null for all. */
  keys: readonly string[] | null;
  /** Those that merge: of them everything is read, and nobody adds to the losers any more. */
  merging: readonly Person[];
  /** Those that say something about consents. */
  speaking: readonly Person[];
}

/** Reads what stored contacts hold. */
export async function loadHeld(
  tx: WorkspaceTransaction,
  persons: readonly Person[],
  { keys, merging, speaking }: Holdings,
): Promise<void> {
  const losers = merging.filter((person) => person.mergedInto);
  // Whoever adds events to a contact holds a share of its row: once this lock is had, all of them are seen.
  await lockForRemoval(tx, ordinalsOf(losers));
  const values = await loadValues(tx, 'contact', ordinalsOf(persons), keys, ordinalsOf(merging));
  for (const person of persons) {
    person.stored = values.get(person.ordinal!) ?? new Map();
    person.held = new Map(person.stored);
  }
  const merged = merging.filter((person) => !person.isNew);
  await loadMemberships(tx, merged);
  await loadConsents(tx, [...merged, ...speaking.filter((person) => !person.isNew)]);
}

async function loadConsents(tx: WorkspaceTransaction, persons: readonly Person[]): Promise<void> {
  const held = await heldBy(tx, ordinalsOf(persons));
  for (const person of persons) person.consents = new ConsentLog(held.get(person.ordinal!)!);
}

async function loadMemberships(tx: WorkspaceTransaction, persons: readonly Person[]): Promise<void> {
  const memberships = await membershipsOf(tx, ordinalsOf(persons));
  for (const person of persons) {
    person.storedMemberships = memberships.get(person.ordinal!)!;
    person.memberships = new Map(person.storedMemberships);
  }
}

function ordinalsOf(people: readonly Person[]): number[] {
  return [...new Set(people.flatMap((person) => person.ordinal ?? []))];
}
