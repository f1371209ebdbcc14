import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

interface Result {
  status: string;
  eventId: string | null;
  contactId: string | null;
  error: { code: string; path: string } | null;
}

async function record(events: object[]): Promise<Result[]> {
  const { recordEvents } = await workspace.query<{ recordEvents: Result[] }>(
    `mutation ($input: RecordEventsInput!) {
       recordEvents(input: $input) { status eventId contactId error { code path message } }
     }`,
    { input: { events } },
  );
  return recordEvents;
}

interface EventPage {
  edges: {
    node: { name: string; target: string | null; occurredAt: string; properties: object };
    cursor: string;
  }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

async function timeline(id: string, variables: object = {}): Promise<EventPage> {
  const { workspace: found } = await workspace.query<{ workspace: { contact: { events: EventPage } } }>(
    `query ($id: ID!, $first: Int, $after: String, $name: String, $since: DateTimeISO, $until: DateTimeISO) {
       workspace { contact(by: {id: $id}) {
         events(first: $first, after: $after, name: $name, since: $since, until: $until) {
           edges { cursor node { name target occurredAt properties } }
           pageInfo { hasNextPage endCursor }
         }
       } }
     }`,
    { id, first: 20, ...variables },
  );
  return found.contact.events;
}

describe('recordEvents', () => {
  it('gives a result for each event, in order', async () => {
    const results = await record([
      { externalId: 'u1', name: 'Signed Up', messageId: 'm1' },
      { externalId: 'u1', name: 'Signed Up', messageId: 'm1' },
      { name: 'Signed Up' },
      { email: 'dana@example.com', name: 'e', occurredAt: '1970-01-01T00:00:00Z' },
      { email: 'dana@example.com', name: 'e', occurredAt: '3000-01-01T00:00:00Z' },
      { email: 'not an address', name: 'e' },
      { anonymousId: 'a1', name: 'x'.repeat(201) },
    ]);
    expect(results.map(({ status, error }) => [status, error?.code ?? null, error?.path ?? null])).toEqual([
      ['stored', null, null],
      ['duplicate', null, null],
      ['refused', 'INVALID_INPUT', 'input.events[2]'],
      ['refused', 'INVALID_INPUT', 'input.events[3].occurredAt'],
      ['refused', 'INVALID_INPUT', 'input.events[4].occurredAt'],
      ['refused', 'INVALID_INPUT', 'input.events[5].email'],
      ['refused', 'TOO_LARGE', 'input.events[6].name'],
    ]);
    expect(results[0]!.eventId).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it('takes a thousand events and refuses a thousand and one', async () => {
    const events = Array.from({ length: 1001 }, (_, index) => ({ externalId: `u${index}`, name: 'e' }));
    expect(await record(events.slice(1))).toHaveLength(1000);
    const answer = await workspace.ask(
      `mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { status } }`,
      {
        input: { events },
      },
    );
    expect(answer.errors?.[0]?.extensions.code).toMatch(/INVALID_INPUT|TOO_LARGE/u);
  });

  it('needs the scope events:write', async () => {
    workspace = await createWorkspace(app, { scopes: ['contacts:read'] });
    const answer = await workspace.ask(
      `mutation { recordEvents(input: {events: [{externalId: "u", name: "e"}]}) { status } }`,
    );
    expect(answer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

describe('a key that may only write', () => {
  it('does not learn whose event it was', async () => {
    workspace = await createWorkspace(app, { scopes: ['events:write'] });
    const [result] = await record([{ email: 'dana@example.com', name: 'e' }]);
    expect(result).toMatchObject({ status: 'stored', contactId: null, eventId: expect.any(String) });
  });
});

describe('recordEvent', () => {
  it('records one, and makes a bad one an error with its path', async () => {
    const mutation = `mutation ($input: EventInput!) { recordEvent(input: $input) { status } }`;
    expect(await workspace.query(mutation, { input: { externalId: 'u1', name: 'e' } })).toEqual({
      recordEvent: { status: 'stored' },
    });
    const answer = await workspace.ask(mutation, {
      input: { externalId: 'u1', name: 'e', occurredAt: '1970-01-01T00:00:00Z' },
    });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.occurredAt' });
  });
});

describe('Contact.events', () => {
  it('lists what the contact did, the newest first, page by page', async () => {
    const events = Array.from({ length: 7 }, (_, index) => ({
      externalId: 'u1',
      name: 'e',
      target: `t${index}`,
      // Two share each moment, so that the id must decide.
      occurredAt: new Date(Date.UTC(2026, 0, 1 + Math.floor(index / 2))).toISOString(),
    }));
    const [{ contactId } = { contactId: '' }] = await record([
      ...events,
      { externalId: 'u2', name: 'other' },
    ]);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await timeline(contactId!, { first: 2, after });
      seen.push(...page.edges.map(({ node }) => node.target ?? ''));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
    } while (after);
    expect(seen).toEqual(['t6', 't5', 't4', 't3', 't2', 't1', 't0']);
  });

  it('is narrowed by name and time', async () => {
    const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
    const [{ contactId } = { contactId: '' }] = await record([
      { externalId: 'u1', name: 'Order', occurredAt: at(1) },
      { externalId: 'u1', name: 'order', occurredAt: at(2), properties: { total: 5 } },
      { externalId: 'u1', name: 'order', occurredAt: at(3) },
      { externalId: 'u1', name: 'Visit', occurredAt: at(2) },
    ]);
    const page = await timeline(contactId!, { name: 'ORDER', since: at(2), until: at(3) });
    expect(page.edges.map(({ node }) => node)).toEqual([
      { name: 'order', target: null, occurredAt: at(2), properties: { total: 5 } },
    ]);
    expect((await timeline(contactId!, { name: 'order' })).edges).toHaveLength(3);
  });

  it.each([
    'garbage',
    Buffer.from('["x","y"]').toString('base64url'),
    Buffer.from('[1,2]').toString('base64url'),
  ])('refuses the cursor %s', async (after) => {
    const [{ contactId } = { contactId: '' }] = await record([{ externalId: 'u1', name: 'e' }]);
    const answer = await workspace.ask(
      `query ($id: ID!, $after: String) { workspace { contact(by: {id: $id}) { events(after: $after) { edges { cursor } } } } }`,
      { id: contactId, after },
    );
    expect(answer.errors?.[0]?.extensions.code).toBe('INVALID_CURSOR');
  });
});

describe('Workspace.eventNames', () => {
  it('lists each name once, with its count and when it was last seen', async () => {
    await record([
      { externalId: 'u1', name: 'Visit', occurredAt: '2026-01-01T00:00:00Z' },
      { externalId: 'u2', name: 'visit', occurredAt: '2026-03-01T00:00:00Z' },
      { externalId: 'u1', name: 'Order Completed', occurredAt: '2026-02-01T00:00:00Z' },
      { externalId: 'u1', name: 'Ärger' },
    ]);
    interface Names {
      workspace: {
        eventNames: {
          edges: { cursor: string; node: { name: string; count: number; lastSeenAt: string } }[];
        };
      };
    }
    const query = `query ($search: String, $after: String, $first: Int) { workspace {
      eventNames(search: $search, after: $after, first: $first) { edges { cursor node { name count lastSeenAt } } } } }`;
    const all = (await workspace.query<Names>(query, { first: 20 })).workspace.eventNames.edges;
    expect(all.map(({ node }) => [node.name.toLowerCase(), node.count])).toEqual([
      ['order completed', 1],
      ['visit', 2],
      ['ärger', 1],
    ]);
    expect(all[1]!.node.lastSeenAt).toBe('2026-03-01T00:00:00.000Z');
    const found = (await workspace.query<Names>(query, { search: 'ORDER', first: 20 })).workspace.eventNames
      .edges;
    expect(found.map(({ node }) => node.name)).toEqual(['Order Completed']);
    const next = await workspace.query<Names>(query, { after: all[0]!.cursor, first: 1 });
    expect(next.workspace.eventNames.edges.map(({ node }) => node.count)).toEqual([2]);
  });
});
