import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveSegment } from '../../api/src/modules/segments/archive-segment.js';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { addToList } from '../../api/src/modules/segments/list-members.js';
import { overlapSegments, type Overlap } from '../../api/src/modules/segments/overlap-segments.js';
import { newId } from '../../api/src/platform/ids.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
let names = 0;

beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

const segmentOf = async (rule: string | null): Promise<string> => {
  const name = `Overlapping ${(names += 1)}`;
  const made = await segments.inside((tx, editor) =>
    createSegment(tx, { name, rule: rule === null ? null : { text: rule } }, editor),
  );
  return made.id;
};

/** A list of these contacts. */
const listOf = async (contactIds: readonly string[]): Promise<string> => {
  const segmentId = await segmentOf(null);
  await segments.inside((tx, { now }) => addToList(tx, { segmentId, contactIds }, now));
  return segmentId;
};

const overlap = (...ids: string[]): Promise<Overlap> =>
  overlapSegments(segments, segments.workspaceId, ids, new AbortController().signal);

describe('the overlap of segments', () => {
  it('tells of each pair what both have, of all in either and of each by itself', async () => {
    const people = await segments.people({}, {}, {}, {}, {}, {});
    const [a, b] = [await listOf(people.slice(0, 4)), await listOf(people.slice(3, 6))];
    const told = await overlap(a, b);
    expect(told.segments.map(({ segment, size }) => [segment.id, size])).toEqual([
      [a, 4],
      [b, 3],
    ]);
    expect(told.union).toBe(6);
    expect(told.pairs).toEqual([{ a, b, intersection: 1, jaccard: 1 / 6, shareOfA: 1 / 4, shareOfB: 1 / 3 }]);
    const version = await segments.inside((tx) => tx.version());
    expect(told).toMatchObject({ version, asOf: segments.clock.at, source: 'COMPUTED' });
    expect(told.tookMs).toBeGreaterThan(0);
  });

  it('tells every part of the diagram of two and of three, and of no more', async () => {
    const people = await segments.people(...Array.from({ length: 8 }, () => ({})));
    const inside = (place: number): string[] => people.filter((_, index) => (index >> place) & 1);
    const [a, b, c] = [await listOf(inside(0)), await listOf(inside(1)), await listOf(inside(2))];
    expect((await overlap(a, b)).regions).toEqual([
      { segmentIds: [a], count: 2 },
      { segmentIds: [b], count: 2 },
      { segmentIds: [a, b], count: 2 },
    ]);
    const { regions, union } = await overlap(a, b, c);
    expect(regions).toEqual(
      [[a], [b], [c], [a, b], [a, c], [b, c], [a, b, c]].map((segmentIds) => ({ segmentIds, count: 1 })),
    );
    expect(union).toBe(7);
    const four = await overlap(a, b, c, await listOf([]));
    expect(four.regions).toBeNull();
    expect(four.pairs).toHaveLength(6);
  });

  it('is that of rules as well, through the segments that they name', async () => {
    const title = 'overlapping';
    await segments.people({ job_title: title, plan: 'x' }, { job_title: title }, { plan: 'x' });
    const titled = await segmentOf(`job_title is "${title}"`);
    const planned = await segmentOf(`segment "${titled}" and plan is "x"`);
    expect(await overlap(titled, planned)).toMatchObject({
      union: 2,
      pairs: [{ intersection: 1, jaccard: 0.5, shareOfA: 0.5, shareOfB: 1 }],
    });
  });

  it('of segments that nobody is in is nothing', async () => {
    const told = await overlap(await listOf([]), await listOf([]));
    expect(told).toMatchObject({
      union: 0,
      pairs: [{ intersection: 0, jaccard: 0, shareOfA: 0, shareOfB: 0 }],
    });
    expect(told.regions?.map(({ count }) => count)).toEqual([0, 0, 0]);
  });
});

describe('what cannot be laid over each other', () => {
  it('is refused by what is wrong and where', async () => {
    const [a, archived] = [await segmentOf('job_title exists'), await segmentOf('job_title exists')];
    await segments.inside((tx, { now }) => archiveSegment(tx, archived, now));
    const other = await segments.addWorkspace();
    const foreign = await segments.withWorkspace(other, (tx) =>
      createSegment(tx, { name: 'Foreign' }, { actor: 'user:test', now: segments.clock.now() }),
    );
    for (const [ids, code, path] of [
      [[], 'INVALID_INPUT', 'ids'],
      [[a], 'INVALID_INPUT', 'ids'],
      [Array.from({ length: 21 }, newId), 'TOO_LARGE', 'ids'],
      [[a, a.toUpperCase()], 'INVALID_INPUT', 'ids[1]'],
      [[a, newId()], 'NOT_FOUND', 'ids[1]'],
      [[foreign.id, a], 'NOT_FOUND', 'ids[0]'],
      [['no id', a], 'NOT_FOUND', 'ids[0]'],
      [[a, archived], 'CONFLICT', 'ids[1]'],
    ] as const) {
      await expect(overlap(...ids), `${ids.join()}`).rejects.toMatchObject({ code, path });
    }
  });
});
