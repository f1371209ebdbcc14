import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveSegment } from '../../api/src/modules/segments/archive-segment.js';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { previewRuleChange, type RuleChange } from '../../api/src/modules/segments/preview-rule-change.js';
import { updateSegment } from '../../api/src/modules/segments/update-segment.js';
import { newId } from '../../api/src/platform/ids.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
let names = 0;

beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

async function create(rule: string | object | null): Promise<{ id: string; name: string }> {
  const name = `Changing ${String((names += 1)).padStart(3, '0')}`;
  const source = typeof rule === 'string' ? { text: rule } : rule && { tree: rule };
  const { id } = await segments.inside((tx, editor) => createSegment(tx, { name, rule: source }, editor));
  return { id, name };
}

const change = (id: string, rule: string | object, sampleSize = 10): Promise<RuleChange> => {
  const source = typeof rule === 'string' ? { text: rule } : { tree: rule };
  const request = { id, rule: source, sampleSize };
  return previewRuleChange(segments, segments.workspaceId, request, new AbortController().signal);
};

async function idsOf(ordinals: readonly number[]): Promise<string[]> {
  const rows = await segments.inside((tx) =>
    tx.query<{ id: string }>('select id from contacts where ordinal = any($1::int[]) order by ordinal', [
      ordinals,
    ]),
  );
  return rows.map(({ id }) => id);
}

describe('the preview of a change of a rule', () => {
  it('tells who would enter and who would leave, at one version, with the first of each', async () => {
    const people = await segments.people(
      ...['a', 'a', 'b', 'b', 'b', 'c'].map((plan) => ({ job_title: 'changing', plan })),
    );
    const { id } = await create('job_title is "changing" and plan in ("a", "c")');
    const told = await change(id, 'job_title is "changing" and (plan is "b" or plan is "c")', 2);
    expect(told.change).toEqual({ before: 3, after: 4, entered: 3, left: 2 });
    expect(await idsOf(told.samples.entered)).toEqual(people.slice(2, 4));
    expect(await idsOf(told.samples.left)).toEqual(people.slice(0, 2));
    expect(told.nodes.map(({ path, count }) => [path, count])).toEqual([
      ['rule', 4],
      ['rule.all[0]', 6],
      ['rule.all[1]', 4],
      ['rule.all[1].any[0]', 3],
      ['rule.all[1].any[1]', 1],
    ]);
    const version = await segments.inside((tx) => tx.version());
    expect(told).toMatchObject({ version, asOf: segments.clock.at, dependents: [], dependentsTotal: 0 });
    expect(told.text).toContain('plan is "b"');
    expect(told.sentence).toMatch(/^Everyone /);
  });

  it('is what saving then does', async () => {
    await segments.people({ job_title: 'saved', plan: 'a' }, { job_title: 'saved' }, { plan: 'saved' });
    const { id } = await create('job_title is "saved"');
    const text = 'job_title is "saved" and plan exists or plan is "saved"';
    const { change: told } = await change(id, text);
    const before = (await segments.preview({ segment: id })).counts.value;
    await segments.inside((tx, editor) =>
      updateSegment(tx, { id, expectedVersion: 1, rule: { text } }, editor),
    );
    const after = (await segments.preview({ segment: id })).counts.value;
    expect(told).toEqual({ before, after, entered: 1, left: 1 });
  });

  it('tells what becomes of the active segments that name it, themselves or through others', async () => {
    await segments.people(
      { job_title: 'deep', plan: 'a' },
      { job_title: 'deep', plan: 'b' },
      { job_title: 'deep', plan: 'c' },
    );
    const base = await create('job_title is "deep" and plan is "a"');
    const near = await create(`segment "${base.id}" or job_title is "deep" and plan is "c"`);
    const far = await create(`job_title is "deep" and not segment "${near.id}"`);
    const steady = await create(`segment "${base.id}" and job_title is "nobody"`);
    const gone = await create(`segment "${base.id}"`);
    await segments.inside((tx, { now }) => archiveSegment(tx, gone.id, now));
    const { dependents, dependentsTotal } = await change(base.id, 'job_title is "deep" and plan is "b"');
    expect(dependentsTotal).toBe(3);
    expect(dependents.map(({ segment, change: told, error }) => [segment.name, told, error])).toEqual([
      [near.name, { before: 2, after: 2, entered: 1, left: 1 }, null],
      [far.name, { before: 1, after: 1, entered: 1, left: 1 }, null],
      [steady.name, { before: 0, after: 0, entered: 0, left: 0 }, null],
    ]);
  });

  it('looks at no more than fifty of them, and says how many there are', async () => {
    const { id } = await create('job_title is "popular"');
    for (let number = 0; number < 51; number += 1) await create(`segment "${id}" and plan is "${number}"`);
    const { dependents, dependentsTotal } = await change(id, 'job_title exists');
    expect([dependents.length, dependentsTotal]).toEqual([50, 51]);
  });

  it('tells which of them could not be answered any more', async () => {
    const where = (many: number): object => ({
      event: { name: 'bought', where: Array.from({ length: many }, () => ({ property: 'a', op: 'exists' })) },
    });
    const base = await create('job_title exists');
    const large = await Promise.all(Array.from({ length: 9 }, () => create(where(199))));
    const grown = await create({
      any: [{ segment: base.id }, ...large.map(({ id }) => ({ segment: id })), where(150)],
    });
    const { change: told, dependents } = await change(base.id, where(199));
    expect(told.after).toBe(0);
    expect(dependents).toMatchObject([
      { segment: { id: grown.id }, change: null, error: { code: 'INVALID_RULE' } },
    ]);
  });
});

describe('a rule that cannot be saved', () => {
  it('is refused as it would be by saving it', async () => {
    const base = await create('job_title exists');
    const naming = await create(`segment "${base.id}"`);
    const list = await create(null);
    const archived = await create('job_title exists');
    await segments.inside((tx, { now }) => archiveSegment(tx, archived.id, now));
    for (const [id, rule, code] of [
      [newId(), 'job_title exists', 'NOT_FOUND'],
      ['no id', 'job_title exists', 'NOT_FOUND'],
      [archived.id, 'job_title exists', 'CONFLICT'],
      [list.id, 'job_title exists', 'INVALID_INPUT'],
      [base.id, 'nonsense exists', 'INVALID_RULE'],
      [base.id, `segment "${archived.id}"`, 'INVALID_RULE'],
      [base.id, `plan exists or segment "${naming.id}"`, 'SEGMENT_CYCLE'],
      [base.id, `segment "${base.id}"`, 'SEGMENT_CYCLE'],
    ] as const) {
      const asked = change(id, rule).catch((error: unknown) => error);
      const saved = segments
        .inside((tx, editor) => updateSegment(tx, { id, expectedVersion: 1, rule: { text: rule } }, editor))
        .catch((error: unknown) => error);
      expect(await asked).toMatchObject({ code });
      expect(await asked).toEqual(await saved);
    }
    const tooMany = change(base.id, 'job_title exists', 51);
    await expect(tooMany).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'input.sampleSize' });
  });
});
