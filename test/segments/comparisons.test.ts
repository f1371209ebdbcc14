import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../api/src/platform/ids.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
  await workspace.query(
    `mutation ($contacts: [ContactInput!]!) { upsertContacts(input: {contacts: $contacts}) { error { code } } }`,
    {
      contacts: [
        { externalId: 'ada', attributes: [{ key: 'job_title', value: 'Head of Growth' }] },
        { externalId: 'bob', attributes: [{ key: 'job_title', value: 'Carpenter' }] },
        { externalId: 'nil' },
      ],
    },
  );
});

async function create(rule: string, within = workspace): Promise<string> {
  const { createSegment } = await within.query<{ createSegment: { id: string } }>(
    `mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { id } }`,
    { input: { name: rule, rule: { text: rule } } },
  );
  return createSegment.id;
}

const overlapOf = (ids: readonly string[], fields = 'union'): [string, Record<string, unknown>] => [
  `query ($ids: [ID!]!) { segmentOverlap(ids: $ids) { ${fields} } }`,
  { ids },
];

describe('an overlap over GraphQL', () => {
  it('comes with the segments, the pairs and the parts of the diagram', async () => {
    const [a, b] = [await create('job_title exists'), await create('not job_title is "carpenter"')];
    const fields = `version asOf source tookMs union segments { size segment { id name size { value } } }
      pairs { a b intersection jaccard shareOfA shareOfB } regions { segmentIds count }`;
    const { segmentOverlap } = await workspace.query<{ segmentOverlap: object }>(
      ...overlapOf([a, b], fields),
    );
    expect(segmentOverlap).toMatchObject({
      source: 'COMPUTED',
      union: 3,
      segments: [
        { size: 2, segment: { id: a, name: 'job_title exists', size: { value: 2 } } },
        { size: 2, segment: { id: b } },
      ],
      pairs: [{ a, b, intersection: 1, jaccard: 1 / 3, shareOfA: 0.5, shareOfB: 0.5 }],
      regions: [
        { segmentIds: [a], count: 1 },
        { segmentIds: [b], count: 1 },
        { segmentIds: [a, b], count: 1 },
      ],
    });
  });

  it('can be asked of twenty segments at once, which count as so many previews', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 20; number += 1) ids.push(await create(`job_title is "title ${number}"`));
    const { segmentOverlap } = await workspace.query<{ segmentOverlap: { pairs: object[] } }>(
      ...overlapOf(ids, 'version asOf union pairs { a b intersection jaccard }'),
    );
    expect(segmentOverlap.pairs).toHaveLength(190);
    const { workspace: found } = await workspace.query<{
      workspace: { usage: { totals: { metric: string; amount: number }[] } };
    }>(`{ workspace { usage { totals { metric amount } } } }`);
    expect(found.usage.totals).toContainEqual({ metric: 'PREVIEWS', amount: 20 });
  });

  it('of more than twenty, or of what is not there, is refused with a code and a path', async () => {
    const a = await create('job_title exists');
    for (const [ids, code, path] of [
      [[a], 'INVALID_INPUT', 'ids'],
      [Array.from({ length: 100 }, newId), 'TOO_LARGE', 'ids'],
      [[a, newId()], 'NOT_FOUND', 'ids[1]'],
    ] as const) {
      const { errors } = await workspace.ask(...overlapOf(ids));
      expect(errors?.[0]?.extensions).toMatchObject({ code, path });
    }
  });

  it('needs the scope to read segments', async () => {
    const writer = await createWorkspace(app, { scopes: ['segments:write', 'segments:read'] });
    const ids = [await create('all of ()', writer), await create('any of ()', writer)];
    expect((await writer.ask(...overlapOf(ids))).errors).toBeUndefined();
    const outsider = await createWorkspace(app, { scopes: ['contacts:read'] });
    const { errors } = await outsider.ask(...overlapOf(ids));
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
