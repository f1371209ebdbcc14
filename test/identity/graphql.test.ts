import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
});

async function upsert(input: Record<string, unknown>): Promise<string> {
  const { upsertContact } = await workspace.query<{ upsertContact: { contact: { id: string } } }>(
    'mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id } } }',
    { input },
  );
  return upsertContact.contact.id;
}

const mergeFields = 'id winnerId loserId reason mergedBy undoableUntil undoneBy winner { id } loser { id }';

async function merge(winnerId: string, loserId: string): Promise<{ id: string; mergedBy: string }> {
  const { mergeContacts } = await workspace.query<{ mergeContacts: { id: string; mergedBy: string } }>(
    `mutation ($input: MergeContactsInput!) { mergeContacts(input: $input) { ${mergeFields} } }`,
    { input: { winnerId, loserId } },
  );
  return mergeContacts;
}

/** Reads from the workspace. */
async function read<Data>(
  selection: string,
  variables: Record<string, unknown> = {},
  declared = '',
): Promise<Data> {
  const answer = await workspace.query<{ workspace: Data }>(
    `query${declared} { workspace(id: "${workspace.id}") { ${selection} } }`,
    variables,
  );
  return answer.workspace;
}

describe('merging over GraphQL', () => {
  it('shows what it would come to, does it, and takes it apart again', async () => {
    const winnerId = await upsert({
      externalId: 'C-1',
      attributes: [{ key: 'city', value: 'Wien' }],
      consents: [{ channel: 'ads', state: 'granted', recordedAt: '2026-01-01T00:00:00Z' }],
    });
    const loserId = await upsert({
      email: 'ada@x.test',
      attributes: [{ key: 'city', value: 'Graz' }],
      company: { domain: 'engine.example' },
      consents: [{ channel: 'ads', state: 'withdrawn', recordedAt: '2026-02-01T00:00:00Z' }],
    });
    const { previewContactMerge: preview } = await workspace.query<{ previewContactMerge: object }>(
      `query ($winnerId: ID!, $loserId: ID!) {
        previewContactMerge(winnerId: $winnerId, loserId: $loserId) {
          winner { id } loser { id } company { domain } companyFrom winnerEvents loserEvents
          identities { kind value from }
          attributes { attribute { key value } choice discarded { value } }
          consents { channel state from }
          memberships { id } warnings { code }
        }
      }`,
      { winnerId, loserId },
    );
    expect(preview).toEqual({
      winner: { id: winnerId },
      loser: { id: loserId },
      company: { domain: 'engine.example' },
      companyFrom: 'loser',
      winnerEvents: 0,
      loserEvents: 0,
      identities: [
        { kind: 'external_id', value: 'C-1', from: 'winner' },
        { kind: 'email', value: 'ada@x.test', from: 'loser' },
      ],
      attributes: [
        { attribute: { key: 'city', value: 'Wien' }, choice: 'winner_stays', discarded: { value: 'Graz' } },
        { attribute: { key: 'email', value: 'ada@x.test' }, choice: 'only_loser', discarded: null },
        { attribute: { key: 'external_id', value: 'C-1' }, choice: 'only_winner', discarded: null },
      ],
      consents: [{ channel: 'ads', state: 'withdrawn', from: 'loser' }],
      memberships: [],
      warnings: [],
    });

    const merged = await merge(winnerId, loserId);
    expect(merged).toMatchObject({
      winnerId,
      loserId,
      reason: 'by_hand',
      undoneBy: null,
      winner: { id: winnerId },
      loser: null,
    });
    expect(merged.mergedBy).toMatch(/^key:/);
    const contact = 'contact(by: {id: $id}) { id redirectedFrom attributes(keys: ["city"]) { value } }';
    expect(await read(contact, { id: loserId }, '($id: ID!)')).toEqual({
      contact: { id: winnerId, redirectedFrom: loserId, attributes: [{ value: 'Wien' }] },
    });
    expect(await read(contact, { id: winnerId }, '($id: ID!)')).toMatchObject({
      contact: { redirectedFrom: null },
    });

    const { undoContactMerge: undone } = await workspace.query<{ undoContactMerge: object }>(
      `mutation ($id: ID!) { undoContactMerge(mergeId: $id) { ${mergeFields} } }`,
      { id: merged.id },
    );
    expect(undone).toMatchObject({ undoneBy: merged.mergedBy, undoableUntil: null, loser: { id: loserId } });
    expect(await read(contact, { id: loserId }, '($id: ID!)')).toMatchObject({
      contact: { id: loserId, redirectedFrom: null },
    });
  });

  it('lists the merges of each contact page by page, also those that were undone', async () => {
    const ids: string[] = [];
    for (const number of [1, 2, 3, 4]) ids.push(await upsert({ externalId: `C-${number}` }));
    const merges = [];
    for (const loserId of ids.slice(1)) merges.push((await merge(ids[0]!, loserId)).id);
    await workspace.query('mutation ($id: ID!) { undoContactMerge(mergeId: $id) { id } }', { id: merges[2] });
    const page = `contacts(sort: oldest) { edges { node { merges(first: 2) {
      edges { cursor node { id undoneAt loserId } } pageInfo { hasNextPage } } } } }`;
    const { contacts } = await read<{
      contacts: { edges: { node: { merges: { edges: { cursor: string }[] } } }[] };
    }>(page);
    expect(contacts.edges.map(({ node }) => node.merges)).toMatchObject([
      {
        edges: [{ node: { id: merges[2], loserId: ids[3] } }, { node: { id: merges[1], undoneAt: null } }],
        pageInfo: { hasNextPage: true },
      },
      { edges: [{ node: { id: merges[2] } }], pageInfo: { hasNextPage: false } },
    ]);
    const all = await read(
      'contactMerges(undone: false, reason: by_hand, first: 1) { edges { node { id loserId winner { id } } } }',
    );
    expect(all).toEqual({
      contactMerges: {
        edges: [{ node: { id: merges[1], loserId: ids[2], winner: { id: ids[0] } } }],
      },
    });
    const { cursor } = contacts.edges[0]!.node.merges.edges[1]!;
    const next = await read(
      `contact(by: {id: $id}) { merges(after: $after) { edges { node { id } } } }`,
      { id: ids[0], after: cursor },
      '($id: ID!, $after: String)',
    );
    expect(next).toEqual({ contact: { merges: { edges: [{ node: { id: merges[0] } }] } } });
  });

  it('keeps a merged contact from being deleted by the id that only leads to it', async () => {
    const [winnerId, loserId] = [await upsert({ externalId: 'C-1' }), await upsert({ externalId: 'C-2' })];
    await merge(winnerId, loserId);
    const { errors } = await workspace.ask('mutation ($id: ID!) { deleteContact(id: $id) }', { id: loserId });
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', path: 'id' } }]);
  });

  it('records consents and fills lists by the id of a merged contact', async () => {
    const [winnerId, loserId] = [await upsert({ externalId: 'C-1' }), await upsert({ externalId: 'C-2' })];
    await merge(winnerId, loserId);
    const { createStaticSegment: list } = await workspace.query<{ createStaticSegment: { id: string } }>(
      'mutation { createStaticSegment(input: {name: "L"}) { id } }',
    );
    const changed = await workspace.query(
      `mutation ($list: ID!, $id: ID!) {
        recordConsents(input: {consents: [{contactId: $id, channel: ads, state: withdrawn}]}) { changed error { code } }
        addToStaticSegment(input: {id: $list, contactIds: [$id]}) { changed error { code } }
      }`,
      { list: list.id, id: loserId },
    );
    expect(changed).toEqual({
      recordConsents: [{ changed: true, error: null }],
      addToStaticSegment: [{ changed: true, error: null }],
    });
    expect(
      await read('contact(by: {id: $id}) { consents { state } }', { id: winnerId }, '($id: ID!)'),
    ).toEqual({
      contact: { consents: [{ state: 'withdrawn' }] },
    });
  });
});

describe('conflicts over GraphQL', () => {
  const open = `identityConflicts { edges { node { id kind value count source heldBy { id } givenTo { id } } } }`;
  interface Conflicts {
    identityConflicts: { edges: { node: { id: string } }[] };
  }

  it('are listed with both contacts until they are dismissed', async () => {
    const holder = await upsert({ externalId: 'C-1', email: 'office@x.test' });
    const claimant = await upsert({ externalId: 'C-2', email: 'office@x.test' });
    const { identityConflicts } = await read<Conflicts>(open);
    expect(identityConflicts.edges).toMatchObject([
      {
        node: {
          kind: 'email',
          value: 'office@x.test',
          count: 1,
          source: 'api',
          heldBy: { id: holder },
          givenTo: { id: claimant },
        },
      },
    ]);
    await workspace.query('mutation ($id: ID!) { dismissIdentityConflict(id: $id) { dismissedBy } }', {
      id: identityConflicts.edges[0]!.node.id,
    });
    await upsert({ externalId: 'C-2', email: 'office@x.test' });
    expect(await read(open)).toEqual({ identityConflicts: { edges: [] } });
    expect(await read('identityConflicts(dismissed: true) { edges { node { count } } }')).toEqual({
      identityConflicts: { edges: [{ node: { count: 2 } }] },
    });
  });

  it('are gone when the two are merged, and when the identity is blocked', async () => {
    const one = await upsert({ externalId: 'C-1', email: 'a@x.test' });
    const other = await upsert({ externalId: 'C-2', email: 'a@x.test' });
    await merge(other, one);
    expect(await read(open)).toEqual({ identityConflicts: { edges: [] } });
    await upsert({ externalId: 'C-3', email: 'a@x.test' });
    await workspace.query(
      'mutation { blockIdentities(input: {kind: email, values: ["a@x.test"], note: "a mailing list"}) { changed } }',
    );
    expect(await read(open)).toEqual({ identityConflicts: { edges: [] } });
  });
});

describe('blocked identities over GraphQL', () => {
  it('are listed with the reason, page by page, and unblocked', async () => {
    await workspace.query(
      'mutation { blockIdentities(input: {kind: email, values: ["a@x.test", "b@x.test"], note: "lists"}) { changed } }',
    );
    const { errors } = await workspace.ask(
      'mutation { upsertContact(input: {externalId: "undefined"}) { contact { id } } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', path: 'input.externalId' } }]);
    const page =
      'blockedIdentities(first: 2, after: $after) { edges { cursor node { kind value reason note } } }';
    const first = await read<{ blockedIdentities: { edges: { cursor: string }[] } }>(
      page,
      {},
      '($after: String)',
    );
    expect(first.blockedIdentities.edges).toMatchObject([
      { node: { kind: 'email', value: 'a@x.test', reason: 'by_hand', note: 'lists' } },
      { node: { value: 'b@x.test' } },
    ]);
    const after = first.blockedIdentities.edges[1]!.cursor;
    expect(await read(page, { after }, '($after: String)')).toMatchObject({
      blockedIdentities: {
        edges: [{ node: { kind: 'external_id', value: 'undefined', reason: 'placeholder' } }],
      },
    });
    await workspace.query(
      'mutation { unblockIdentities(input: {kind: external_id, values: ["undefined"]}) { changed } }',
    );
    await upsert({ externalId: 'undefined' });
    expect(await read('blockedIdentities(blocked: false) { edges { node { value } } }')).toEqual({
      blockedIdentities: { edges: [{ node: { value: 'undefined' } }] },
    });
  });
});

describe('settings of identity over GraphQL', () => {
  it('have defaults, change one by one, and rule from then on', async () => {
    const all = 'identitySettings { mergeOn contactLimit deviceLimit }';
    expect(await read(all)).toEqual({
      identitySettings: { mergeOn: ['email'], contactLimit: 10, deviceLimit: 100 },
    });
    const { errors } = await workspace.ask(
      'mutation { updateIdentitySettings(input: {contactLimit: 0}) { contactLimit } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', path: 'input.contactLimit' } }]);
    await workspace.query('mutation { updateIdentitySettings(input: {mergeOn: []}) { mergeOn } }');
    expect(await read(all)).toEqual({
      identitySettings: { mergeOn: [], contactLimit: 10, deviceLimit: 100 },
    });
    await upsert({ email: 'a@x.test' });
    await upsert({ externalId: 'C-1' });
    await upsert({ externalId: 'C-1', email: 'a@x.test' });
    expect(await read('identityConflicts { edges { node { value } } }')).toEqual({
      identityConflicts: { edges: [{ node: { value: 'a@x.test' } }] },
    });
  });
});
