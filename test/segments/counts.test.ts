import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { addToList } from '../../api/src/modules/segments/list-members.js';
import type { Preview } from '../../api/src/modules/segments/preview-segment.js';
import { updateSegment } from '../../api/src/modules/segments/update-segment.js';
import type { Cache } from '../../api/src/platform/cache/cache.js';
import { createMemoryCache } from '../../api/src/platform/cache/memory.js';
import { createRedisCache } from '../../api/src/platform/cache/redis.js';
import { createLog } from '../../api/src/platform/log.js';
import { variable } from '../support/database.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

const silent = createLog('silent');
let rules = 0;
/** A rule that no other test asks for, met by whoever has the job title. */
const freshRule = (): string => `job_title is "tester ${(rules += 1)}"`;
const titleOf = (rule: string): string => /"(.*)"/.exec(rule)?.[1] ?? '';

/** A cache that tells what passes through it and lets a test put something else in. */
function openedCache(): Cache & { entries: Map<string, Buffer>; reads: string[] } {
  const entries = new Map<string, Buffer>();
  const reads: string[] = [];
  return {
    entries,
    reads,
    async get(key) {
      reads.push(key);
      return entries.get(key);
    },
    async set(key, value) {
      entries.set(key, value);
    },
    async delete(key) {
      entries.delete(key);
    },
    isReady: () => true,
    async close() {},
  };
}

const brief = ({ counts: { value, source } }: Preview): [number, string] => [value, source];

describe('a preview', () => {
  it('counts every node at one version, and shows the first members', async () => {
    const [a, b] = ['previewed a', 'previewed b'];
    const ids = await segments.people(
      { job_title: a, plan: 'x' },
      { job_title: b, plan: 'x' },
      { job_title: b, plan: 'y' },
    );
    const preview = await segments.preview(
      `(job_title is "${a}" or job_title is "${b}") and not plan is "y"`,
    );
    expect(preview.counts.nodes).toEqual([
      { path: 'rule', count: 2 },
      { path: 'rule.all[0]', count: 3 },
      { path: 'rule.all[0].any[0]', count: 1 },
      { path: 'rule.all[0].any[1]', count: 2 },
      { path: 'rule.all[1]', count: (await segments.preview('not plan is "y"')).counts.value },
      { path: 'rule.all[1].not', count: 1 },
    ]);
    const version = await segments.inside((tx) => tx.version());
    expect(preview.counts).toMatchObject({ value: 2, version, asOf: segments.clock.at, source: 'COMPUTED' });
    expect(preview.counts.tookMs).toBeGreaterThan(0);
    expect(preview.sentence).toMatch(/^Everyone /);
    expect(preview.text).toContain('job_title is "previewed a"');
    const shown = await segments.inside((tx) =>
      tx.query<{ id: string }>('select id from contacts where ordinal = any($1::int[])', [preview.sample]),
    );
    expect(shown.map(({ id }) => id).sort()).toEqual(ids.slice(0, 2).sort());
  });

  it('shows as many members as asked for, and refuses more than there can be', async () => {
    const rule = freshRule();
    await segments.people(...Array.from({ length: 4 }, () => ({ job_title: titleOf(rule) })));
    expect((await segments.preview(rule, undefined, 3)).sample).toHaveLength(3);
    expect((await segments.preview(rule, undefined, 0)).sample).toEqual([]);
    await expect(segments.preview(rule, undefined, 51)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a rule with problems', async () => {
    await expect(segments.preview('nonsense exists')).rejects.toMatchObject({ code: 'INVALID_RULE' });
  });
});

/** Runs on the cache of one process and on Redis alike. */
describe.each([
  ['in process', () => createMemoryCache()],
  ['in Redis', () => createRedisCache(variable('REDIS_URL'), silent)],
])('counts kept %s', (_, open) => {
  let cache: Cache;
  beforeAll(async () => {
    cache = open();
    await vi.waitUntil(() => cache.isReady());
  });
  afterAll(() => cache.close());

  it('are served again, until anything is written', async () => {
    const rule = freshRule();
    await segments.people({ job_title: titleOf(rule) });
    expect(brief(await segments.preview(rule, cache))).toEqual([1, 'COMPUTED']);
    expect(brief(await segments.preview(rule, cache))).toEqual([1, 'CACHE']);
    await segments.people({ job_title: titleOf(rule) });
    expect(brief(await segments.preview(rule, cache))).toEqual([2, 'COMPUTED']);
    expect(brief(await segments.preview(rule, cache))).toEqual([2, 'CACHE']);
  });

  it('are not served for another rule', async () => {
    const [one, other] = [freshRule(), freshRule()];
    await segments.people({ job_title: titleOf(one) });
    expect(brief(await segments.preview(one, cache))).toEqual([1, 'COMPUTED']);
    expect(brief(await segments.preview(other, cache))).toEqual([0, 'COMPUTED']);
  });

  it('are not served when a named segment is edited, or a list changed', async () => {
    const rule = freshRule();
    const ids = await segments.people({ job_title: titleOf(rule) }, { job_title: `not ${titleOf(rule)}` });
    const { named, list } = await segments.inside(async (tx, editor) => ({
      named: await createSegment(tx, { name: `Named by ${rule}`, rule: { text: rule } }, editor),
      list: await createSegment(tx, { name: `List of ${rule}` }, editor),
    }));
    const naming = `segment "${named.id}" or list "${list.id}"`;
    expect(brief(await segments.preview(naming, cache))).toEqual([1, 'COMPUTED']);
    await segments.inside((tx, { now }) => addToList(tx, { segmentId: list.id, contactIds: ids }, now));
    expect(brief(await segments.preview(naming, cache))).toEqual([2, 'COMPUTED']);
    const change = { id: named.id, expectedVersion: 1, rule: { text: `not ${rule}` } };
    await segments.inside((tx, editor) => updateSegment(tx, change, editor));
    const everyone = (await segments.preview('all of ()', cache)).counts.value;
    expect(brief(await segments.preview(naming, cache))).toEqual([everyone, 'COMPUTED']);
  });

  it('move with the clock, by the minute', async () => {
    const title = freshRule();
    const rule = `${title} and last_seen_at within last 1 hours`;
    const start = segments.clock.at;
    await segments.people({
      job_title: titleOf(title),
      last_seen_at: new Date(start.getTime() - 59 * 60_000 - 30_000).toISOString(),
    });
    expect(brief(await segments.preview(rule, cache))).toEqual([1, 'COMPUTED']);
    segments.clock.at = new Date(start.getTime() + 20_000);
    expect(brief(await segments.preview(rule, cache))).toEqual([1, 'CACHE']);
    segments.clock.at = new Date(start.getTime() + 90_000);
    expect(brief(await segments.preview(rule, cache))).toEqual([0, 'COMPUTED']);
    segments.clock.at = start;
  });
});

describe('a lying cache', () => {
  it('cannot pass off an older count under a newer key', async () => {
    const cache = openedCache();
    const rule = freshRule();
    await segments.people({ job_title: titleOf(rule) });
    await segments.preview(rule, cache);
    const [[, older] = []] = [...cache.entries];
    await segments.people({ job_title: titleOf(rule) });
    await segments.preview(rule, cache);
    const newerKey = [...cache.entries.keys()].at(-1) as string;
    cache.entries.set(newerKey, older as Buffer);
    expect(brief(await segments.preview(rule, cache))).toEqual([2, 'COMPUTED']);
  });

  it('cannot pass off what is no count', async () => {
    const cache = openedCache();
    const rule = freshRule();
    await segments.preview(rule, cache);
    const [[key, value] = []] = [...cache.entries] as [[string, Buffer]];
    const kept = JSON.parse((value as Buffer).toString()) as { counts: number[] };
    const garbled = [
      '',
      'null',
      '{"counts":[99]}',
      JSON.stringify({ ...kept, counts: [99, 1] }),
      JSON.stringify({ ...kept, counts: [] }),
      JSON.stringify({ ...kept, counts: ['99'] }),
      JSON.stringify({ ...kept, counts: [-1] }),
      '\u0000\u0001',
    ];
    for (const text of garbled) {
      cache.entries.set(key as string, Buffer.from(text));
      expect(brief(await segments.preview(rule, cache))).toEqual([0, 'COMPUTED']);
    }
  });

  it('cannot have been an older Redis entry either', async () => {
    const cache = createRedisCache(variable('REDIS_URL'), silent);
    const client = await createClient({ url: variable('REDIS_URL') }).connect();
    await vi.waitUntil(() => cache.isReady());
    const rule = freshRule();
    const find = async (): Promise<string[]> => {
      const keys: string[] = [];
      for await (const some of client.scanIterator({
        MATCH: `*${segments.workspaceId}*:count:*`,
        COUNT: 1000,
      }))
        keys.push(...some);
      return keys;
    };
    await segments.people({ job_title: titleOf(rule) });
    const before = await find();
    await segments.preview(rule, cache);
    const [older] = (await find()).filter((key) => !before.includes(key)) as [string];
    await segments.people({ job_title: titleOf(rule) });
    await segments.preview(rule, cache);
    const [newer] = (await find()).filter((key) => key !== older && !before.includes(key)) as [string];
    await client.copy(older, newer, { REPLACE: true });
    expect(brief(await segments.preview(rule, cache))).toEqual([2, 'COMPUTED']);
    await client.del([...(await find())]);
    client.destroy();
    await cache.close();
  });
});

it('counts without a cache when Redis does not answer', async () => {
  const cache = createRedisCache('redis://127.0.0.1:1', silent);
  const rule = freshRule();
  await segments.people({ job_title: titleOf(rule) });
  for (let time = 0; time < 2; time += 1)
    expect(brief(await segments.preview(rule, cache))).toEqual([1, 'COMPUTED']);
  await cache.close();
});

it('keeps everything of a workspace under its hash tag', async () => {
  const cache = openedCache();
  await segments.preview(freshRule(), cache);
  for (const key of [...cache.entries.keys(), ...cache.reads])
    expect(key).toContain(`{${segments.workspaceId}}`);
});
