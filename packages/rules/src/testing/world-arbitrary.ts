import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { AttributeType, IdentityKind } from '../ast.js';
import { CHANNELS, COMPANY_PREFIX, IDENTITY_KINDS } from '../ast.js';
import { endOf, instantOf, startOf } from '../time.js';
import {
  DURATIONS,
  EVENT_NAMES,
  INSTANTS,
  NOWS,
  NUMBERS,
  PROPERTIES,
  SIGNAL_NAMES,
  SIGNAL_SOURCES,
  TARGETS,
  TEXTS,
  ZONES,
} from './vocabulary.js';
import type {
  Json,
  World,
  WorldCompany,
  WorldContact,
  WorldEvent,
  WorldSignal,
  WorldValue,
} from './world.js';
import { LIST_IDS, LOOKALIKE_IDS, SCHEMA_ATTRIBUTES, SEGMENT_IDS } from './world.js';

/** How large random worlds get. */
export interface WorldSize {
  maxContacts?: number;
  /** Of each contact. */
  maxEvents?: number;
}

/** Random worlds in which random rules often hold: a small vocabulary, and times at the edges of windows. */
export function worldArbitrary({ maxContacts = 12, maxEvents = 6 }: WorldSize = {}): Arbitrary<World> {
  const present = fc.record({ now: fc.constantFrom(...NOWS), zone: fc.constantFrom(...ZONES) });
  return present.chain(({ now, zone }) => worldAt(new Date(now), zone, maxContacts, maxEvents));
}

/** Random worlds at a given time in a given zone. */
export function worldAt(now: Date, zone: string, maxContacts = 12, maxEvents = 6): Arbitrary<World> {
  const instant = instantArbitrary(now, zone);
  const companies = fc.uniqueArray(companyArbitrary(instant), { maxLength: 3, selector: ({ id }) => id });
  return companies.chain((known) => {
    const contact = contactArbitrary(instant, known, maxEvents);
    return fc
      .uniqueArray(contact, { minLength: 1, maxLength: maxContacts, selector: ({ id }) => id })
      .map((contacts) => contacts.map(complete))
      .chain((contacts) =>
        membershipsArbitrary(contacts.map(({ id }) => id)).map((memberships) => ({
          now,
          zone,
          contacts,
          companies: known,
          ...memberships,
        })),
      );
  });
}

/** Instants at, just before and just after those where a window of the vocabulary starts or ends. */
function instantArbitrary(now: Date, zone: string): Arbitrary<Date> {
  const edges = [
    now,
    ...DURATIONS.flatMap((duration) => [startOf(now, duration, zone), endOf(now, duration, zone)]),
    ...INSTANTS.map((instant) => instantOf(instant, zone)),
  ];
  const offsets = [-86_400_000, -3_600_000, -60_000, -1, 0, 0, 1, 59_999, 60_000, 3_600_000];
  return fc
    .tuple(fc.constantFrom(...edges), fc.constantFrom(...offsets))
    .map(([edge, offset]) => new Date(edge.getTime() + offset));
}

type Draft = Omit<WorldContact, 'identities' | 'events'> & {
  kinds: readonly IdentityKind[];
  events: readonly Omit<WorldEvent, 'id'>[];
};

function contactArbitrary(
  instant: Arbitrary<Date>,
  companies: readonly WorldCompany[],
  maxEvents: number,
): Arbitrary<Draft> {
  return fc.record({
    id: fc.uuid({ version: 7 }),
    attributes: attributesArbitrary('', instant),
    kinds: fc.subarray([...IDENTITY_KINDS]),
    consents: fc
      .array(fc.tuple(fc.constantFrom(...CHANNELS), fc.constantFrom('granted', 'withdrawn')))
      .map((pairs) => new Map(pairs)),
    companyId: fc.constantFrom(null, ...companies.map(({ id }) => id)),
    signals: signalsArbitrary(instant),
    events: fc.array(worldEventArbitrary(instant), { maxLength: maxEvents }),
  });
}

/** No two contacts share an identity, and no two events an id. */
function complete({ kinds, events, ...contact }: Draft, index: number): WorldContact {
  const values: Record<IdentityKind, string> = {
    external_id: `crm-${index}`,
    email: `contact-${index}@example.com`,
    phone: `+4930${String(1_000_000 + index)}`,
    anonymous_id: `anonymous-${contact.id}`,
  };
  return {
    ...contact,
    identities: kinds.map((kind) => ({ kind, value: values[kind] })),
    events: events.map((event, place) => ({ ...event, id: eventId(index, place) })),
  };
}

function eventId(contact: number, place: number): string {
  return `0190e000-0000-7000-8000-${String(contact).padStart(6, '0')}${String(place).padStart(6, '0')}`;
}

function companyArbitrary(instant: Arbitrary<Date>): Arbitrary<WorldCompany> {
  return fc.record({
    id: fc.uuid({ version: 7 }),
    attributes: attributesArbitrary(COMPANY_PREFIX, instant),
    signals: signalsArbitrary(instant),
  });
}

function attributesArbitrary(prefix: string, instant: Arbitrary<Date>): Arbitrary<Map<string, WorldValue>> {
  const known = [...SCHEMA_ATTRIBUTES].filter(([key]) => key.startsWith(COMPANY_PREFIX) === (prefix !== ''));
  const entries = known.map(([key, { type }]) =>
    fc
      .option(fc.record({ value: valueArbitrary(type, instant), since: instant }), {
        nil: undefined,
        freq: 4,
      })
      .map((value) => [key.slice(prefix.length), value] as const),
  );
  return fc
    .tuple(...entries)
    .map(
      (all) => new Map(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))),
    );
}

function valueArbitrary(type: AttributeType, instant: Arbitrary<Date>): Arbitrary<WorldValue['value']> {
  const arbitraries: Record<AttributeType, Arbitrary<WorldValue['value']>> = {
    text: fc.constantFrom(...TEXTS),
    number: fc.constantFrom(...NUMBERS),
    boolean: fc.boolean(),
    date: instant,
    text_list: fc.uniqueArray(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 3 }),
  };
  return arbitraries[type];
}

/** A source says one thing under a name. */
function signalsArbitrary(instant: Arbitrary<Date>): Arbitrary<WorldSignal[]> {
  const signal = fc.record({
    name: fc.constantFrom(...SIGNAL_NAMES),
    source: fc.constantFrom(...SIGNAL_SOURCES),
    value: fc.constantFrom<(string | number | null)[]>(null, ...NUMBERS, ...TEXTS),
    observedAt: instant,
  });
  return fc.uniqueArray(signal, {
    maxLength: 3,
    selector: ({ name, source }) => `${name} ${source}`,
  });
}

function worldEventArbitrary(instant: Arbitrary<Date>): Arbitrary<Omit<WorldEvent, 'id'>> {
  return fc.record({
    name: fc.constantFrom(...EVENT_NAMES),
    target: fc.constantFrom(null, ...TARGETS),
    properties: fc.dictionary(fc.constantFrom(...PROPERTIES), propertyValueArbitrary()),
    occurredAt: instant,
  });
}

/** What integrators send: mostly what one would expect, and sometimes not. */
function propertyValueArbitrary(): Arbitrary<Json> {
  const odd: Json[] = [
    null,
    [1, 'ops'],
    { nested: 1 },
    '',
    '2026-02-31',
    '2026-03-29T25:00:00Z',
    '2026-03-29 10:00',
    'true',
  ];
  return fc.oneof(
    fc.constantFrom<Json[]>(...NUMBERS),
    fc.constantFrom<Json[]>(...TEXTS),
    fc.boolean(),
    fc.constantFrom<Json[]>(...INSTANTS),
    fc.constantFrom<Json[]>(...odd),
  );
}

function membershipsArbitrary(ids: string[]): Arbitrary<Pick<World, 'segments' | 'lists' | 'lookalikes'>> {
  const members = (keys: readonly string[]) =>
    fc
      .tuple(...keys.map((key) => fc.subarray(ids).map((some) => [key, new Set(some)] as const)))
      .map((all) => new Map(all));
  const ranked = fc
    .tuple(...LOOKALIKE_IDS.map((key) => fc.shuffledSubarray(ids).map((some) => [key, some] as const)))
    .map((all) => new Map(all));
  return fc.record({ segments: members(SEGMENT_IDS), lists: members(LIST_IDS), lookalikes: ranked });
}
