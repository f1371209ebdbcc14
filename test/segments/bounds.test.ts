import type { Rule } from '@coterie/rules';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCountMembers } from '../../api/src/modules/segments/count-members.js';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { countNodes } from '../../api/src/modules/segments/engine/truth.js';
import type { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import { createSegmentLoaders } from '../../api/src/modules/segments/segment.loaders.js';
import { createMemoryCache } from '../../api/src/platform/cache/memory.js';
import type { RequestContext } from '../../api/src/platform/context.js';
import { createLog } from '../../api/src/platform/log.js';
import { UsageMeter } from '../../api/src/platform/usage.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

let names = 0;
const create = (rule: object | string): Promise<SegmentEntity> =>
  segments.inside((tx, editor) =>
    createSegment(
      tx,
      { name: `Segment ${(names += 1)}`, rule: typeof rule === 'string' ? { text: rule } : { tree: rule } },
      editor,
    ),
  );

const idsFrom = (from: number, many = 1_000): string[] =>
  Array.from({ length: many }, (_, index) => `id-${from + index}`);
const includesAll = (values: string[]) => ({
  attribute: { key: 'mobile_ad_ids', op: 'includes_all' as const, values },
});

describe('all values of a list', () => {
  it('are asked for in one sub-query, however many they are', () => {
    const rule: Rule = { all: Array.from({ length: 10 }, () => includesAll(idsFrom(0))) };
    const { text } = countNodes({ rule, definitions: new Map(), now: new Date(), timeZone: 'UTC' });
    expect(text.match(/from contact_attributes/g)).toHaveLength(10);
  });

  it('are found, each as often as it is given and in whatever case, among others', async () => {
    await segments.people(
      { mobile_ad_ids: idsFrom(0, 40) },
      { mobile_ad_ids: idsFrom(0, 39) },
      { mobile_ad_ids: [...idsFrom(1, 39), 'ID-0'] },
    );
    const asked = idsFrom(0, 40);
    const { counts } = await segments.preview(includesAll([...asked, ...asked.slice(0, 20)]));
    expect(counts.value).toBe(2);
    const exactly = { attribute: { ...includesAll(asked).attribute, caseSensitive: true } };
    expect((await segments.preview(exactly)).counts.value).toBe(1);
  });
});

describe('the values of a rule', () => {
  it('are limited with those of the segments that it names, at the condition that leads there', async () => {
    const tenThousand = { any: Array.from({ length: 10 }, (_, index) => includesAll(idsFrom(index))) };
    const [first, second] = [await create(tenThousand), await create(tenThousand)];
    await create({ any: [{ segment: first.id }, { segment: second.id }] });
    const rule = { any: [includesAll(['one more']), { segment: first.id }, { not: { segment: second.id } }] };
    await expect(create(rule)).rejects.toMatchObject({
      code: 'INVALID_RULE',
      path: 'input.rule',
      problems: [{ code: 'TOO_MANY_VALUES', path: 'rule.any[2].not.segment' }],
    });
  });

  it('count with every condition on properties of the events that a named segment asks for', async () => {
    const where = Array.from({ length: 199 }, () => ({ property: 'a', op: 'exists' }));
    const large = await Promise.all(
      Array.from({ length: 10 }, () => create({ event: { name: 'bought', where } })),
    );
    await expect(create({ any: large.map(({ id }) => ({ segment: id })) })).rejects.toMatchObject({
      code: 'INVALID_RULE',
      problems: [{ code: 'TOO_MANY_CONDITIONS' }],
    });
  });
});

describe('an instant at the edge of time', () => {
  it.each([
    ['event "x" since "0001-01-01"', 'rule.event.window.since'],
    ['birthday before "0001-01-01"', 'rule.attribute.value'],
    ['birthday after "9999-12-31T23:59:59-14:00"', 'rule.attribute.value'],
    ['birthday between "0001-01-01" and "2000-01-01"', 'rule.attribute.values[0]'],
  ])('is refused: %s', async (text, path) => {
    await expect(create(text)).rejects.toMatchObject({
      code: 'INVALID_RULE',
      path: 'input.rule',
      problems: [{ code: 'OUT_OF_RANGE', path }],
    });
  });

  it('is still answered where another time zone moved it out of the years that are taken', async () => {
    await segments.people({ birthday: '1999-05-06' });
    const { id } = await create('birthday exists');
    for (const [rule, value] of [
      [{ attribute: { key: 'birthday', op: 'after', value: '0001-01-01' } }, 1],
      [{ attribute: { key: 'birthday', op: 'after', value: '9999-12-31T23:59:59-14:00' } }, 0],
    ] as const) {
      await segments.database.owner.query('update segments set rule = $2 where id = $1', [id, rule]);
      await segments.inside(async (tx) => tx.changed(-1, `segment:${id}`));
      expect((await segments.preview({ segment: id })).counts.value).toBe(value);
    }
  });
});

describe('a segment that cannot be answered any more', () => {
  it('takes the sizes and members of no other with it', async () => {
    const [contact] = (await segments.people({ job_title: 'isolated' })) as [string];
    const sound = await create('job_title is "isolated"');
    const broken = await create('job_title is "isolated" and identified by external_id');
    broken.rule = { any: Array.from({ length: 2_001 }, () => ({ identified: 'external_id' })) };
    await segments.database.owner.query('update segments set rule = $2 where id = $1', [
      broken.id,
      broken.rule,
    ]);
    const { withWorkspace, clock, workspaceId } = segments;
    const countMembers = createCountMembers({
      engine: segments.engine,
      cache: createMemoryCache(),
      meter: new UsageMeter(clock),
    });
    const { engine } = segments;
    const services = { withWorkspace, engine, clock, countMembers, log: createLog('silent') };
    const context = { signal: new AbortController().signal } as RequestContext;
    const loaders = createSegmentLoaders(services)(context, workspaceId);
    const [size, none] = await loaders.size.loadMany([sound, broken]);
    expect(size).toMatchObject({ value: 1 });
    expect(none).toMatchObject({ code: 'INVALID_RULE' });
    expect((await loaders.segmentsOf.load(contact)).map(({ id }) => id)).toEqual([sound.id]);
  });
});
