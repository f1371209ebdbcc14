import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import {
  attributeCatalog,
  loadValues,
  setValue,
  textColumns,
  type ValueColumns,
} from '../attributes/index.js';
import { upsertCompanies, type UpsertedCompany } from '../companies/index.js';
import { recordConsents, type Identity } from '../consent/index.js';
import type { ContactInput, ContactResult, UpsertSettings } from './contact-input.js';
import { identitiesOf, lockContactsOf, type ContactLock } from './contact.repository.js';
import { People, Person, type Resolution } from './people.js';
import { prepareContact, type PreparedContact } from './prepare-contact.js';
import { writePeople } from './write-people.js';

/**
 * Makes or changes contacts, a result for each in the given order. The one way in for GraphQL, the tracking API and
 * imports; a batch costs a handful of statements, whatever its size.
 *
 * Items are checked first: a bad one is refused alone. Then they are applied in order, so two that mean the same contact
 * add up. External id, e-mail, phone and anonymous id decide in this order who is meant. An identity of another
 * identified contact stays there, with the warning IDENTITY_CONFLICT; an anonymous contact that is given together with
 * an identified one becomes part of it. Only real changes are noted in the change feed.
 *
 * Throws Collision when another transaction made one of the contacts meanwhile: withWorkspace then runs the work again.
 */
export async function upsertContacts(
  tx: WorkspaceTransaction,
  settings: UpsertSettings,
  inputs: readonly ContactInput[],
): Promise<ContactResult[]> {
  const catalog = settings.catalog ?? (await attributeCatalog(tx));
  const checked = inputs.map((input) => prepareContact(input, { ...settings, catalog }));
  const prepared = checked.flatMap((item) => (item.ok ? [item.contact] : []));
  const done = (await applyContacts(tx, prepared, settings.now)).values();
  return checked.map((item) => (item.ok ? done.next().value! : { ok: false, problems: item.problems }));
}

async function applyContacts(
  tx: WorkspaceTransaction,
  prepared: readonly PreparedContact[],
  now: Date,
): Promise<ContactResult[]> {
  if (prepared.length === 0) return [];
  const people = await loadPeople(tx, prepared);
  const resolutions = prepared.map((item) => people.resolve(item.identities));
  const companies = await upsertCompaniesOf(tx, prepared, now);
  await loadHeldValues(tx, people, prepared, resolutions);
  prepared.forEach((item, index) => {
    if (applyItem(item, resolutions[index]!, companies.get(item), now)) markUpdated(resolutions[index]!);
  });
  await writePeople(tx, people.all, now);
  await recordConsentsOf(tx, prepared, resolutions);
  return resolutions.map(({ person, outcome, warnings }, index) => ({
    ok: true,
    contactId: person.current.id,
    ordinal: person.current.ordinal!,
    outcome,
    warnings: [
      ...prepared[index]!.warnings,
      ...warnings,
      ...companyWarnings(companies.get(prepared[index]!)),
    ],
  }));
}

function companyWarnings(company: UpsertedCompany | undefined): Problem[] {
  // Those of the input are among the item's own.
  return company?.warnings.filter((warning) => warning.code === 'IDENTITY_CONFLICT') ?? [];
}

function markUpdated(resolution: Resolution): void {
  if (resolution.outcome === 'unchanged') resolution.outcome = 'updated';
}

async function loadPeople(tx: WorkspaceTransaction, prepared: readonly PreparedContact[]): Promise<People> {
  const people = new People();
  const rows = await lockContactsOf(
    tx,
    prepared.flatMap((item) => item.identities),
    lockFor(prepared),
  );
  const byOrdinal = new Map<number, Identity[]>(rows.map((row) => [row.ordinal, []]));
  for (const { ordinal, kind, value, raw } of await identitiesOf(tx, [...byOrdinal.keys()])) {
    byOrdinal.get(ordinal)!.push({ kind, value, raw });
  }
  for (const row of rows) people.addStored(new Person(row), byOrdinal.get(row.ordinal)!);
  return people;
}

/** Events of one contact may arrive in many batches at once: they do not wait for each other as long as nothing is set. */
function lockFor(prepared: readonly PreparedContact[]): ContactLock {
  const sets = prepared.some(
    (item) =>
      item.identities.length > 1 ||
      item.values.size > 0 ||
      item.initial.size > 0 ||
      item.company ||
      item.consents.length > 0,
  );
  return sets ? 'change' : 'stay';
}

async function upsertCompaniesOf(
  tx: WorkspaceTransaction,
  prepared: readonly PreparedContact[],
  now: Date,
): Promise<Map<PreparedContact, UpsertedCompany>> {
  const items = prepared.filter((item) => item.company !== null);
  const results = await upsertCompanies(
    tx,
    items.map((item) => item.company!),
    now,
  );
  return new Map(items.map((item, index) => [item, results[index]!]));
}

/** Of these kinds, the one given last beside a stronger identity is the primary one and mirrored as an attribute. */
function isMirrored({ kind }: Identity): boolean {
  return kind !== 'anonymous_id';
}

async function loadHeldValues(
  tx: WorkspaceTransaction,
  people: People,
  prepared: readonly PreparedContact[],
  resolutions: readonly Resolution[],
): Promise<void> {
  const stored = people.all.filter((person) => !person.isNew);
  const keys = new Set<string>(prepared.flatMap((item) => [...item.values.keys(), ...item.initial.keys()]));
  for (const item of prepared) {
    for (const identity of item.identities) if (isMirrored(identity)) keys.add(identity.kind);
  }
  const merging = resolutions.flatMap(({ person, absorbed }) =>
    absorbed.length > 0 ? [person, ...absorbed] : [],
  );
  const values = await loadValues(tx, 'contact', ordinalsOf(stored), [...keys], ordinalsOf(merging));
  for (const person of stored) {
    person.stored = values.get(person.ordinal!) ?? new Map();
    person.held = new Map(person.stored);
  }
}

function ordinalsOf(people: readonly Person[]): number[] {
  return [...new Set(people.flatMap((person) => person.ordinal ?? []))];
}

/** Applies one item in memory; whether that changed anything. */
function applyItem(
  item: PreparedContact,
  { person, absorbed, foundBy }: Resolution,
  company: UpsertedCompany | undefined,
  now: Date,
): boolean {
  for (const anonymous of absorbed) takeOver(person, anonymous);
  let changed = false;
  for (const [key, value] of item.values) changed = setValue(person.held, key, value, now) || changed;
  for (const [key, value] of item.initial) {
    if (!person.held.has(key)) changed = setValue(person.held, key, value, now) || changed;
  }
  for (const identity of item.identities) {
    if (!isMirrored(identity) || identity === foundBy || !owns(person, identity)) continue;
    const columns = textColumns(identity.value) as ValueColumns;
    changed = setValue(person.held, identity.kind, [columns], now) || changed;
  }
  if (company && company.companyId !== person.companyId) {
    person.companyId = company.companyId;
    changed = true;
  }
  return changed;
}

function owns(person: Person, identity: Identity): boolean {
  return person.identities.some((own) => own.kind === identity.kind && own.value === identity.value);
}

/** What the anonymous contact holds and the person lacks, with the time since when. */
function takeOver(person: Person, anonymous: Person): void {
  for (const [key, value] of anonymous.held) if (!person.held.has(key)) person.held.set(key, value);
  person.companyId ??= anonymous.companyId;
}

async function recordConsentsOf(
  tx: WorkspaceTransaction,
  prepared: readonly PreparedContact[],
  resolutions: readonly Resolution[],
): Promise<void> {
  const owners: Resolution[] = [];
  const records = prepared.flatMap((item, index) => {
    const resolution = resolutions[index]!;
    return item.consents.map((consent) => {
      owners.push(resolution);
      return { ...consent, ordinal: resolution.person.current.ordinal! };
    });
  });
  const news = await recordConsents(tx, records);
  news.forEach((isNew, index) => {
    if (isNew) markUpdated(owners[index]!);
  });
}
