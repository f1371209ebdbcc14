import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCountMembers } from '../../api/src/modules/segments/count-members.js';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { previewSegment, type Preview } from '../../api/src/modules/segments/preview-segment.js';
import { createMemoryCache } from '../../api/src/platform/cache/memory.js';
import { UsageMeter } from '../../api/src/platform/usage.js';
import { openSegments, type Segments } from '../segments/open-segments.js';

let segments: Segments;
beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

/** Previews as one process gives them, all asked for at once. */
async function previewAtOnce(many: number, text: string): Promise<Preview[]> {
  const { withWorkspace, clock, workspaceId } = segments;
  const engine = createEngine({ withWorkspace, shared: undefined }, { mostBytes: 2 ** 20 });
  const meter = new UsageMeter(clock);
  const countMembers = createCountMembers({ engine, cache: createMemoryCache(), meter });
  const services = { withWorkspace, clock, countMembers };
  const request = { rule: { text }, sampleSize: 5 };
  return Promise.all(
    Array.from({ length: many }, () =>
      previewSegment(services, workspaceId, request, new AbortController().signal),
    ),
  );
}

/** How often people's values were looked through since the statements were last forgotten. */
const lookings = (): number =>
  segments.statements.filter((text) => text.includes('from contact_attributes')).length;

it('computes one answer for fifty who ask the same at once', async () => {
  await segments.people({ job_title: 'CEO' }, { job_title: 'CEO' }, { job_title: 'Clerk' });
  segments.statements.length = 0;
  await previewAtOnce(1, 'job_title is "CEO"');
  expect(lookings()).toBe(1);
  segments.statements.length = 0;
  const previews = await previewAtOnce(50, 'job_title is "CEO"');
  expect(lookings()).toBe(1);
  expect(new Set(previews.map(({ counts }) => counts.value))).toEqual(new Set([2]));
});
