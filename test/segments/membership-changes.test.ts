import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp, type App } from '../../api/src/app.js';
import { createLog } from '../../api/src/platform/log.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { listen, type Listening } from '../support/subscribe.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/** The one with the worker. */
let app: TestApp;
/** A second process that serves requests. */
let other: App;
let workspace: TestWorkspace;
let segmentId: string;

beforeAll(async () => {
  app = await startTestApp();
  other = await startApp(app.settings, { part: 'http', log: createLog('silent') });
  workspace = await createWorkspace(app);
  const { createSegment } = await workspace.query<{ createSegment: { id: string } }>(
    `mutation { createSegment(input: {name: "Heads", rule: {text: "job_title is \\"head\\""}}) { id } }`,
  );
  segmentId = createSegment.id;
  await vi.waitUntil(async () => (await materialised()) !== null, { timeout: 10_000 });
});
afterAll(async () => {
  await other?.close();
  await app?.close();
});

interface Shown {
  size: number;
  version: number;
  asOf: string;
  cursor: string;
  error: null;
}

async function materialised(): Promise<Shown | null> {
  const { workspace: shown } = await workspace.query<{
    workspace: { segment: { materialised: Shown | null } };
  }>(
    `query ($id: ID!) { workspace { segment(id: $id) { materialised { size version asOf cursor error { code } } } } }`,
    { id: segmentId },
  );
  return shown.segment.materialised;
}

let next = 0;

/** Makes people whom the segment has; gives their ids. */
async function heads(count: number): Promise<string[]> {
  const contacts = Array.from({ length: count }, () => ({
    externalId: `p-${(next += 1)}`,
    attributes: [{ key: 'job_title', value: 'head' }],
  }));
  const { upsertContacts } = await workspace.query<{ upsertContacts: { contact: { id: string } }[] }>(
    `mutation ($contacts: [ContactInput!]!) { upsertContacts(input: {contacts: $contacts}) { contact { id } } }`,
    { contacts },
  );
  return upsertContacts.map(({ contact }) => contact.id);
}

interface Change {
  cursor: string;
  transitions: {
    kind: string;
    cause: string;
    contactId: string;
    contact: { attributes: { key: string }[] } | null;
  }[];
}

function follow(url: string, after?: string, key = workspace.key): Listening {
  return listen(url, {
    headers: { authorization: `Bearer ${key}` },
    query: `subscription ($segmentId: ID!, $after: String) { segmentMembershipChanged(segmentId: $segmentId, after: $after) {
      cursor transitions { kind cause contactId contact { attributes { key } } } } }`,
    variables: { segmentId, after },
  });
}

function changes({ events }: Listening): Change[] {
  return events.map(({ data }) => (data as { segmentMembershipChanged: Change }).segmentMembershipChanged);
}

const named = (all: Change[]): string[] =>
  all.flatMap(({ transitions }) => transitions.map(({ contactId }) => contactId));

describe('segmentMembershipChanged', () => {
  it('tells everybody, at whichever process, who enters and who leaves', async () => {
    const both = [follow(app.url), follow(other.url!)];
    await Promise.all(both.map((each) => each.heard()));
    for (const each of both) expect(changes(each)).toMatchObject([{ transitions: [] }]);
    const [id] = await heads(1);
    await vi.waitUntil(() => both.every((each) => named(changes(each)).length === 1), { timeout: 10_000 });
    await workspace.query('mutation ($id: ID!) { deleteContact(id: $id) }', { id });
    await vi.waitUntil(() => both.every((each) => named(changes(each)).length === 2), { timeout: 10_000 });
    for (const each of both) {
      const told = changes(each).flatMap(({ transitions }) => transitions);
      expect(told).toMatchObject([
        { kind: 'ENTERED', cause: 'DATA', contactId: id },
        { kind: 'EXITED', cause: 'DATA', contactId: id, contact: null },
      ]);
      each.stop();
    }
  });

  it('goes on after any cursor, in order, with nothing left out and nothing twice', async () => {
    const first = follow(app.url);
    await first.heard();
    const begin = changes(first)[0]!.cursor;
    const early = await heads(3);
    await vi.waitUntil(() => named(changes(first)).length === 3, { timeout: 10_000 });
    first.stop();
    const end = changes(first).at(-1)!.cursor;
    const missed = await heads(700);
    await vi.waitUntil(async () => (await materialised())!.cursor > end, { timeout: 20_000 });

    const again = follow(other.url!, end);
    await vi.waitUntil(() => named(changes(again)).length === 700, { timeout: 10_000 });
    expect(changes(again).map(({ transitions }) => transitions.length)).toEqual([500, 200]);
    expect(named(changes(again)).toSorted()).toEqual(missed.toSorted());
    const late = await heads(2);
    await vi.waitUntil(() => named(changes(again)).length === 702, { timeout: 10_000 });
    again.stop();
    expect(named(changes(again)).slice(700).toSorted()).toEqual(late.toSorted());

    const all = follow(app.url, begin);
    await vi.waitUntil(() => named(changes(all)).length === 705, { timeout: 10_000 });
    all.stop();
    expect(named(changes(all))).toEqual([...named(changes(first)), ...named(changes(again))]);
    expect(named(changes(first)).toSorted()).toEqual(early.toSorted());
  });

  it('ends where it is told to, without waiting for something to happen', async () => {
    const one = follow(app.url);
    await one.heard();
    one.stop();
    await one.ended;
    expect(changes(one)).toHaveLength(1);
  });

  it.each([
    ['not a cursor', 'INVALID_CURSOR'],
    [Buffer.from('[999999999]').toString('base64url'), 'INVALID_CURSOR'],
  ])('refuses %s', async (after, code) => {
    const one = follow(app.url, after);
    await one.ended;
    expect(one.events[0]?.errors?.[0]?.extensions).toMatchObject({ code, path: 'after' });
  });

  it('says when what came after a cursor is not kept any more', async () => {
    await app.database.owner.query('delete from segment_transitions where segment_id = $1 and sequence = 1', [
      segmentId,
    ]);
    const after = Buffer.from('[0]').toString('base64url');
    const one = follow(app.url, after);
    await one.ended;
    expect(one.events[0]?.errors?.[0]?.extensions).toMatchObject({ code: 'CURSOR_TOO_OLD', path: 'after' });
    const paged = await workspace.ask(
      'query ($id: ID!, $after: String) { workspace { segment(id: $id) { transitions(after: $after) { edges { cursor } } } } }',
      { id: segmentId, after },
    );
    expect(paged.errors?.[0]?.extensions.code).toBe('CURSOR_TOO_OLD');
  });

  it.each([
    [['segments:read'], 'FORBIDDEN'],
    [['contacts:read'], 'FORBIDDEN'],
  ] as const)('is refused at once to a key with %j alone', async (scopes, code) => {
    const key = await createKey(app, workspace.id, scopes);
    const one = follow(app.url, undefined, key);
    await one.ended;
    expect(one.events[0]?.errors?.[0]?.extensions.code).toBe(code);
  });

  it('knows no segment of others', async () => {
    const stranger = await createWorkspace(app);
    const one = follow(app.url, undefined, stranger.key);
    await one.ended;
    expect(one.events[0]?.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });
});

describe('segmentCountChanged', () => {
  it('tells the size at once, and again when it has changed, with a key that may not see contacts', async () => {
    const key = await createKey(app, workspace.id, ['segments:read']);
    const one = listen(other.url!, {
      headers: { authorization: `Bearer ${key}` },
      query: `subscription ($segmentId: ID!) { segmentCountChanged(segmentId: $segmentId) { segmentId size version cursor } }`,
      variables: { segmentId },
    });
    await one.heard();
    const told = (): { size: number; cursor: string }[] =>
      one.events.map(
        ({ data }) => (data as { segmentCountChanged: { size: number; cursor: string } }).segmentCountChanged,
      );
    const { size } = told()[0]!;
    expect(size).toBe((await materialised())!.size);
    await heads(2);
    await vi.waitUntil(() => told().length > 1, { timeout: 10_000 });
    one.stop();
    expect(told().at(-1)).toMatchObject({ segmentId, size: size + 2 });
    expect(told().at(-1)!.cursor).toBe((await materialised())!.cursor);
  });
});

describe('a segment', () => {
  it('shows its history: sizes, and who entered and left, page by page', async () => {
    const { workspace: shown } = await workspace.query<{
      workspace: {
        segment: {
          sizeHistory: { size: number; entered: number; exited: number }[];
          first: { edges: { cursor: string; node: { kind: string } }[]; pageInfo: { hasNextPage: boolean } };
          last: { edges: { cursor: string }[] };
        };
      };
    }>(
      `query ($id: ID!) { workspace { segment(id: $id) {
         sizeHistory { at size entered exited version }
         first: transitions(first: 2) { edges { cursor node { kind } } pageInfo { hasNextPage } }
         last: transitions(first: 1, latestFirst: true) { edges { cursor } }
       } } }`,
      { id: segmentId },
    );
    const { sizeHistory, first, last } = shown.segment;
    expect(sizeHistory.at(-1)!.size).toBe((await materialised())!.size);
    expect(first.edges).toHaveLength(2);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(last.edges[0]!.cursor).toBe((await materialised())!.cursor);
    const { edges } = await workspace
      .query<{ workspace: { segment: { transitions: { edges: { cursor: string }[] } } } }>(
        'query ($id: ID!, $after: String) { workspace { segment(id: $id) { transitions(first: 2, after: $after) { edges { cursor } } } } }',
        { id: segmentId, after: first.edges[0]!.cursor },
      )
      .then((answer) => answer.workspace.segment.transitions);
    expect(edges[0]!.cursor).toBe(first.edges[1]!.cursor);
  });

  it('refuses a history that ends before it begins', async () => {
    const answer = await workspace.ask(
      `query ($id: ID!) { workspace { segment(id: $id) {
         sizeHistory(from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z") { size } } } }`,
      { id: segmentId },
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'from' });
  });

  it('is no entry in the audit log when it moves', async () => {
    const { rows } = await app.database.owner.query(
      `select distinct operation from audit_entries where workspace_id = $1 and operation like '%material%'`,
      [workspace.id],
    );
    expect(rows).toEqual([]);
  });
});
