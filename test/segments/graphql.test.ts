import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../api/src/platform/ids.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;
let contacts: string[];

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
  const upserted = await workspace.query<{ upsertContacts: { contact: { id: string } }[] }>(
    `mutation ($contacts: [ContactInput!]!) { upsertContacts(input: {contacts: $contacts}) { contact { id } } }`,
    {
      contacts: [
        { externalId: 'ada', attributes: [{ key: 'job_title', value: 'Head of Growth' }] },
        { externalId: 'bob', attributes: [{ key: 'job_title', value: 'Carpenter' }] },
        { externalId: 'nil' },
      ],
    },
  );
  contacts = upserted.upsertContacts.map(({ contact }) => contact.id);
});

interface Created {
  id: string;
  version: number;
}

const growth = { attribute: { key: 'job_title', op: 'contains', value: 'growth' } };

async function create(name: string, rule: object): Promise<Created> {
  const { createSegment } = await workspace.query<{ createSegment: Created }>(
    `mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { id version } }`,
    { input: { name, rule } },
  );
  return createSegment;
}

describe('a segment over GraphQL', () => {
  it('is created from a tree as it is stored, and read with its text, sentence, size and members', async () => {
    const tree = {
      all: [
        growth,
        { not: { event: { name: 'signed up', count: { atLeast: 2 }, window: { last: '30d' } } } },
      ],
    };
    const { id } = await create('Growth', { tree });
    const { workspace: found } = await workspace.query<{ workspace: { segment: Record<string, unknown> } }>(
      `query ($id: ID!) { workspace { segment(id: $id) {
        name kind rule text sentence version usedBy { name }
        size { value source version }
        members(first: 1) { edges { node { id } } pageInfo { hasNextPage } }
        versions { edges { node { version text } } }
      } } }`,
      { id },
    );
    const { segment } = found;
    expect(segment).toMatchObject({
      name: 'Growth',
      kind: 'RULE',
      rule: tree,
      version: 1,
      usedBy: [],
      size: { value: 1 },
      members: { edges: [{ node: { id: contacts[0] } }], pageInfo: { hasNextPage: false } },
      versions: { edges: [{ node: { version: 1, text: segment['text'] } }] },
    });
    expect(segment['text']).toContain('job_title contains "growth"');
    expect(segment['sentence']).toContain('growth');
  });

  it('is listed with the size of each', async () => {
    await create('One', { tree: growth });
    await create('Two', { text: 'not job_title exists' });
    const { workspace: found } = await workspace.query<{
      workspace: { segments: { edges: { node: object }[] } };
    }>(
      `{ workspace { segments(sort: {by: NAME, descending: true}) { edges { node { name size { value } } } } } }`,
    );
    expect(found.segments.edges.map(({ node }) => node)).toEqual([
      { name: 'Two', size: { value: 1 } },
      { name: 'One', size: { value: 1 } },
    ]);
  });

  it('is edited, restored, duplicated and archived', async () => {
    const { id } = await create('Growth', { tree: growth });
    const change = (mutation: string, type: string, input: object) =>
      workspace.query<Record<string, Created & { name: string; archivedAt: string | null }>>(
        `mutation ($input: ${type}!) { ${mutation}(input: $input) { id name version archivedAt } }`,
        { input },
      );
    const renamed = await change('updateSegment', 'UpdateSegmentInput', {
      id,
      expectedVersion: 1,
      name: 'Renamed',
    });
    expect(renamed['updateSegment']).toMatchObject({ version: 2, name: 'Renamed' });
    const restored = await change('restoreSegmentVersion', 'RestoreSegmentVersionInput', {
      id,
      version: 1,
      expectedVersion: 2,
    });
    expect(restored['restoreSegmentVersion']).toMatchObject({ version: 3, name: 'Growth' });
    const copied = await change('duplicateSegment', 'DuplicateSegmentInput', { id });
    expect(copied['duplicateSegment']).toMatchObject({ version: 1, name: 'Growth (copy)' });
    const archived = await change('archiveSegment', 'SegmentIdInput', { id });
    expect(archived['archiveSegment']?.archivedAt).not.toBeNull();
    const back = await change('unarchiveSegment', 'SegmentIdInput', { id });
    expect(back['unarchiveSegment']?.archivedAt).toBeNull();
  });

  it('is a list that contacts are put on and taken off, which each of them shows', async () => {
    const { createStaticSegment } = await workspace.query<{ createStaticSegment: Created }>(
      `mutation { createStaticSegment(input: {name: "Friends"}) { id } }`,
    );
    const change = (mutation: string) =>
      workspace.query<Record<string, object[]>>(
        `mutation ($input: ListChangeInput!) { ${mutation}(input: $input) { contactId changed error { code path } } }`,
        { input: { id: createStaticSegment.id, contactIds: [contacts[2], newId()] } },
      );
    expect((await change('addToStaticSegment'))['addToStaticSegment']).toMatchObject([
      { contactId: contacts[2], changed: true, error: null },
      { changed: false, error: { code: 'NOT_FOUND', path: 'input.contactIds[1]' } },
    ]);
    await create('Growth', { tree: growth });
    const { workspace: found } = await workspace.query<{
      workspace: { contacts: { edges: { node: { id: string; segments: { name: string }[] } }[] } };
    }>(`{ workspace { contacts { edges { node { id segments { name } } } } } }`);
    const shown = new Map(
      found.contacts.edges.map(({ node }) => [node.id, node.segments.map(({ name }) => name)]),
    );
    expect(contacts.map((id) => shown.get(id))).toEqual([['Growth'], [], ['Friends']]);
    expect((await change('removeFromStaticSegment'))['removeFromStaticSegment']).toMatchObject([
      { changed: true },
      {},
    ]);
  });
});

describe('questions over GraphQL', () => {
  it('preview a rule with the count of each node and the first members', async () => {
    const { previewSegment } = await workspace.query<{ previewSegment: Record<string, unknown> }>(
      `query ($input: PreviewSegmentInput!) { previewSegment(input: $input) {
        count { value asOf version source tookMs } nodes { path count } sentence text rule sample { id }
      } }`,
      { input: { rule: { text: 'job_title exists and not job_title is "carpenter"' }, sampleSize: 5 } },
    );
    expect(previewSegment).toMatchObject({
      count: { value: 1, source: 'COMPUTED' },
      nodes: [
        { path: 'rule', count: 1 },
        { path: 'rule.all[0]', count: 2 },
        { path: 'rule.all[1]', count: 2 },
        { path: 'rule.all[1].not', count: 1 },
      ],
      sample: [{ id: contacts[0] }],
    });
  });

  it('explain a membership with its evidence', async () => {
    const { id } = await create('Growth', {
      tree: { all: [growth, { consent: { channel: 'ads', state: 'unknown' } }] },
    });
    const { explainMembership } = await workspace.query<{ explainMembership: object }>(
      `query ($segmentId: ID!, $contactId: ID!) { explainMembership(segmentId: $segmentId, contactId: $contactId) {
        isMember leavesAt entersAt isForeseen nodes { path kind holds changesAt evidence {
          __typename ... on AttributeEvidence { values } ... on ConsentEvidence { channel state }
        } }
      } }`,
      { segmentId: id, contactId: contacts[0] },
    );
    expect(explainMembership).toEqual({
      isMember: true,
      leavesAt: null,
      entersAt: null,
      isForeseen: true,
      nodes: [
        { path: 'rule', kind: 'all', holds: true, changesAt: null, evidence: [] },
        {
          path: 'rule.all[0]',
          kind: 'attribute',
          holds: true,
          changesAt: null,
          evidence: [{ __typename: 'AttributeEvidence', values: ['Head of Growth'] }],
        },
        {
          path: 'rule.all[1]',
          kind: 'consent',
          holds: true,
          changesAt: null,
          evidence: [{ __typename: 'ConsentEvidence', channel: 'ads', state: 'unknown' }],
        },
      ],
    });
  });

  it.each([
    ['a node of two kinds', { tree: { list: newId(), segment: newId() } }],
    ['neither tree nor text', {}],
    ['both tree and text', { tree: growth, text: 'all of ()' }],
    ['an unknown operator', { tree: { attribute: { key: 'job_title', op: 'resembles' } } }],
    ['an unknown field', { tree: { atribute: {} } }],
    ['a value of another type', { tree: { attribute: { key: 'job_title', op: 'equals', value: ['x'] } } }],
    ['a NUL character', { tree: { attribute: { key: 'job_title', op: 'equals', value: '\0' } } }],
    ['half a surrogate pair', { tree: { event: { name: '\ud800' } } }],
    ['an unknown attribute', { text: 'nonsense exists' }],
    ['too deep a text', { text: `${'not '.repeat(50)}job_title exists` }],
  ])('refuse %s with a code and a path', async (_, rule) => {
    const { errors } = await workspace.ask(
      `query ($input: PreviewSegmentInput!) { previewSegment(input: $input) { count { value } } }`,
      { input: { rule } },
    );
    expect(errors?.[0]?.extensions.code).toMatch(/^(INVALID_RULE|INVALID_INPUT|BAD_REQUEST)$/);
    expect(errors?.[0]?.extensions.path).not.toBe('');
  });
});

it('needs the scope of a key for each thing that is shown', async () => {
  const reader = await createWorkspace(app, { scopes: ['segments:read'] });
  const ask = (fields: string): Promise<string | undefined> =>
    reader
      .ask(`{ previewSegment(input: {rule: {text: "all of ()"}}) { ${fields} } }`)
      .then(({ errors }) => errors?.[0]?.extensions.code);
  expect(await ask('count { value }')).toBeUndefined();
  expect(await ask('sample { id }')).toBe('FORBIDDEN');
  const { errors } = await reader.ask(`mutation { createStaticSegment(input: {name: "x"}) { id } }`);
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

describe('the contacts that meet a rule', () => {
  const ask = (variables: Record<string, unknown>) =>
    workspace.ask(
      `query ($rule: RuleSourceInput!, $after: String) { workspace { contactsWhere(rule: $rule, first: 1, after: $after) {
         edges { node { id } } pageInfo { hasNextPage endCursor } } } }`,
      variables,
    );
  interface Found {
    workspace: {
      contactsWhere: {
        edges: { node: { id: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
  }

  it('are paged through without a segment being made', async () => {
    const rule = { text: 'job_title exists' };
    const { contactsWhere: first } = ((await ask({ rule })).data as Found).workspace;
    expect([first.edges.map(({ node }) => node.id), first.pageInfo.hasNextPage]).toEqual([
      [contacts[0]],
      true,
    ]);
    const { contactsWhere: second } = ((await ask({ rule, after: first.pageInfo.endCursor })).data as Found)
      .workspace;
    expect([second.edges.map(({ node }) => node.id), second.pageInfo.hasNextPage]).toEqual([
      [contacts[1]],
      false,
    ]);
  });

  it('are refused with the place of what is wrong with the rule', async () => {
    const { errors } = await ask({ rule: { text: 'no_such_key is "a"' } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_RULE', path: 'rule' });
  });
});
