import { afterAll, beforeAll, expect, it } from 'vitest';
import { UsageMeter } from '../../api/src/platform/usage.js';
import { createCountMembers } from '../../api/src/modules/segments/count-members.js';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import type { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import { createSegmentLoaders, type SegmentLoaders } from '../../api/src/modules/segments/segment.loaders.js';
import { createMemoryCache } from '../../api/src/platform/cache/memory.js';
import type { RequestContext } from '../../api/src/platform/context.js';
import { createLog } from '../../api/src/platform/log.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
let stored: SegmentEntity[];
let people: string[];
let newRequest: () => SegmentLoaders;

beforeAll(async () => {
  segments = await openSegments();
  people = await segments.people(
    ...Array.from({ length: 10 }, (_, index) => ({ job_title: `title ${index}` })),
  );
  stored = await segments.inside(async (tx, editor) => {
    const made: SegmentEntity[] = [];
    for (let number = 0; number < 10; number += 1) {
      const text =
        number === 0 ? 'job_title exists' : `job_title is "title ${number}" and segment "${made[0]?.id}"`;
      made.push(await createSegment(tx, { name: `Segment ${number}`, rule: { text } }, editor));
    }
    return made;
  });
  const { withWorkspace, clock, workspaceId } = segments;
  const countMembers = createCountMembers({
    engine: segments.engine,
    cache: createMemoryCache(),
    meter: new UsageMeter(clock),
  });
  const loaders = createSegmentLoaders({
    withWorkspace,
    engine: segments.engine,
    clock,
    countMembers,
    log: createLog('silent'),
  });
  newRequest = () => loaders({ signal: new AbortController().signal } as RequestContext, workspaceId);
});
afterAll(() => segments?.close());

/** How many statements a request sends that loads all of these. */
async function statementsOf<Key>(
  pick: (loaders: SegmentLoaders) => { loadMany(keys: readonly Key[]): Promise<unknown[]> },
  keys: readonly Key[],
): Promise<number> {
  segments.statements.length = 0;
  const loaded = await pick(newRequest()).loadMany(keys);
  for (const each of loaded) expect(each).not.toBeInstanceOf(Error);
  return segments.statements.length;
}

it('tell sentences and users of ten segments in as many statements as of one', async () => {
  for (const pick of [
    (keys: SegmentEntity[]) => statementsOf((loaders) => loaders.sentence, keys),
    (keys: SegmentEntity[]) =>
      statementsOf(
        (loaders) => loaders.usedBy,
        keys.map(({ id }) => id),
      ),
  ]) {
    expect(await pick(stored)).toBe(await pick(stored.slice(0, 1)));
  }
});

it('tell kept sizes of ten segments in as many statements as of one', async () => {
  const cold = await statementsOf((loaders) => loaders.size, stored);
  const warm = await statementsOf((loaders) => loaders.size, stored);
  expect(warm).toBe(await statementsOf((loaders) => loaders.size, stored.slice(1, 2)));
  expect(cold).toBeGreaterThan(warm);
  const sizes = await newRequest().size.loadMany(stored);
  expect(sizes.map((size) => (size instanceof Error ? size : size.value))).toEqual([
    10,
    ...Array.from({ length: 9 }, () => 1),
  ]);
});

it('tell the segments of ten contacts in as many statements as of one', async () => {
  const all = await statementsOf((loaders) => loaders.segmentsOf, people);
  expect(all).toBe(await statementsOf((loaders) => loaders.segmentsOf, people.slice(0, 1)));
});
