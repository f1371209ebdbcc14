import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAcceptBatch, type AcceptBatch } from '../../api/src/modules/ingestion/accept-batch.js';
import type { Outcome } from '../../api/src/modules/ingestion/incoming.js';
import { toIncoming } from '../../api/src/modules/ingestion/segment-incoming.js';
import { QuotaBook } from '../../api/src/modules/usage/quota-book.js';
import { Metrics } from '../../api/src/platform/metrics/metrics.js';
import { UsageMeter } from '../../api/src/platform/usage.js';
import { openTenants, type Tenants } from '../support/builders.js';

const now = new Date('2026-11-23T12:00:00Z');

let db: Tenants;
let accept: AcceptBatch;
let workspaceId: string;

beforeAll(async () => {
  db = await openTenants();
  const clock = { now: () => now };
  const meter = new UsageMeter(clock);
  const { withWorkspace } = db;
  const quotas = new QuotaBook({ withWorkspace, meter, clock });
  const services = { withWorkspace, clock, metrics: new Metrics(), meter, quotas };
  accept = createAcceptBatch(services, { databasePoolSize: 10 });
});
afterAll(() => db.close());
beforeEach(async () => {
  workspaceId = await db.newWorkspace();
});

/** Messages of Segment's protocol, as the routes hand them over. */
function take(...messages: Record<string, unknown>[]): Promise<Outcome[]> {
  const incoming = messages.map((message, index) =>
    toIncoming(message, { receivedAt: now }, `batch[${index}]`),
  );
  return accept(
    {
      id: workspaceId,
      organizationId: workspaceId,
      name: 'Acme',
      timeZone: 'UTC',
      defaultCountry: null,
      role: null,
    },
    incoming,
    null,
  );
}

function rows<Row>(text: string): Promise<Row[]> {
  return db.withWorkspace(workspaceId, (tx) => tx.query<Row>(text));
}

async function count(table: string): Promise<number> {
  const [row] = await rows<{ count: number }>(`select count(*)::int as count from ${table}`);
  return row!.count;
}

const track = (more: object = {}): Record<string, unknown> => ({
  type: 'track',
  userId: 'u1',
  event: 'Signed Up',
  ...more,
});

describe('a message', () => {
  it('is stored once within a batch and over batches', async () => {
    const outcomes = await take(
      track({ messageId: 'm1' }),
      track({ messageId: 'm1' }),
      track({ messageId: 'm2' }),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['stored', 'duplicate', 'stored']);
    expect(await take(track({ messageId: 'm2' }))).toEqual([{ status: 'duplicate' }]);
    expect(await count('events')).toBe(2);
  });

  it('is stored once when many connections send it at the same time, in any order', async () => {
    const messages = Array.from({ length: 40 }, (_, index) =>
      track({ messageId: `m${index}`, userId: `u${index % 7}` }),
    );
    const shuffles = Array.from({ length: 8 }, (_, turn) =>
      messages.toSorted((a, b) => rank(a, turn) - rank(b, turn)),
    );
    const outcomes = (await Promise.all(shuffles.map((batch) => take(...batch)))).flat();
    expect(outcomes.filter(({ status }) => status === 'stored')).toHaveLength(40);
    expect(await count('events')).toBe(40);
    expect(await count('contacts')).toBe(7);
  });

  it('without an id of its own is stored as often as it comes', async () => {
    await take(track(), track());
    expect(await count('events')).toBe(2);
  });

  it('is not one with the same message of another workspace', async () => {
    await take(track({ messageId: 'm1' }));
    workspaceId = await db.newWorkspace();
    expect(await take(track({ messageId: 'm1' }))).toMatchObject([{ status: 'stored' }]);
  });
});

function rank(message: Record<string, unknown>, turn: number): number {
  const index = Number(String(message['messageId']).slice(1));
  return (index * (2 * turn + 3)) % 41;
}

describe('a batch', () => {
  it('notes the event in the change feed for each contact, once', async () => {
    await take(track(), track(), track({ userId: 'u2', event: 'ÖFFNEN' }));
    const changes = await rows<{ change: string }>(
      `select c.ordinal || ' ' || facet as change from changes c where facet like 'event:%' order by 1`,
    );
    expect(changes.map(({ change }) => change)).toEqual(['0 event:signed up', '1 event:öffnen']);
  });

  it('makes the partition of a month that nobody had events in', async () => {
    const timestamp = '2003-02-28T23:59:59.999Z';
    expect(await take(track({ timestamp }))).toMatchObject([{ status: 'stored' }]);
    expect(await rows(`select tableoid::regclass::text as name from events`)).toEqual([
      { name: 'events_2003_02' },
    ]);
  });

  it('stores the good ones and keeps the bad ones with the reason', async () => {
    const bad = track({ timestamp: '1970-01-01T00:00:00Z', properties: { note: 'a\0b' }, messageId: 'm1' });
    const [stored, refused] = await take(track(), bad);
    expect(stored).toMatchObject({ status: 'stored' });
    expect(refused).toMatchObject({
      status: 'refused',
      problem: { code: 'INVALID_INPUT', path: 'batch[1].timestamp' },
    });
    const [kept] = await rows<{ body: string; path: string }>('select body, path from quarantined_events');
    expect(kept?.path).toBe('timestamp');
    expect(JSON.parse(kept!.body)).toEqual(bad);
    expect(await count('events')).toBe(1);
  });

  it('lets a message that was refused come again under its id', async () => {
    const tooLong = 'x'.repeat(501);
    expect(await take(track({ messageId: 'm1', userId: tooLong }))).toMatchObject([{ status: 'refused' }]);
    expect(await take(track({ messageId: 'm1' }))).toMatchObject([{ status: 'stored' }]);
  });

  it('takes as many statements for a hundred events as for one', async () => {
    await take(track());
    db.statements.length = 0;
    await take(track({ userId: 'u2' }));
    const forOne = db.statements.length;
    db.statements.length = 0;
    await take(...Array.from({ length: 100 }, (_, index) => track({ userId: `v${index}` })));
    expect(db.statements.length).toBe(forOne);
  });
});

describe('identify', () => {
  it('joins what was done anonymously with the person, in the same batch and later', async () => {
    const page = { type: 'page', anonymousId: 'a1', properties: { path: '/pricing' } };
    await take(page);
    await take(
      page,
      { type: 'identify', anonymousId: 'a1', userId: 'u1', traits: { email: 'Dana@Example.com' } },
      page,
    );
    await take(page, track());
    expect(
      await rows(`select count(*)::int as events, count(distinct ordinal)::int as people from events`),
    ).toEqual([{ events: 5, people: 1 }]);
    expect(await rows(`select kind, value from contact_identities order by 1`)).toEqual([
      { kind: 'anonymous_id', value: 'a1' },
      { kind: 'email', value: 'dana@example.com' },
      { kind: 'external_id', value: 'u1' },
    ]);
  });

  it('does not give the history of one person to another who uses the same browser', async () => {
    await take({ type: 'identify', anonymousId: 'a1', userId: 'u1' });
    await take({ type: 'identify', anonymousId: 'a1', userId: 'u2' }, track({ userId: 'u2' }));
    expect(await rows(`select value from contact_identities where kind = 'anonymous_id'`)).toHaveLength(1);
    expect(
      await rows(
        `select i.value from events e join contact_identities i using (ordinal) where kind = 'external_id'`,
      ),
    ).toEqual([{ value: 'u2' }]);
  });

  it('sets standard attributes, defines others by their first value, and finds the company', async () => {
    const traits = {
      firstName: 'Dana',
      address: { city: 'Berlin' },
      title: 'CTO',
      logins: 5,
      isAdmin: true,
      trialEnds: '2027-01-01',
      teams: ['a', 'b'],
      company: { name: 'Acme', employeeCount: 12, segmentSize: 'small' },
    };
    await take({ type: 'identify', userId: 'u1', traits });
    const values = await rows<{ key: string; value: string }>(
      `select key, coalesce(text, number::text, flag::text, instant::date::text) as value from contact_attributes
       where key <> 'external_id' order by key, position`,
    );
    expect(values.map(({ key, value }) => `${key} ${value}`)).toEqual([
      'city Berlin',
      'first_name Dana',
      'is_admin true',
      'job_title CTO',
      'logins 5',
      'teams a',
      'teams b',
      'trial_ends 2027-01-01',
    ]);
    expect(await rows(`select subject, key, type from attribute_definitions order by 1, 2`)).toEqual([
      { subject: 'company', key: 'segment_size', type: 'text' },
      { subject: 'contact', key: 'is_admin', type: 'boolean' },
      { subject: 'contact', key: 'logins', type: 'number' },
      { subject: 'contact', key: 'teams', type: 'text_list' },
      { subject: 'contact', key: 'trial_ends', type: 'date' },
    ]);
    expect(await rows(`select c.name from contacts join companies c on c.id = company_id`)).toEqual([
      { name: 'Acme' },
    ]);
  });

  it('keeps a trait that does not fit its attribute in quarantine, and takes the others', async () => {
    await take({ type: 'identify', userId: 'u1', traits: { logins: 5 } });
    const outcome = await take({
      type: 'identify',
      userId: 'u1',
      traits: { logins: 'many', city: 'Berlin' },
    });
    expect(outcome).toMatchObject([{ status: 'stored' }]);
    expect(await rows(`select number from contact_attributes where key = 'logins'`)).toEqual([{ number: 5 }]);
    expect(await rows(`select text from contact_attributes where key = 'city'`)).toEqual([
      { text: 'Berlin' },
    ]);
    const [kept] = await rows<{ path: string; body: string }>(`select path, body from quarantined_events`);
    expect(kept?.path).toBe('traits.logins');
    expect(JSON.parse(kept!.body)).toEqual({ type: 'identify', userId: 'u1', traits: { logins: 'many' } });
  });

  it('defines 200 attributes and no more', async () => {
    const traits = Object.fromEntries(Array.from({ length: 205 }, (_, index) => [`trait_${index}`, index]));
    await take({ type: 'identify', userId: 'u1', traits });
    await take({ type: 'identify', userId: 'u1', traits: { one_more: 1 } });
    expect(await count('attribute_definitions')).toBe(200);
    expect(await count('quarantined_events')).toBe(2);
  });

  it('defines a new trait once when many connections bring it', async () => {
    const identify = (user: number) =>
      take(
        { type: 'identify', userId: `u${user}`, traits: { zebra: 1, apple: 'x' } },
        { type: 'identify', userId: `v${user}`, traits: { apple: 'y' } },
      );
    await Promise.all([1, 2, 3, 4, 5, 6].map(identify));
    expect(await count('attribute_definitions')).toBe(2);
    expect(await rows(`select 1 from contact_attributes where key = 'apple'`)).toHaveLength(12);
  });
});
