import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { archiveAttribute, createAttribute } from '../../api/src/modules/attributes/define-attributes.js';
import type { ComputationInput } from '../../api/src/modules/attributes/computation.js';
import { renameAttribute } from '../../api/src/modules/attributes/rename-attribute.js';
import { advance } from '../../api/src/modules/computed-attributes/advance.js';
import { catchUp } from '../../api/src/modules/computed-attributes/compute-attributes.job.js';
import { deleteContacts, upsertContacts } from '../../api/src/modules/contacts/index.js';
import { mergeByHand } from '../../api/src/modules/contacts/merging/merge-by-hand.js';
import { undoMerge } from '../../api/src/modules/contacts/merging/undo-merge.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { addContacts, addEvents, openTenants, type EventBuild, type Tenants } from '../support/builders.js';

/* Attributes that are computed from events, on a clock that the tests move. */

let db: Tenants;
let workspace: string;
const start = new Date('2026-03-25T10:00:30Z');
const clock = { at: start, now: () => clock.at };

beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db.close());
beforeEach(async () => {
  workspace = await db.newWorkspace({ timeZone: 'Europe/Vienna' });
  clock.at = start;
});

const minute = 60_000;
const day = 24 * 60 * minute;

/** A moment so long before the present one. */
const ago = (milliseconds: number): Date => new Date(clock.at.getTime() - milliseconds);

function inside<Result>(work: (tx: WorkspaceTransaction) => Promise<Result>): Promise<Result> {
  return db.withWorkspace(workspace, work);
}

type Type = 'text' | 'number' | 'boolean' | 'date';

function define(key: string, type: Type, computed: ComputationInput): Promise<unknown> {
  return inside((tx) => createAttribute(tx, { subject: 'contact', key, type, computed }, clock.now()));
}

async function people(count: number): Promise<string[]> {
  const inputs = Array.from({ length: count }, (_, index) => ({ externalId: `p${index}` }));
  const taken = await addContacts(db.withWorkspace, workspace, inputs, { now: clock.now() });
  return taken.map(({ contactId }) => contactId);
}

function happened(...events: EventBuild[]): Promise<void> {
  return addEvents(db.withWorkspace, workspace, events);
}

function compute({
  chunk = 3,
  withWorkspace = db.withWorkspace,
}: { chunk?: number; withWorkspace?: WithWorkspace } = {}): Promise<{ state: string; looked: number }> {
  return catchUp({ withWorkspace, clock }, workspace, new AbortController().signal, chunk);
}

/** What contacts hold for a key, by ordinal. */
async function values(key: string): Promise<Record<number, unknown>> {
  const rows = await inside((tx) =>
    tx.query<{ ordinal: number; value: unknown }>(
      `select ordinal, coalesce(to_jsonb(text), to_jsonb(number), to_jsonb(flag), to_jsonb(instant)) as value
       from contact_attributes where key = $1 order by ordinal`,
      [key],
    ),
  );
  return Object.fromEntries(rows.map(({ ordinal, value }) => [ordinal, value]));
}

describe('what is computed', () => {
  const order = (ordinal: number, before: number, properties: object, target?: string): EventBuild => ({
    ordinal,
    name: 'Order',
    occurredAt: ago(before),
    properties: properties as Record<string, unknown>,
    ...(target !== undefined && { target }),
  });

  beforeEach(async () => {
    await people(4);
    await happened(
      order(0, 40 * day, { total: 10, product: 'Tea', paid: true }, '/Cup'),
      order(0, 3 * day, { total: 2.5, product: 'Mug', paid: false }, '/mug'),
      order(0, 2 * day, { total: 'none', product: ' ' }, '/cup'),
      order(1, day, { total: 7, product: 'Tea', coupon: 'X' }),
      { ordinal: 1, name: 'page_viewed', occurredAt: ago(minute), properties: { total: 1_000 } },
      order(2, 50 * day, { product: 5 }),
    );
  });

  it.each<[string, Type, ComputationInput, Record<number, unknown>]>([
    ['how often', 'number', { function: 'count', event: 'order' }, { 0: 3, 1: 1, 2: 1 }],
    ['how often lately', 'number', { function: 'count', event: 'order', window: '30d' }, { 0: 2, 1: 1 }],
    ['a sum', 'number', { function: 'sum', event: 'order', property: 'total' }, { 0: 12.5, 1: 7 }],
    ['the least', 'number', { function: 'min', event: 'order', property: 'total' }, { 0: 2.5, 1: 7 }],
    ['the greatest', 'number', { function: 'max', event: 'order', property: 'total' }, { 0: 10, 1: 7 }],
    ['an average', 'number', { function: 'average', event: 'order', property: 'total' }, { 0: 6.25, 1: 7 }],
    ['the first target', 'text', { function: 'first', event: 'order' }, { 0: '/Cup' }],
    [
      'the last value',
      'text',
      { function: 'last', event: 'order', property: 'product' },
      { 0: 'Mug', 1: 'Tea' },
    ],
    ['the last flag', 'boolean', { function: 'last', event: 'order', property: 'paid' }, { 0: false }],
    ['the first number', 'number', { function: 'first', event: 'order', property: 'product' }, { 2: 5 }],
    ['of one target', 'number', { function: 'count', event: 'order', target: '/CUP' }, { 0: 2 }],
    [
      'of some properties',
      'number',
      { function: 'count', event: 'order', where: [{ property: 'product', op: 'equals', value: 'tea' }] },
      { 0: 1, 1: 1 },
    ],
    [
      'the most frequent, of equals the latest',
      'text',
      { function: 'most_frequent', event: 'order', property: 'product' },
      { 0: 'Mug', 1: 'Tea' },
    ],
  ])('is %s', async (_, type, computed, expected) => {
    await define('it', type, computed);
    expect(await compute()).toMatchObject({ state: 'fresh' });
    expect(await values('it')).toEqual(expected);
  });

  it('is when it was first and last, which rules compare with now', async () => {
    await define('first_order', 'date', { function: 'first_at', event: 'order' });
    await define('last_order', 'date', { function: 'last_at', event: 'order' });
    await compute();
    const texts = async (key: string): Promise<string[]> =>
      Object.values(await values(key)).map((value) => new Date(value as string).toISOString());
    expect(await texts('first_order')).toEqual(
      [40 * day, day, 50 * day].map((each) => ago(each).toISOString()),
    );
    expect(await texts('last_order')).toEqual(
      [2 * day, day, 50 * day].map((each) => ago(each).toISOString()),
    );
  });

  it('is noted in the feed when it changes, with since when it holds, and not when it stays', async () => {
    await define('orders', 'number', { function: 'count', event: 'order' });
    await compute();
    const before = await inside((tx) => tx.version());
    clock.at = new Date(start.getTime() + 5 * minute);
    await happened(order(0, 0, {}), { ordinal: 1, name: 'other', occurredAt: clock.at });
    await inside(async (tx) => tx.changed(2, 'event:order'));
    expect(await compute()).toMatchObject({ looked: expect.any(Number) });
    const changed = await inside((tx) =>
      tx.query('select ordinal from changes where version > $1 and facet = $2', [before, 'attribute:orders']),
    );
    expect(changed).toEqual([{ ordinal: 0 }]);
    const since = await inside((tx) =>
      tx.query('select ordinal, since from contact_attributes where key = $1 order by ordinal', ['orders']),
    );
    expect(since).toEqual([
      { ordinal: 0, since: clock.at },
      { ordinal: 1, since: start },
      { ordinal: 2, since: start },
    ]);
    // Its own changes are nothing that it looks at.
    expect(await compute()).toEqual({ state: 'fresh', looked: 0 });
  });
});

describe('a window', () => {
  it('moves by the minute: events leave it when they are too old, and only theirs is looked at', async () => {
    await people(3);
    await define('views', 'number', { function: 'count', event: 'view', window: '7d' });
    await happened(
      { ordinal: 0, name: 'view', occurredAt: ago(7 * day - 2 * minute) },
      { ordinal: 0, name: 'view', occurredAt: ago(day) },
      { ordinal: 1, name: 'view', occurredAt: ago(6 * day) },
    );
    await compute();
    expect(await values('views')).toEqual({ 0: 2, 1: 1 });
    clock.at = new Date(start.getTime() + 2 * minute);
    expect(await compute()).toEqual({ state: 'fresh', looked: 0 });
    clock.at = new Date(start.getTime() + 3 * minute);
    expect(await compute()).toEqual({ state: 'fresh', looked: 1 });
    expect(await values('views')).toEqual({ 0: 1, 1: 1 });
    clock.at = new Date(start.getTime() + 8 * day);
    expect(await compute()).toEqual({ state: 'fresh', looked: 2 });
    expect(await values('views')).toEqual({});
  });

  it('takes in what was said to happen later', async () => {
    await people(1);
    await define('views', 'number', { function: 'count', event: 'view' });
    await happened({ ordinal: 0, name: 'view', occurredAt: new Date(start.getTime() + 60 * minute) });
    await compute();
    expect(await values('views')).toEqual({});
    clock.at = new Date(start.getTime() + 61 * minute);
    await compute();
    expect(await values('views')).toEqual({ 0: 1 });
  });

  it('of a month may begin earlier again, where a shorter month ends', async () => {
    await people(1);
    clock.at = new Date('2026-03-28T22:30:00Z');
    await define('views', 'number', { function: 'count', event: 'view', window: '1mo' });
    await happened({ ordinal: 0, name: 'view', occurredAt: new Date('2026-02-28T12:00:00Z') });
    await compute();
    expect(await values('views')).toEqual({});
    clock.at = new Date('2026-03-29T09:00:00Z');
    await compute();
    expect(await values('views')).toEqual({ 0: 1 });
  });
});

describe('a computed attribute', () => {
  it.each<[string, Type, ComputationInput, string]>([
    ['another type', 'text', { function: 'count', event: 'x' }, 'input.type'],
    ['a number of a target', 'number', { function: 'last', event: 'x' }, 'input.type'],
    ['a sum of nothing', 'number', { function: 'sum', event: 'x' }, 'input.computed.property'],
    [
      'a count of a property',
      'number',
      { function: 'count', event: 'x', property: 'y' },
      'input.computed.property',
    ],
    ['no event', 'number', { function: 'count', event: '' }, 'input.computed.event'],
    ['no duration', 'number', { function: 'count', event: 'x', window: 'soon' }, 'input.computed.window'],
    [
      'an unknown operator',
      'number',
      { function: 'count', event: 'x', where: [{ property: 'a', op: 'like', value: 1 }] },
      'input.computed.where[0].op',
    ],
  ])('is refused with %s', async (_, type, computed, path) => {
    await expect(define('it', type, computed)).rejects.toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it('is set by nobody: an item that tries is refused, and a lenient one is warned', async () => {
    await define('views', 'number', { function: 'count', event: 'view' });
    const input = [{ externalId: 'a', attributes: { views: 5 } }];
    const settings = { timeZone: 'UTC', defaultCountry: null, now: clock.now() };
    const [refused] = await inside((tx) => upsertContacts(tx, settings, input));
    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'INVALID_INPUT', path: 'attributes.views' }],
    });
    const [warned] = await inside((tx) => upsertContacts(tx, { ...settings, lenient: true }, input));
    expect(warned).toMatchObject({
      ok: true,
      warnings: [{ code: 'INVALID_INPUT', path: 'attributes.views' }],
    });
    expect(await values('views')).toEqual({});
  });

  it('goes on under another key, and begins anew when it is brought back', async () => {
    await people(2);
    await define('views', 'number', { function: 'count', event: 'view' });
    await happened({ ordinal: 0, name: 'view', occurredAt: ago(0) });
    await compute();
    await inside((tx) =>
      renameAttribute(
        tx,
        { subject: 'contact', key: 'views', newKey: 'page_views' },
        { actor: 'user:1', now: clock.now() },
        [],
      ),
    );
    await happened({ ordinal: 0, name: 'view', occurredAt: ago(0) });
    await compute();
    expect(await values('page_views')).toEqual({ 0: 2 });
    const put = (archived: boolean): Promise<unknown> =>
      inside((tx) =>
        archiveAttribute(tx, { subject: 'contact', key: 'page_views' }, { archived, now: clock.now() }),
      );
    await put(true);
    await happened({ ordinal: 1, name: 'view', occurredAt: ago(0) });
    expect(await compute()).toEqual({ state: 'nothing', looked: 0 });
    expect(await values('page_views')).toEqual({ 0: 2 });
    await put(false);
    await compute();
    expect(await values('page_views')).toEqual({ 0: 2, 1: 1 });
  });

  it('begins anew where the feed does not reach back to where it was', async () => {
    await people(2);
    await define('views', 'number', { function: 'count', event: 'view' });
    await compute();
    await happened({ ordinal: 0, name: 'view', occurredAt: ago(0) });
    await db.database.owner.query('delete from changes where workspace_id = $1', [workspace]);
    await happened({ ordinal: 1, name: 'view', occurredAt: ago(0) });
    await compute();
    expect(await values('views')).toEqual({ 0: 1, 1: 1 });
  });

  it('tells when it was fresh last, and that is not while the first look is under way', async () => {
    await people(5);
    await define('views', 'number', { function: 'count', event: 'view' });
    const computedAt = async (): Promise<unknown> =>
      (
        await inside((tx) =>
          tx.query<{ at: Date | null }>('select computed_at as at from computed_attributes'),
        )
      )[0]!.at;
    await inside((tx) => advance(tx, { timeZone: 'UTC', now: clock.now(), chunk: 2 }));
    expect(await computedAt()).toBeNull();
    await compute();
    expect(await computedAt()).toEqual(clock.at);
  });
});

/** Numbers that are the same for the same seed (mulberry32), from 0 up to, but without, a bound. */
function dice(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/** Attributes, each with the values that plain SQL gives for them at `$1`, the moment after the present minute. */
const truths: [key: string, Type, ComputationInput, sql: string][] = [
  ['c_all', 'number', { function: 'count', event: 'a' }, `count(*) from e where name = 'a'`],
  [
    'c_week',
    'number',
    { function: 'count', event: 'A', window: '7d' },
    `count(*) from e where name = 'a' and occurred_at >= $1 - interval '1 minute' - interval '168 hours'`,
  ],
  [
    'c_month',
    'number',
    { function: 'count', event: 'a', window: '1mo' },
    `count(*) from e where name = 'a' and occurred_at
       >= ((($1 - interval '1 minute') at time zone 'Europe/Vienna') - interval '1 month') at time zone 'Europe/Vienna'`,
  ],
  [
    's_day',
    'number',
    { function: 'sum', event: 'b', property: 'n', window: '1d' },
    `sum((properties->>'n')::float8) from e
     where name = 'b' and properties ? 'n' and occurred_at >= $1 - interval '1 minute' - interval '24 hours'`,
  ],
  [
    'first',
    'text',
    { function: 'first', event: 'b' },
    `(array_agg(target order by occurred_at, id))[1] from e where name = 'b' and target is not null`,
  ],
  [
    'last_x',
    'number',
    { function: 'last', event: 'b', property: 'n', where: [{ property: 'n', op: 'gt', value: 2 }] },
    `(array_agg((properties->>'n')::float8 order by occurred_at desc, id desc))[1] from e
     where name = 'b' and properties ? 'n' and (properties->>'n')::float8 > 2`,
  ],
  [
    'last_at',
    'date',
    { function: 'last_at', event: 'a' },
    `date_trunc('milliseconds', max(occurred_at)) from e where name = 'a'`,
  ],
];

async function truth(sql: string): Promise<Record<number, unknown>> {
  const until = new Date(Math.floor(clock.at.getTime() / minute) * minute + minute);
  const rows = await inside((tx) =>
    tx.query<{ ordinal: number; value: unknown }>(
      `with e as (select ordinal, id, lower(name) as name, target, properties, occurred_at from events
                  where occurred_at < $1::timestamptz)
       select ordinal, to_jsonb(value) as value from (
         select ordinal, ${sql.replace(' from e', ' as value from e').replaceAll('$1', '$1::timestamptz')} group by ordinal
       ) as expected where value is not null order by ordinal`,
      [until],
    ),
  );
  return Object.fromEntries(rows.map(({ ordinal, value }) => [ordinal, value]));
}

describe('random histories', () => {
  const histories = process.env['FULL'] === '1' ? 60 : 4;
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));

  it(`come to what plain SQL gives, whoever dies in between (SEED=${seed})`, async () => {
    for (let history = 0; history < histories; history += 1) {
      workspace = await db.newWorkspace({ timeZone: 'Europe/Vienna' });
      clock.at = new Date(start.getTime() - 30 * day);
      const { computed, expected } = await live(dice(seed + history));
      expect(computed, `history ${history} of SEED=${seed}`).toEqual(expected);
    }
  }, 600_000);

  type ByKey = Record<string, Record<number, unknown>>;

  /** Lives through a history; gives what was computed in the end, and what plain SQL gives. */
  async function live(roll: (bound: number) => number): Promise<{ computed: ByKey; expected: ByKey }> {
    const merges: string[] = [];
    let made = 0;
    const waiting = [...truths];
    const contacts = (): Promise<{ id: string; ordinal: number }[]> =>
      inside((tx) => tx.query('select id, ordinal from contacts order by ordinal'));
    const actions: (() => Promise<unknown>)[] = [
      async () => {
        const inputs = Array.from({ length: 1 + roll(4) }, () => ({ externalId: `p${(made += 1)}` }));
        return addContacts(db.withWorkspace, workspace, inputs, { now: clock.now() });
      },
      async () => {
        const known = await contacts();
        if (known.length === 0) return;
        const event = (): EventBuild => ({
          ordinal: known[roll(known.length)]!.ordinal,
          name: ['a', 'A', 'b', 'c'][roll(4)]!,
          occurredAt: new Date(
            clock.at.getTime() - roll(35 * day) * (roll(3) === 0 ? 1 : 0.03) + roll(2) * roll(day),
          ),
          properties: roll(2) ? { n: roll(5) } : {},
          ...(roll(2) && { target: ['x', 'y', 'z'][roll(3)]! }),
        });
        return happened(...Array.from({ length: 1 + roll(5) }, event));
      },
      async () => {
        const waited = waiting.shift();
        return waited && define(waited[0], waited[1], waited[2]);
      },
      async () => {
        const known = await contacts();
        const [winner, loser] = [known[roll(known.length || 1)], known[roll(known.length || 1)]];
        if (!winner || !loser || winner === loser) return;
        const pair = { winnerId: winner.id, loserId: loser.id };
        merges.push(await inside((tx) => mergeByHand(tx, pair, { by: 'user:1', now: clock.now() })));
      },
      async () => {
        const id = merges.pop();
        // One whose contacts were deleted meanwhile is gone.
        return (
          id && inside((tx) => undoMerge(tx, id, { by: 'user:1', now: clock.now() })).catch(ignoreFailure)
        );
      },
      async () => {
        const known = await contacts();
        return known.length > 3 && inside((tx) => deleteContacts(tx, [known[roll(known.length)]!.ordinal]));
      },
      async () =>
        (clock.at = new Date(clock.at.getTime() + [1, 90, 60 * 24, 60 * 24 * 6][roll(4)]! * minute)),
      // A step, and one whose process dies before it commits.
      () => inside((tx) => advance(tx, { timeZone: 'Europe/Vienna', now: clock.now(), chunk: 1 + roll(3) })),
      () =>
        inside(async (tx) => {
          await advance(tx, { timeZone: 'Europe/Vienna', now: clock.now(), chunk: 1 + roll(3) });
          throw new Error('killed');
        }).catch(ignoreFailure),
    ];
    for (const [key, type, computed] of waiting.splice(0, 4)) await define(key, type, computed);
    for (let turn = 0; turn < 120; turn += 1) await actions[roll(actions.length)]!();
    for (const [key, type, computed] of waiting) await define(key, type, computed);
    await compute({ chunk: 1 + roll(4) });
    const [computed, expected]: [ByKey, ByKey] = [{}, {}];
    for (const [key, , , sql] of truths) {
      computed[key] = await values(key);
      expected[key] = await truth(sql);
    }
    return { computed, expected };
  }

  function ignoreFailure(error: unknown): void {
    const { code, message } = error as { code?: string; message?: string };
    if (message !== 'killed' && code !== 'CONFLICT' && code !== 'NOT_FOUND') throw error;
  }
});

describe('what the feed says', () => {
  it('is followed to the end of a version that is more than one step', async () => {
    await people(8);
    await define('views', 'number', { function: 'count', event: 'view' });
    await compute();
    const events = Array.from({ length: 8 }, (_, ordinal) => ({ ordinal, name: 'view', occurredAt: ago(0) }));
    await happened(...events);
    await compute({ chunk: 3 });
    expect(await values('views')).toEqual({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1 });
  });

  it('of contacts that become one, and two again, counts for both', async () => {
    const [winnerId, loserId] = (await people(2)) as [string, string];
    await define('views', 'number', { function: 'count', event: 'view' });
    await happened(
      { ordinal: 0, name: 'view', occurredAt: ago(day) },
      { ordinal: 1, name: 'view', occurredAt: ago(day) },
      { ordinal: 1, name: 'view', occurredAt: ago(2 * day) },
    );
    await compute();
    const by = { by: 'user:1', now: clock.now() };
    const merge = await inside((tx) => mergeByHand(tx, { winnerId, loserId }, by));
    await compute();
    expect(await values('views')).toEqual({ 0: 3 });
    await inside((tx) => undoMerge(tx, merge, by));
    await compute();
    expect(await values('views')).toEqual({ 0: 1, 1: 2 });
  });
});

describe('events that are written while it is computed', () => {
  it('are all counted in the end', async () => {
    await people(20);
    await define('views', 'number', { function: 'count', event: 'view' });
    let written = 0;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let turn = 0; turn < 25; turn += 1) {
        await happened({ ordinal: (writer * 7 + turn) % 20, name: 'view', occurredAt: ago(0) });
        written += 1;
      }
    });
    const all = Promise.all(writers);
    while (written < 100) await compute();
    await all;
    await compute();
    const counts = Object.values(await values('views')) as number[];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(await values('views')).toEqual(await truth(`count(*) from e where name = 'view'`));
  });
});
