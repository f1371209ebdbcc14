import { fold, type Scalar } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { newId } from '../../api/src/platform/ids.js';
import { ensurePartitions, insertRows } from './insert-rows.js';

/** When the examples are asked: in the middle of a minute, on a Sunday in Vienna (UTC+1). */
export const now = new Date('2026-11-15T12:00:30.000Z');
export const timeZone = 'Europe/Vienna';

/** Segments, lists and lookalikes that the examples name. */
export const ids = {
  growth: newId(),
  growthOrList: newId(),
  list: newId(),
  emptyList: newId(),
  lookalike: newId(),
  seedList: newId(),
  nowhere: newId(),
};

interface Value {
  is: Scalar | Scalar[] | Date;
  since?: string;
}

interface Deed {
  name: string;
  at: string;
  target?: string;
  properties?: Record<string, unknown>;
}

interface Person {
  attributes: Record<string, Value>;
  company?: Record<string, Value>;
  identities: Record<string, string>;
  consents: Record<string, 'granted' | 'withdrawn'>;
  events: Deed[];
  lists: string[];
  rank?: number;
}

const longAgo = '2025-01-01T00:00:00.000Z';

/**
 * Ada has everything, Bob has other values, and of Nil nothing is stored at all: each example tells all three apart
 * from what it should.
 */
const people = {
  ada: {
    attributes: {
      job_title: { is: 'Head of GROWTH', since: '2026-11-01T00:00:00.000Z' },
      // Composed in another way than the rule writes it: e and a combining acute accent.
      city: { is: 'Me\u0301rida 100%_\\' },
      score: { is: 80, since: '2026-11-15T12:00:00.000Z' },
      customer: { is: true },
      seen_at: { is: new Date('2026-11-14T23:30:00.000Z') },
      trial_ends_at: { is: new Date('2026-11-20T00:00:00.000Z') },
      // In Vienna this is 20 November already.
      birthday: { is: new Date('1990-11-19T23:00:00.000Z') },
      tags: { is: ['VIP', 'Beta'] },
    },
    company: { industry: { is: 'Software', since: longAgo }, employee_count: { is: 250 } },
    identities: {
      external_id: 'A-1',
      email: 'ada@example.com',
      phone: '+4366012345678',
      anonymous_id: 'anon-1',
    },
    consents: { email: 'granted', ads: 'withdrawn' },
    events: [
      {
        name: 'Page Viewed',
        target: '/pricing',
        at: '2026-11-14T10:00:00.000Z',
        properties: { seconds: 30, plan: 'Pro' },
      },
      {
        name: 'page viewed',
        target: '/Pricing',
        at: '2026-11-15T12:00:20.000Z',
        properties: { seconds: 90, plan: 'pro' },
      },
      { name: 'page viewed', target: '/docs', at: '2026-06-01T00:00:00.000Z', properties: { seconds: 5 } },
      {
        name: 'signed up',
        at: '2026-11-14T11:00:00.000Z',
        properties: { trial: true, until: '2026-12-01', note: null },
      },
      { name: 'order', at: '2026-10-20T09:00:00.000Z', properties: { total: 40 } },
      { name: 'order', at: '2026-11-10T09:00:00.000Z', properties: { total: 60.5 } },
      { name: 'order', at: '2026-11-11T09:00:00.000Z', properties: { total: 'a text' } },
      // Text whose lower case is more than each letter's own, and that is composed in another way.
      { name: 'moved', at: '2026-11-12T09:00:00.000Z', properties: { from: 'ΟΔΟΣ 5', to: 'Me\u0301rida' } },
      // Its clock ran ahead: it counts once its time has come.
      { name: 'tomorrow', at: '2026-11-16T00:00:00.000Z' },
    ],
    lists: [ids.list],
    rank: 1,
  },
  bob: {
    attributes: {
      job_title: { is: 'Carpenter', since: longAgo },
      city: { is: 'STRASSE' },
      score: { is: -5 },
      customer: { is: false },
      seen_at: { is: new Date('2026-01-01T00:00:00.000Z') },
      trial_ends_at: { is: new Date('2027-11-20T00:00:00.000Z') },
      birthday: { is: new Date('1980-02-28T23:00:00.000Z') },
      tags: { is: ['beta'] },
    },
    company: { industry: { is: 'Wood', since: '2026-11-14T00:00:00.000Z' }, employee_count: { is: 3 } },
    identities: { external_id: 'B-1' },
    consents: { email: 'withdrawn', ads: 'granted' },
    events: [
      {
        name: 'page viewed',
        target: '/pricing',
        at: '2026-01-02T00:00:00.000Z',
        properties: { seconds: 10, plan: 'Free' },
      },
      { name: 'signed up', at: '2026-01-01T00:00:00.000Z', properties: { trial: false, until: 'soon' } },
    ],
    lists: [],
    rank: 2,
  },
  nil: { attributes: {}, identities: {}, consents: {}, events: [], lists: [] },
} satisfies Record<string, Person>;

/** The people by the ordinals under which they are stored. */
export const names = Object.keys(people) as (keyof typeof people)[];

/** Stores the people and what the examples name. */
export async function storePeople(tx: WorkspaceTransaction): Promise<void> {
  for (const [ordinal, name] of names.entries()) await storePerson(tx, ordinal, people[name]);
  const growth = { attribute: { key: 'job_title', op: 'contains', value: 'growth' } };
  await storeSegment(tx, ids.list, null);
  await storeSegment(tx, ids.emptyList, null);
  await storeSegment(tx, ids.growth, growth);
  await storeSegment(tx, ids.growthOrList, { any: [{ segment: ids.growth }, { list: ids.emptyList }] });
  await insertRows(tx, 'segment_references', [
    { segment_id: ids.growthOrList, referenced_id: ids.growth },
    { segment_id: ids.growthOrList, referenced_id: ids.emptyList },
  ]);
  await insertRows(tx, 'seed_lists', [
    { id: ids.seedList, name: 'Seeds', created_by: 'system', created_at: longAgo },
  ]);
  await insertRows(tx, 'lookalikes', [
    { id: ids.lookalike, name: 'Like Ada', seed_list_id: ids.seedList, created_at: longAgo },
  ]);
  const memberships = names.flatMap((name, ordinal) =>
    (people[name] as Person).lists.map((id) => ({ segment_id: id, ordinal, added_at: longAgo })),
  );
  await insertRows(tx, 'list_members', memberships);
  const ranks = names.flatMap((name, ordinal) => {
    const { rank } = people[name] as Person;
    return rank === undefined ? [] : [{ lookalike_id: ids.lookalike, ordinal, rank }];
  });
  await insertRows(tx, 'lookalike_ranks', ranks);
}

async function storeSegment(tx: WorkspaceTransaction, id: string, rule: object | null): Promise<void> {
  const kind = rule ? 'rule' : 'static';
  await insertRows(tx, 'segments', [
    {
      id,
      kind,
      name: id,
      folded_name: id,
      description: '',
      rule,
      version: 1,
      created_by: 'system',
      created_at: longAgo,
      updated_at: longAgo,
    },
  ]);
}

async function storePerson(tx: WorkspaceTransaction, ordinal: number, person: Person): Promise<void> {
  const companyId = person.company ? newId() : null;
  if (companyId) {
    await insertRows(tx, 'companies', [
      { id: companyId, name: 'A company', created_at: longAgo, updated_at: longAgo },
    ]);
    await insertRows(tx, 'company_attributes', valueRows(person.company ?? {}, { company_id: companyId }));
  }
  const id = newId();
  await insertRows(tx, 'contacts', [
    { id, ordinal, company_id: companyId, created_at: longAgo, updated_at: longAgo },
  ]);
  await insertRows(tx, 'contact_attributes', valueRows(person.attributes, { ordinal }));
  const identities = Object.entries(person.identities);
  await insertRows(
    tx,
    'contact_identities',
    identities.map(([kind, value]) => ({ kind, value, raw: value, ordinal, created_at: longAgo })),
  );
  const consents = Object.entries(person.consents);
  await insertRows(
    tx,
    'consents',
    consents.map(([channel, state]) => ({ ordinal, channel, state, source: 'test', recorded_at: longAgo })),
  );
  await ensurePartitions(
    tx,
    person.events.map((event) => new Date(event.at)),
  );
  await insertRows(
    tx,
    'events',
    person.events.map((event) => eventRow(event, ordinal)),
  );
}

function valueRows(attributes: Record<string, Value>, holder: object): Record<string, unknown>[] {
  return Object.entries(attributes).flatMap(([key, { is, since = longAgo }]) =>
    (Array.isArray(is) ? is : [is]).map((value, position) => ({
      ...holder,
      key,
      position,
      text: typeof value === 'string' ? value : null,
      folded: typeof value === 'string' ? fold(value) : null,
      number: typeof value === 'number' ? value : null,
      flag: typeof value === 'boolean' ? value : null,
      instant: value instanceof Date ? value.toISOString() : null,
      since,
    })),
  );
}

function eventRow({ name, at, target, properties = {} }: Deed, ordinal: number): Record<string, unknown> {
  const id = newId();
  return {
    id,
    ordinal,
    name,
    folded_name: fold(name),
    target: target ?? null,
    folded_target: target === undefined ? null : fold(target),
    properties,
    occurred_at: at,
    received_at: at,
    source: 'test',
    message_id: id,
  };
}
