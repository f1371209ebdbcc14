import type { AttributeType, Channel, ConsentState, IdentityKind, Uuid } from '../ast.js';
import type { AttributeSchema, RuleSchema } from '../checker.js';

/** A small workspace in memory: what rules are evaluated on, and what a test writes into a database. */
export interface World {
  /** Milliseconds matter: bounds are taken to the minute. */
  now: Date;
  /** An IANA time zone. */
  zone: string;
  contacts: WorldContact[];
  companies: WorldCompany[];
  /** Ids of the contacts in each segment and list of the vocabulary. */
  segments: ReadonlyMap<Uuid, ReadonlySet<Uuid>>;
  lists: ReadonlyMap<Uuid, ReadonlySet<Uuid>>;
  /** Ids of the ranked contacts of each lookalike, the most alike first. */
  lookalikes: ReadonlyMap<Uuid, readonly Uuid[]>;
}

export interface WorldContact {
  id: Uuid;
  /** By key. */
  attributes: ReadonlyMap<string, WorldValue>;
  identities: readonly { kind: IdentityKind; value: string }[];
  consents: ReadonlyMap<Channel, Exclude<ConsentState, 'unknown'>>;
  companyId: Uuid | null;
  events: readonly WorldEvent[];
  signals: readonly WorldSignal[];
}

export interface WorldCompany {
  id: Uuid;
  /** By key, without `company.`. */
  attributes: ReadonlyMap<string, WorldValue>;
  signals: readonly WorldSignal[];
}

/** What a third party says; null where it says no more than the name. */
export interface WorldSignal {
  name: string;
  source: string;
  value: string | number | null;
  observedAt: Date;
}

/** A value and since when it has been what it is. The type is that of the attribute in `SCHEMA_ATTRIBUTES`; a list has an item. */
export interface WorldValue {
  value: string | number | boolean | Date | readonly string[];
  since: Date;
}

export interface WorldEvent {
  id: Uuid;
  name: string;
  target: string | null;
  properties: Readonly<Record<string, Json>>;
  occurredAt: Date;
}

/** What a property of an event may hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const named = (type: AttributeType, label: string): AttributeSchema => ({ type, label });

/** The attributes of every world: two of each type for contacts, one for companies. */
export const SCHEMA_ATTRIBUTES: ReadonlyMap<string, AttributeSchema> = new Map([
  ['job_title', named('text', 'Job title')],
  ['plan', named('text', 'Plan')],
  ['score', named('number', 'Score')],
  ['seats', named('number', 'Seats')],
  ['subscribed', named('boolean', 'Subscribed')],
  ['trial', named('boolean', 'Trial')],
  ['birthday', named('date', 'Birthday')],
  ['renews_at', named('date', 'Renewal')],
  ['tags', named('text_list', 'Tags')],
  ['interests', named('text_list', 'Interests')],
  ['company.industry', named('text', 'Industry')],
  ['company.employees', named('number', 'Employees')],
  ['company.customer', named('boolean', 'Customer')],
  ['company.founded', named('date', 'Founded')],
  ['company.technologies', named('text_list', 'Technologies')],
]);

/** The segments, lists and lookalikes that rules over worlds refer to; every world has members for each. */
export const SEGMENT_IDS: readonly Uuid[] = [
  '0190a000-0000-7000-8000-00000000005a',
  '0190a000-0000-7000-8000-00000000005b',
];
export const LIST_IDS: readonly Uuid[] = [
  '0190a000-0000-7000-8000-00000000001a',
  '0190a000-0000-7000-8000-00000000001b',
];
export const LOOKALIKE_IDS: readonly Uuid[] = [
  '0190a000-0000-7000-8000-0000000000a1',
  '0190a000-0000-7000-8000-0000000000a2',
];

/** The schema that rules over a world are valid against. */
export function schemaOf(zone: string): RuleSchema {
  return {
    attributes: SCHEMA_ATTRIBUTES,
    zone,
    segmentExists: (id) => SEGMENT_IDS.includes(id),
    listExists: (id) => LIST_IDS.includes(id),
    lookalikeExists: (id) => LOOKALIKE_IDS.includes(id),
  };
}
