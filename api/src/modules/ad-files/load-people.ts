import type { Identifier, Person } from '@coterie/ad-formats';
import { Temporal } from 'temporal-polyfill';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { loadValues, type HeldValues } from '../attributes/index.js';
import { companiesByIds } from '../companies/index.js';
import { identitiesOf, type OwnedIdentity } from '../contacts/index.js';
import type { AdIdentifier } from './identifiers.js';
import type { Member } from './members.repository.js';

/** The attributes that each identifier is made of; of addresses and numbers, the attribute says which is the primary one. */
const attributes: Record<Identifier, readonly string[]> = {
  email: ['email'],
  phone: ['phone'],
  mobile_ad_id: ['mobile_ad_ids'],
  external_id: [],
  name: ['first_name', 'last_name'],
  location: ['city', 'state', 'postal_code', 'country'],
  birthday: ['birthday'],
  gender: ['gender'],
  job: ['job_title'],
};

/** The attributes of contacts whose change can change what is said of them by these identifiers. */
export function attributesOf(identifiers: readonly AdIdentifier[]): string[] {
  return identifiers.flatMap((identifier) => attributes[identifier as Identifier] ?? []);
}

/** What is to be read of people. */
export interface PeopleWanted {
  identifiers: readonly AdIdentifier[];
  /** IANA name of the workspace's time zone, in which birthdays were understood. */
  timeZone: string;
}

/** The people as ad formats take them, in the given order. Nothing is read that was not chosen. */
export async function loadPeople(
  tx: WorkspaceTransaction,
  members: readonly Member[],
  { identifiers, timeZone }: PeopleWanted,
): Promise<Person[]> {
  const ordinals = members.map((member) => member.ordinal);
  const keys = attributesOf(identifiers);
  const identities = Map.groupBy(await identitiesOf(tx, ordinals), (identity) => identity.ordinal);
  const values = await loadValues(tx, 'contact', ordinals, keys);
  const companies = identifiers.includes('job') ? await companyNames(tx, members) : new Map<string, string>();
  return members.map((member) => ({
    ...toPerson(identities.get(member.ordinal) ?? [], values.get(member.ordinal) ?? new Map(), timeZone),
    companyName: companies.get(member.companyId ?? ''),
    value: member.value ?? null,
  }));
}

async function companyNames(
  tx: WorkspaceTransaction,
  members: readonly Member[],
): Promise<Map<string, string>> {
  const ids = new Set(members.flatMap(({ companyId }) => companyId ?? []));
  return new Map((await companiesByIds(tx, [...ids])).map(({ id, name }) => [id, name]));
}

function toPerson(identities: readonly OwnedIdentity[], values: HeldValues, timeZone: string): Person {
  const text = (key: string): string | null => values.get(key)?.value[0]?.text ?? null;
  const of = (kind: OwnedIdentity['kind'], form: 'raw' | 'value'): string[] => {
    const primary = text(kind);
    const own = identities.filter((identity) => identity.kind === kind);
    // Where a file has room for one, it is the primary one.
    const sorted = own.toSorted((a, b) => Number(b.value === primary) - Number(a.value === primary));
    return sorted.map((identity) => identity[form]);
  };
  return {
    externalId: of('external_id', 'raw')[0],
    // As it was typed: what to make of it is each platform's own rule.
    emails: of('email', 'raw'),
    // With the country code that it was understood to have when it came.
    phones: of('phone', 'value'),
    firstName: text('first_name'),
    lastName: text('last_name'),
    city: text('city'),
    state: text('state'),
    postalCode: text('postal_code'),
    country: text('country'),
    birthday: dayOf(values.get('birthday')?.value[0]?.instant ?? null, timeZone),
    gender: text('gender'),
    mobileAdIds: values.get('mobile_ad_ids')?.value.flatMap((item) => item.text ?? []) ?? [],
    jobTitle: text('job_title'),
  };
}

/** YYYY-MM-DD. A day is stored as its midnight in the workspace's time zone. */
function dayOf(instant: number | null, timeZone: string): string | null {
  if (instant === null) return null;
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  return local.toPlainDate().toString();
}
