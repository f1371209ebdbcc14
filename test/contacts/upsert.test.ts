import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContactInput, ContactResult, UpsertSettings } from '../../api/src/modules/contacts/index.js';
import { upsertContacts } from '../../api/src/modules/contacts/index.js';
import { openTenants, type Tenants } from '../support/builders.js';

let db: Tenants;
let workspace: string;
beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db.close());
beforeEach(async () => {
  workspace = await db.newWorkspace();
});

const now = new Date('2026-03-01T10:00:00Z');
const settings: UpsertSettings = { timeZone: 'Europe/Vienna', defaultCountry: 'AT', now };
const later: UpsertSettings = { ...settings, now: new Date('2026-03-02T10:00:00Z') };

function upsert(inputs: ContactInput[], using = settings): Promise<ContactResult[]> {
  return db.withWorkspace(workspace, (tx) => upsertContacts(tx, using, inputs));
}

type Done = Extract<ContactResult, { ok: true }>;

async function upsertOne(input: ContactInput, using = settings): Promise<Done> {
  const [result] = await upsert([input], using);
  expect(result).toMatchObject({ ok: true });
  return result as Done;
}

function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return db.withWorkspace(workspace, (tx) => tx.query<Row>(text, values));
}

/** Attributes of a contact as `key: text | number | flag | instant`, lists as arrays. */
async function attributesOf(ordinal: number): Promise<Record<string, unknown>> {
  const found = await rows<{ key: string; value: unknown }>(
    `select key, case when count(*) > 1 then to_jsonb(array_agg(text order by position))
       else to_jsonb(min(coalesce(text, number::text, flag::text, to_char(instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))) end as value
     from contact_attributes where ordinal = $1 group by key order by key`,
    [ordinal],
  );
  return Object.fromEntries(found.map(({ key, value }) => [key, value]));
}

async function identitiesOf(ordinal: number): Promise<string[]> {
  const found = await rows<{ identity: string }>(
    `select kind || ':' || value as identity from contact_identities where ordinal = $1 order by 1`,
    [ordinal],
  );
  return found.map((row) => row.identity);
}

async function feedSince(version: number): Promise<string[]> {
  const found = await rows<{ change: string }>(
    `select ordinal || ' ' || facet as change from changes where version > $1 order by 1`,
    [version],
  );
  return found.map((row) => row.change);
}

function version(): Promise<number> {
  return db.withWorkspace(workspace, (tx) => tx.version());
}

describe('a new contact', () => {
  it('takes the next ordinals, its identities in normal form, and its attributes by type', async () => {
    const results = await upsert([
      {
        externalId: 'C-1',
        email: ' Ada@Example.COM ',
        phone: '0664 1234567',
        attributes: {
          first_name: 'Ada',
          lead_score: '12.5',
          birthday: '1990-07-01',
          subscribed_at: '2026-02-01T08:00:00Z',
          tags: ['VIP', 'vip', 'Beta'],
          city: '',
        },
      },
      { anonymousId: 'device-1' },
    ]);
    expect(results).toMatchObject([
      { ok: true, ordinal: 0, outcome: 'created', warnings: [] },
      { ok: true, ordinal: 1, outcome: 'created', warnings: [] },
    ]);
    expect(await identitiesOf(0)).toEqual([
      'email:ada@example.com',
      'external_id:C-1',
      'phone:+436641234567',
    ]);
    expect(await attributesOf(0)).toEqual({
      birthday: '1990-06-30T22:00:00Z',
      email: 'ada@example.com',
      external_id: 'C-1',
      first_name: 'Ada',
      lead_score: '12.5',
      phone: '+436641234567',
      subscribed_at: '2026-02-01T08:00:00Z',
      tags: ['VIP', 'Beta'],
    });
    expect(await feedSince(0)).toEqual(['0 *', '1 *']);
  });

  it('costs the same number of statements for one as for a thousand', async () => {
    const batch = (size: number): ContactInput[] =>
      Array.from({ length: size }, (_, index) => ({
        externalId: `${size}-${index}`,
        email: `${size}.${index}@example.com`,
        attributes: { first_name: 'Ada', lead_score: index },
        company: { domain: `c${size}-${index % 50}.example` },
        consents: [{ channel: 'ads', state: 'granted' }],
      }));
    const countFor = async (size: number): Promise<number> => {
      db.statements.length = 0;
      await upsert(batch(size));
      return db.statements.length;
    };
    const one = await countFor(1);
    expect(await countFor(1_000)).toBe(one);
    expect(one).toBeLessThan(30);
  });
});

describe('a known contact', () => {
  it('raises no version when nothing changes', async () => {
    const input: ContactInput = {
      email: 'ada@example.com',
      attributes: { first_name: 'Ada', tags: ['a', 'b'], birthday: '1990-07-01' },
      company: { domain: 'example.com', attributes: { industry: 'Tools' } },
      consents: [{ channel: 'email', state: 'granted' }],
    };
    await upsertOne(input);
    const before = await version();
    expect(await upsertOne({ ...input, email: 'ADA@example.com' }, later)).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await version()).toBe(before);
    expect(await rows(`select count(*)::int as n from consent_history`)).toEqual([{ n: 1 }]);
  });

  it('moves since only for the value that changes, and notes only that', async () => {
    const { ordinal } = await upsertOne({
      email: 'a@example.com',
      attributes: { city: 'Graz', country: 'AT' },
    });
    const before = await version();
    const again = await upsertOne(
      { email: 'a@example.com', attributes: { city: 'Linz', country: 'AT' } },
      later,
    );
    expect(again).toMatchObject({ ordinal, outcome: 'updated' });
    expect(await feedSince(before)).toEqual([`${ordinal} attribute:city`]);
    const since = await rows(
      `select key, since from contact_attributes where key in ('city', 'country') order by key`,
    );
    expect(since).toEqual([
      { key: 'city', since: later.now },
      { key: 'country', since: now },
    ]);
  });

  it('loses a value for null and for blank text, and the tail of a shorter list', async () => {
    const { ordinal } = await upsertOne({
      email: 'a@example.com',
      attributes: { city: 'Graz', state: 'ST', tags: ['a', 'b', 'c'] },
    });
    await upsertOne({ email: 'a@example.com', attributes: { city: null, state: ' ', tags: ['a'] } });
    expect(await attributesOf(ordinal)).toEqual({ email: 'a@example.com', tags: 'a' });
  });

  it('gains identities; the e-mail given last beside its id is the primary one', async () => {
    const { ordinal } = await upsertOne({ externalId: 'X', email: 'old@example.com' });
    const before = await version();
    await upsertOne({ externalId: 'X', email: 'new@example.com' });
    expect(await identitiesOf(ordinal)).toEqual([
      'email:new@example.com',
      'email:old@example.com',
      'external_id:X',
    ]);
    expect(await attributesOf(ordinal)).toMatchObject({ email: 'new@example.com' });
    expect(await feedSince(before)).toEqual([`${ordinal} attribute:email`, `${ordinal} identity:email`]);
    expect(await upsertOne({ email: 'old@example.com' })).toMatchObject({ ordinal, outcome: 'unchanged' });
    expect(await attributesOf(ordinal)).toMatchObject({ email: 'new@example.com' });
  });
});

describe('who is meant', () => {
  it('is decided by the strongest identity; others of an identified contact are not stolen', async () => {
    const one = await upsertOne({ externalId: 'X', email: 'x@example.com' });
    const two = await upsertOne({ externalId: 'Y', email: 'y@example.com' });
    const both = await upsertOne({ externalId: 'X', email: 'y@example.com' });
    expect(both).toMatchObject({
      ordinal: one.ordinal,
      warnings: [{ code: 'IDENTITY_CONFLICT', path: 'email' }],
    });
    expect(await identitiesOf(two.ordinal)).toEqual(['email:y@example.com', 'external_id:Y']);
    expect(await attributesOf(one.ordinal)).toMatchObject({ email: 'x@example.com' });
  });

  it('has a phone number of its own country before one of the workspace', async () => {
    await upsert([
      { email: 'a@example.com', phone: '(800) 555-0100', attributes: { country: 'United States' } },
      { email: 'b@example.com', phone: '01 5120170', attributes: { country: 'nowhere' } },
    ]);
    expect(await rows(`select value from contact_identities where kind = 'phone' order by ordinal`)).toEqual([
      { value: '+18005550100' },
      { value: '+4315120170' },
    ]);
  });

  it('is not decided by a shared phone number when the e-mail says otherwise', async () => {
    const one = await upsertOne({ email: 'one@example.com', phone: '+43 1 5120170' });
    const two = await upsertOne({ email: 'two@example.com', phone: '+43 1 5120170' });
    expect(two.ordinal).not.toBe(one.ordinal);
    expect(two).toMatchObject({
      outcome: 'created',
      warnings: [{ code: 'IDENTITY_CONFLICT', path: 'phone' }],
    });
    expect(await upsertOne({ phone: '+4315120170' })).toMatchObject({ ordinal: one.ordinal });
  });

  it('makes a new contact of a new external id with the e-mail of a contact that has another', async () => {
    const one = await upsertOne({ externalId: 'X', email: 'shared@example.com' });
    const two = await upsertOne({ externalId: 'Y', email: 'shared@example.com' });
    expect(two).toMatchObject({
      outcome: 'created',
      warnings: [{ code: 'IDENTITY_CONFLICT', path: 'email' }],
    });
    expect(two.ordinal).not.toBe(one.ordinal);
    expect(await attributesOf(two.ordinal)).toEqual({ external_id: 'Y' });
  });

  it('applies items of one batch that mean the same contact in order', async () => {
    const results = await upsert([
      { email: 'a@example.com', attributes: { city: 'Graz', first_name: 'Ada' } },
      { externalId: 'A', email: 'a@example.com', attributes: { city: 'Linz' } },
      { externalId: 'A', attributes: { first_name: null } },
      { externalId: 'A', attributes: { city: 'Linz' } },
    ]);
    expect(results.map((result) => result.ok && [result.ordinal, result.outcome])).toEqual([
      [0, 'created'],
      [0, 'updated'],
      [0, 'updated'],
      [0, 'unchanged'],
    ]);
    expect(await attributesOf(0)).toEqual({ city: 'Linz', email: 'a@example.com', external_id: 'A' });
  });
});

describe('an anonymous contact', () => {
  it('becomes the identified one when its id is given with an unknown e-mail', async () => {
    const anonymous = await upsertOne({ anonymousId: 'd1' });
    const identified = await upsertOne({ anonymousId: 'd1', email: 'a@example.com' });
    expect(identified).toMatchObject({ contactId: anonymous.contactId, outcome: 'updated' });
    expect(await attributesOf(anonymous.ordinal)).toEqual({ email: 'a@example.com' });
  });

  it('is merged into a known one: events, lists, missing attributes, consents and identities move, its ordinal retires', async () => {
    const anonymous = await upsertOne({
      anonymousId: 'd1',
      attributes: { city: 'Graz', utm_source: 'ad' },
      consents: [
        { channel: 'ads', state: 'withdrawn', recordedAt: '2026-02-20T00:00:00Z' },
        { channel: 'email', state: 'granted', recordedAt: '2026-01-01T00:00:00Z' },
      ],
    });
    const known = await upsertOne({
      email: 'a@example.com',
      attributes: { city: 'Wien' },
      consents: [
        { channel: 'ads', state: 'granted', recordedAt: '2026-02-10T00:00:00Z' },
        { channel: 'email', state: 'withdrawn', recordedAt: '2026-02-01T00:00:00Z' },
      ],
    });
    await addHistory(anonymous.ordinal, known.ordinal);
    const before = await version();
    const merged = await upsertOne({ email: 'a@example.com', anonymousId: 'd1' }, later);
    expect(merged).toMatchObject({ contactId: known.contactId, outcome: 'updated', warnings: [] });
    expect(await identitiesOf(known.ordinal)).toEqual(['anonymous_id:d1', 'email:a@example.com']);
    expect(await attributesOf(known.ordinal)).toEqual({
      city: 'Wien',
      email: 'a@example.com',
      utm_source: 'ad',
    });
    expect(await rows(`select since from contact_attributes where key = 'utm_source'`)).toEqual([
      { since: now },
    ]);
    expect(await rows(`select ordinal from events`)).toEqual([{ ordinal: known.ordinal }]);
    expect(await rows(`select ordinal from list_members`)).toEqual([{ ordinal: known.ordinal }]);
    expect(await rows(`select ordinal, value from seed_list_members`)).toEqual([
      { ordinal: known.ordinal, value: 5 },
    ]);
    expect(await rows(`select ordinal, rank from lookalike_ranks`)).toEqual([
      { ordinal: known.ordinal, rank: 3 },
    ]);
    expect(await rows(`select ordinal, channel, state from consents order by channel`)).toEqual([
      { ordinal: known.ordinal, channel: 'ads', state: 'withdrawn' },
      { ordinal: known.ordinal, channel: 'email', state: 'withdrawn' },
    ]);
    expect(await rows(`select count(*)::int as n, min(ordinal) as ordinal from consent_history`)).toEqual([
      { n: 4, ordinal: known.ordinal },
    ]);
    expect(await rows(`select ordinal from contacts`)).toEqual([{ ordinal: known.ordinal }]);
    expect((await feedSince(before)).filter((change) => change.endsWith('*'))).toEqual([
      `${anonymous.ordinal} *`,
      `${known.ordinal} *`,
    ]);
    expect(await upsertOne({ anonymousId: 'd1' })).toMatchObject({
      ordinal: known.ordinal,
      outcome: 'unchanged',
    });
    expect((await upsertOne({ email: 'next@example.com' })).ordinal).toBe(2);
  });

  it('is merged within one batch, whichever came first', async () => {
    const results = await upsert([
      { anonymousId: 'd1', attributes: { utm_source: 'ad', city: 'Graz' } },
      { email: 'a@example.com', attributes: { city: 'Wien' } },
      { anonymousId: 'd1', email: 'a@example.com' },
      { anonymousId: 'd1', attributes: { country: 'AT' } },
    ]);
    expect(new Set(results.map((result) => result.ok && result.ordinal)).size).toBe(1);
    expect(await attributesOf((results[0] as Done).ordinal)).toEqual({
      city: 'Wien',
      country: 'AT',
      email: 'a@example.com',
      utm_source: 'ad',
    });
    expect(await rows('select 1 from contacts')).toHaveLength(1);
  });

  it('stored before, is merged into one that the same batch makes', async () => {
    const anonymous = await upsertOne({ anonymousId: 'd1', attributes: { utm_source: 'ad' } });
    const results = await upsert([{ email: 'a@example.com' }, { email: 'a@example.com', anonymousId: 'd1' }]);
    const [made] = results as Done[];
    expect(made!.ordinal).not.toBe(anonymous.ordinal);
    expect(await attributesOf(made!.ordinal)).toEqual({ email: 'a@example.com', utm_source: 'ad' });
    expect(await rows('select ordinal from contacts')).toEqual([{ ordinal: made!.ordinal }]);
  });

  it('keeps its device when the device belongs to another identified contact', async () => {
    const one = await upsertOne({ email: 'one@example.com', anonymousId: 'tablet' });
    const two = await upsertOne({ email: 'two@example.com', anonymousId: 'tablet' });
    expect(two).toMatchObject({
      outcome: 'created',
      warnings: [{ code: 'IDENTITY_CONFLICT', path: 'anonymousId' }],
    });
    expect(await identitiesOf(one.ordinal)).toContain('anonymous_id:tablet');
  });
});

async function addHistory(anonymous: number, known: number): Promise<void> {
  await db.withWorkspace(workspace, async (tx) => {
    const ids = { w: workspace, s: crypto.randomUUID(), l: crypto.randomUUID(), k: crypto.randomUUID() };
    await tx.query(
      `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, source, message_id, received_at)
       values ($1, now(), $2, $3, 'Viewed', 'viewed', 'test', 'm', now())`,
      [ids.w, crypto.randomUUID(), anonymous],
    );
    await tx.query(
      `insert into segments (workspace_id, id, kind, name, folded_name, created_by) values ($1, $2, 'static', 'L', 'l', 'test')`,
      [ids.w, ids.s],
    );
    await tx.query(
      `insert into list_members (workspace_id, segment_id, ordinal) values ($1, $2, $3), ($1, $2, $4)`,
      [ids.w, ids.s, anonymous, known],
    );
    await tx.query(
      `insert into seed_lists (workspace_id, id, name, created_by) values ($1, $2, 'S', 'test')`,
      [ids.w, ids.l],
    );
    await tx.query(
      `insert into seed_list_members (workspace_id, seed_list_id, ordinal, value) values ($1, $2, $3, 5)`,
      [ids.w, ids.l, anonymous],
    );
    await tx.query(`insert into lookalikes (workspace_id, id, name, seed_list_id) values ($1, $2, 'K', $3)`, [
      ids.w,
      ids.k,
      ids.l,
    ]);
    await tx.query(
      `insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank) values ($1, $2, $3, 3)`,
      [ids.w, ids.k, anonymous],
    );
  });
}

describe('what cannot be taken', () => {
  it('is refused alone, with the path of each problem, and leaves nothing behind', async () => {
    const results = await upsert([
      { email: 'good@example.com' },
      {},
      { email: 'not an address' },
      {
        email: 'b@example.com',
        attributes: { no_such: 1, lead_score: 'many', city: 'a\0b', first_name: '\ud800' },
      },
      { email: 'c@example.com', consents: [{ channel: 'fax' as never, state: 'granted' }] },
      { email: 'd@example.com', company: { domain: 'no domain' } },
      { email: 'e@example.com', attributes: { email: 'f@example.com' } },
      { externalId: 'x'.repeat(501) },
    ]);
    expect(results[0]).toMatchObject({ ok: true });
    const paths = results
      .slice(1)
      .map((result) => (result.ok ? [] : result.problems.map((problem) => problem.path)));
    expect(paths).toEqual([
      [''],
      ['email'],
      ['attributes.no_such', 'attributes.lead_score', 'attributes.city', 'attributes.first_name'],
      ['consents[0].channel'],
      ['company.domain'],
      ['attributes.email'],
      ['externalId'],
    ]);
    expect(await rows('select 1 from contacts')).toHaveLength(1);
    expect(await rows('select 1 from companies')).toHaveLength(0);
  });

  it('is left out with a warning for a lenient source, but for the only identity', async () => {
    const lenient = { ...settings, lenient: true };
    const results = await upsert(
      [{ externalId: 'A', phone: 'call me', attributes: { no_such: 1, city: 'Graz' } }, { phone: 'call me' }],
      lenient,
    );
    expect(results).toMatchObject([
      { ok: true, warnings: [{ path: 'phone' }, { path: 'attributes.no_such' }] },
      { ok: false, problems: [{ path: 'phone' }] },
    ]);
    expect(await attributesOf(0)).toEqual({ city: 'Graz', external_id: 'A' });
  });
});

describe('companies of contacts', () => {
  it('are found by external id, domain or name, shared within a batch, and their changes reach every contact', async () => {
    await upsert([
      { email: 'a@example.com', company: { domain: 'https://www.Initech.example/about', name: 'Initech' } },
      { email: 'b@example.com', company: { domain: 'initech.example', externalId: 'I-1' } },
      { email: 'c@example.com', company: { name: 'Umbrella' } },
      { email: 'd@example.com', company: { name: 'Umbrella' } },
    ]);
    expect(await rows(`select external_id, domain, name from companies order by name`)).toEqual([
      { external_id: 'I-1', domain: 'initech.example', name: 'Initech' },
      { external_id: null, domain: null, name: 'Umbrella' },
    ]);
    const before = await version();
    await upsert([
      { email: 'c@example.com', company: { name: 'Umbrella', attributes: { industry: 'Biotech' } } },
    ]);
    expect(await feedSince(before)).toEqual(['2 company.industry', '3 company.industry']);
  });

  it('may take a domain that another gives up in the same batch', async () => {
    const company = (externalId: string, domain: string) => ({
      email: `${externalId}@example.com`,
      company: { externalId, domain },
    });
    await upsert([company('one', 'a.example'), company('two', 'b.example')]);
    await upsert([company('two', 'd.example'), company('one', 'b.example'), company('new', 'a.example')]);
    expect(await rows(`select external_id, domain from companies order by domain`)).toEqual([
      { external_id: 'new', domain: 'a.example' },
      { external_id: 'one', domain: 'b.example' },
      { external_id: 'two', domain: 'd.example' },
    ]);
  });

  it('end the same one by one and in batches, however domains move between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom('g1', 'g2', 'g3', 'g4'), fc.constantFrom('a', 'b', 'c', 'd', 'e')),
          {
            minLength: 2,
            maxLength: 12,
          },
        ),
        async (moves) => {
          const inputs = moves.map(([externalId, domain]) => ({
            email: `${externalId}@example.com`,
            company: { externalId, domain: `${domain}.example` },
          }));
          const domains = async (batches: (typeof inputs)[]): Promise<unknown> => {
            workspace = await db.newWorkspace();
            for (const batch of batches) await upsert(batch);
            return rows('select external_id, domain from companies order by 1');
          };
          const half = Math.ceil(inputs.length / 2);
          const inBatches = await domains(
            [inputs.slice(0, half), inputs.slice(half)].filter((b) => b.length > 0),
          );
          expect(inBatches).toEqual(await domains(inputs.map((input) => [input])));
        },
      ),
      {
        ...(process.env['SEED'] && { seed: Number(process.env['SEED']) }),
        numRuns: process.env['FULL'] ? 300 : 15,
      },
    );
  });

  it('count as a new contact in the feed when a contact changes its company', async () => {
    await upsert([{ email: 'a@example.com', company: { domain: 'one.example' } }]);
    const before = await version();
    await upsert([{ email: 'a@example.com', company: { domain: 'two.example' } }]);
    expect(await feedSince(before)).toEqual(['0 *']);
  });
});

describe('what names a contact and says nothing of it', () => {
  it('finds or makes them and changes nothing of those it finds', async () => {
    const { ordinal } = await upsertOne({ externalId: 'X', email: 'old@example.com' });
    await upsertOne({ externalId: 'X', email: 'new@example.com' });
    const before = await version();
    const resolve = (identities: ContactInput[]): Promise<ContactResult[]> =>
      db.withWorkspace(workspace, (tx) => upsertContacts(tx, settings, identities));
    const known = await resolve([
      { externalId: 'X' },
      { email: 'OLD@example.com' },
      { email: 'new@example.com' },
    ]);
    expect(known).toMatchObject([{ ordinal }, { ordinal }, { ordinal }]);
    expect(await version()).toBe(before);
    expect(await attributesOf(ordinal)).toMatchObject({ email: 'new@example.com' });
    expect(await resolve([{ anonymousId: 'd1' }, { anonymousId: 'd1' }, {}])).toMatchObject([
      { ok: true, ordinal: 1, outcome: 'created' },
      { ok: true, ordinal: 1, outcome: 'unchanged' },
      { ok: false },
    ]);
  });
});

describe('races', () => {
  it('lose no event of a contact that is merged away meanwhile', async () => {
    const known = await upsertOne({ email: 'a@example.com' });
    const devices = Array.from({ length: 12 }, (_, index) => `device-${index}`);
    await upsert(devices.map((anonymousId) => ({ anonymousId })));
    const addEvent = (anonymousId: string): Promise<void> =>
      db.withWorkspace(workspace, async (tx) => {
        const [contact] = await upsertContacts(tx, settings, [{ anonymousId }]);
        await tx.query(
          `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, source, message_id, received_at)
           values ($1, now(), gen_random_uuid(), $2, 'Viewed', 'viewed', 'test', $3, now())`,
          [workspace, (contact as Done).ordinal, anonymousId],
        );
      });
    await Promise.all(
      devices.flatMap((anonymousId) => [
        addEvent(anonymousId),
        upsertOne({ email: 'a@example.com', anonymousId }),
        addEvent(anonymousId),
      ]),
    );
    expect(await rows('select ordinal from contacts')).toEqual([{ ordinal: known.ordinal }]);
    expect(await rows('select ordinal, count(*)::int as n from events group by 1')).toEqual([
      { ordinal: known.ordinal, n: 2 * devices.length },
    ]);
  });

  it('end with one contact however many writers make it at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        upsertOne({
          email: 'same@example.com',
          attributes: { lead_score: index },
          company: { name: 'Same' },
        }),
      ),
    );
    expect(new Set(results.map((result) => result.contactId)).size).toBe(1);
    expect(results.filter((result) => result.outcome === 'created')).toHaveLength(1);
    expect(await rows('select 1 from contacts')).toHaveLength(1);
    expect(await rows('select 1 from companies')).toHaveLength(1);
  });
});
