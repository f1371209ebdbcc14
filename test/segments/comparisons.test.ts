import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../api/src/platform/ids.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newOwner } from '../support/person.js';
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

describe('a change of a rule over GraphQL', () => {
  const ask = (fields: string): string =>
    `query ($input: PreviewRuleChangeInput!) { previewRuleChange(input: $input) { ${fields} } }`;

  it('comes with numbers, with those who would enter and leave, and with the segments that depend on it', async () => {
    const id = await create('job_title contains "growth"');
    const naming = await create(`not segment "${id}"`);
    const fields = `version asOf source tookMs change { before after entered left } nodes { path count }
      rule text sentence entering { identities { value } } leaving { identities { value } } dependentsTotal
      dependents { segment { id name } change { before after entered left } error { code } }`;
    const { previewRuleChange } = await workspace.query<{ previewRuleChange: object }>(ask(fields), {
      input: { id, rule: { text: 'not job_title contains "growth"' }, sampleSize: 1 },
    });
    expect(previewRuleChange).toMatchObject({
      change: { before: 1, after: 2, entered: 2, left: 1 },
      nodes: [
        { path: 'rule', count: 2 },
        { path: 'rule.not', count: 1 },
      ],
      entering: [{ identities: [{ value: 'bob' }] }],
      leaving: [{ identities: [{ value: 'ada' }] }],
      dependentsTotal: 1,
      dependents: [
        { segment: { id: naming }, change: { before: 2, after: 1, entered: 1, left: 2 }, error: null },
      ],
    });
  });

  it('that cannot be saved is refused with a code and a path', async () => {
    const id = await create('job_title exists');
    for (const [input, code, path] of [
      [{ id: newId(), rule: { text: 'job_title exists' } }, 'NOT_FOUND', 'input.id'],
      [{ id, rule: { text: `segment "${id}"` } }, 'SEGMENT_CYCLE', 'input.rule'],
      [{ id, rule: { text: 'nonsense exists' } }, 'INVALID_RULE', 'input.rule'],
      [{ id, rule: { text: 'all of ()' }, sampleSize: 51 }, 'INVALID_INPUT', 'input.sampleSize'],
    ] as const) {
      const { errors } = await workspace.ask(ask('version'), { input });
      expect(errors?.[0]?.extensions).toMatchObject({ code, path });
    }
  });

  it('shows contacts only to a key that may read them', async () => {
    const reader = await createWorkspace(app, { scopes: ['segments:read', 'segments:write'] });
    const input = { id: await create('any of ()', reader), rule: { text: 'all of ()' } };
    const codeOf = async (fields: string): Promise<string | undefined> =>
      (await reader.ask(ask(fields), { input })).errors?.[0]?.extensions.code;
    expect(await codeOf('change { entered }')).toBeUndefined();
    expect(await codeOf('entering { id }')).toBe('FORBIDDEN');
    expect(await codeOf('leaving { id }')).toBe('FORBIDDEN');
  });
});

it('lets a viewer compare', async () => {
  const owner = await newOwner(app.url);
  const { createSegment } = await owner.query<{ createSegment: { id: string } }>(
    `mutation ($workspaceId: ID!) { createSegment(workspaceId: $workspaceId, input: {name: "All", rule: {text: "all of ()"}}) { id } }`,
    { workspaceId: owner.workspaceId },
  );
  const viewer = await newOwner(app.url);
  await app.database.owner.query(
    `insert into members (organization_id, user_id, role) select $1, id, 'viewer' from users where email = $2`,
    [owner.organizationId, viewer.email],
  );
  const variables = { workspaceId: owner.workspaceId, id: createSegment.id };
  const code = await viewer.codeOf(
    `query ($workspaceId: ID!, $id: ID!) {
      previewRuleChange(workspaceId: $workspaceId, input: {id: $id, rule: {text: "any of ()"}}) { version }
    }`,
    variables,
  );
  expect(code).toBeUndefined();
  const twice = await viewer.codeOf(
    `query ($workspaceId: ID!, $id: ID!) { segmentOverlap(workspaceId: $workspaceId, ids: [$id, $id]) { union } }`,
    variables,
  );
  expect(twice).toBe('INVALID_INPUT');
});
