import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRetentionTask } from '../../api/src/modules/ingestion/quarantine-retention.job.js';
import type { Services } from '../../api/src/platform/module.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createLog } from '../../api/src/platform/log.js';
import { openTenants } from '../support/builders.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

async function send(...batch: unknown[]): Promise<void> {
  const response = await fetch(`${app.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}` },
    body: JSON.stringify({
      batch,
      sentAt: '2026-01-01T00:10:00Z',
      context: { library: { name: 'analytics-node' }, ip: '203.0.113.7', userAgent: 'Mozilla/5.0' },
    }),
  });
  expect(response.status).toBe(200);
}

interface Quarantined {
  id: string;
  code: string;
  path: string;
  kind: string;
  source: string;
  body: string;
}

async function list(filter: object = {}, page: object = {}): Promise<Quarantined[]> {
  const { workspace: found } = await workspace.query<{
    workspace: { quarantinedEvents: { edges: { node: Quarantined }[] } };
  }>(
    `query ($filter: QuarantineFilterInput, $first: Int, $after: String) { workspace {
       quarantinedEvents(filter: $filter, first: $first, after: $after) {
         edges { node { id code path message kind source body receivedAt } }
       }
     } }`,
    { filter, first: 100, ...page },
  );
  return found.quarantinedEvents.edges.map(({ node }) => node);
}

interface Replay {
  results: { id: string; status: string; error: { path: string } | null }[];
  hasMore: boolean;
  endCursor: string | null;
}

async function replay(variables: Record<string, unknown> = {}): Promise<Replay> {
  const { replayQuarantinedEvents } = await workspace.query<{ replayQuarantinedEvents: Replay }>(
    `mutation ($filter: QuarantineFilterInput, $first: Int! = 1000, $after: String) {
       replayQuarantinedEvents(filter: $filter, first: $first, after: $after) {
         results { id status error { code path message } } hasMore endCursor
       }
     }`,
    variables,
  );
  return replayQuarantinedEvents;
}

async function remove(filter: object): Promise<number> {
  const { deleteQuarantinedEvents } = await workspace.query<{ deleteQuarantinedEvents: number }>(
    `mutation ($filter: QuarantineFilterInput!) { deleteQuarantinedEvents(filter: $filter) }`,
    { filter },
  );
  return deleteQuarantinedEvents;
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows;
}

/** Makes what is in quarantine acceptable, as a mended check would. */
async function mend(from: string, to: string): Promise<void> {
  await app.database.owner.query(
    'update quarantined_events set body = replace(body, $2, $3) where workspace_id = $1',
    [workspace.id, from, to],
  );
}

const early = { type: 'track', userId: 'u1', event: 'Old', timestamp: '1970-01-01T00:00:00Z' };
const nameless = { type: 'track', userId: 'u1' };
const oversized = { type: 'track', userId: 'u1', event: 'Big', properties: { x: 'x'.repeat(33_000) } };

describe('Workspace.quarantinedEvents', () => {
  it('shows what was not taken, the newest first, with the reason and the place', async () => {
    await send(early, nameless, oversized);
    expect((await list()).map(({ code, path, kind, source }) => ({ code, path, kind, source }))).toEqual([
      { code: 'TOO_LARGE', path: '', kind: 'message', source: 'analytics-node' },
      { code: 'INVALID_INPUT', path: 'event', kind: 'message', source: 'analytics-node' },
      { code: 'INVALID_INPUT', path: 'timestamp', kind: 'message', source: 'analytics-node' },
    ]);
  });

  it('keeps what was sent so that it stands for itself, without the address and the browser of the sender', async () => {
    await send({ ...nameless, messageId: 'm1' });
    const [kept] = await list();
    expect(JSON.parse(kept!.body)).toEqual({
      ...nameless,
      messageId: 'm1',
      sentAt: '2026-01-01T00:10:00Z',
      context: { library: { name: 'analytics-node' } },
    });
  });

  it('can be narrowed to a code, a path, and a time', async () => {
    await send(early, nameless, oversized);
    const paths = async (filter: object) => (await list(filter)).map(({ path }) => path);
    expect(await paths({ code: 'TOO_LARGE' })).toEqual(['']);
    expect(await paths({ path: 'event' })).toEqual(['event']);
    expect(await paths({ code: 'TOO_LARGE', path: 'event' })).toEqual([]);
    expect(await paths({ until: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await paths({ since: '2020-01-01T00:00:00Z' })).toHaveLength(3);
    expect(await paths({ ids: ['none'] })).toEqual([]);
  });

  it('needs the scope contacts:read', async () => {
    const key = await createKey(app, workspace.id, ['events:write', 'contacts:write']);
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: '{ workspace { quarantinedEvents { edges { node { id } } } } }' }),
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });
});

describe('replayQuarantinedEvents', () => {
  it('stores what can be stored now, at the time when it was done, and keeps the rest with the new reason', async () => {
    await send({ ...early, timestamp: '2026-01-01T00:09:00Z', userId: { id: 7 } }, nameless);
    await app.database.owner.query(
      `update quarantined_events set received_at = '2026-01-01T01:00:00Z' where workspace_id = $1`,
      [workspace.id],
    );
    await mend('{"id":7}', '"u1"');
    await mend('"type":"track"}', '"type":"track","properties":[]}');
    const [second, first] = await list();
    const { results } = await replay();
    expect(results).toEqual([
      { id: first!.id, status: 'stored', error: null },
      { id: second!.id, status: 'refused', error: expect.objectContaining({ path: 'event' }) },
    ]);
    // Sent an hour before it was received, by the client's clock: the clock was wrong, by as much.
    expect(await rows('select name, occurred_at, source from events where workspace_id = $1')).toEqual([
      { name: 'Old', occurred_at: new Date('2026-01-01T00:59:00Z'), source: 'analytics-node' },
    ]);
    const [left, ...others] = await list();
    expect(others).toEqual([]);
    expect(left).toMatchObject({ id: second!.id, path: 'event', receivedAt: '2026-01-01T01:00:00.000Z' });
  });

  it('does nothing to an event that came again by itself meanwhile, and takes it out', async () => {
    await send({ ...nameless, messageId: 'm1' });
    await send({ ...nameless, event: 'Named', messageId: 'm1' });
    await mend('"userId"', '"event":"Named","userId"');
    expect((await replay()).results).toMatchObject([{ status: 'duplicate' }]);
    expect(await list()).toEqual([]);
    expect(await rows('select 1 from events where workspace_id = $1')).toHaveLength(1);
  });

  it('gives the contact the traits that were left out, and does nothing else again', async () => {
    await send({ type: 'identify', userId: 'u1', traits: { logins: 5 } });
    await send({
      type: 'identify',
      userId: 'u1',
      messageId: 'm1',
      traits: { logins: 'six', city: 'Berlin' },
    });
    await send({ type: 'identify', userId: 'u1', traits: { city: 'Hamburg' } });
    await mend('"six"', '6');
    expect((await replay()).results).toMatchObject([{ status: 'stored' }]);
    expect(
      await rows(`select coalesce(text, number::text) as value from contact_attributes
                  where workspace_id = $1 and key in ('city', 'logins') order by key`),
    ).toEqual([{ value: 'Hamburg' }, { value: '6' }]);
    expect(await list()).toEqual([]);
  });

  it('replays inputs of recordEvents as well', async () => {
    await workspace.query(
      `mutation { recordEvents(input: {events: [
         {email: "nobody", name: "Signed Up", occurredAt: "2026-02-03T04:05:06Z", messageId: "m1"}
       ]}) { status } }`,
    );
    expect(await list()).toMatchObject([{ kind: 'event', source: 'graphql', path: 'email' }]);
    await mend('nobody', 'dana@example.com');
    expect((await replay()).results).toMatchObject([{ status: 'stored' }]);
    expect(await rows('select name, occurred_at from events where workspace_id = $1')).toEqual([
      { name: 'Signed Up', occurred_at: new Date('2026-02-03T04:05:06Z') },
    ]);
  });

  it('takes one, or many by filter, page by page', async () => {
    await send(nameless, early, early, early);
    const [third] = await list();
    await mend('1970-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    expect((await replay({ filter: { ids: [third!.id] } })).results).toHaveLength(1);
    const page = await replay({ filter: { path: 'timestamp' }, first: 1 });
    expect(page).toMatchObject({ results: [{ status: 'stored' }], hasMore: true });
    const rest = await replay({ first: 10, after: page.endCursor });
    expect(rest).toMatchObject({ results: [{ status: 'stored' }], hasMore: false });
    expect((await list()).map(({ path }) => path)).toEqual(['event']);
    expect(await rows('select 1 from events where workspace_id = $1')).toHaveLength(3);
  });

  it('stores an event once that two replay at the same time', async () => {
    await send(...Array.from({ length: 20 }, () => early));
    await mend('1970-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    const replays = await Promise.all([replay(), replay(), replay()]);
    expect(replays.flatMap(({ results }) => results)).toHaveLength(20);
    expect(await rows('select 1 from events where workspace_id = $1')).toHaveLength(20);
    expect(await list()).toEqual([]);
  });
});

describe('deleteQuarantinedEvents', () => {
  it('deletes those that fit the filter, and never all for want of one', async () => {
    await send(early, nameless, nameless);
    expect(await remove({ path: 'event' })).toBe(2);
    expect((await list()).map(({ path }) => path)).toEqual(['timestamp']);
    const answer = await workspace.ask(`mutation { deleteQuarantinedEvents(filter: {}) }`);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'filter' });
    expect(await list()).toHaveLength(1);
  });
});

describe('a key that may only write events', () => {
  it.each(['replayQuarantinedEvents { hasMore }', 'deleteQuarantinedEvents(filter: {code: "TOO_LARGE"})'])(
    'may not call %s',
    async (operation) => {
      workspace = await createWorkspace(app, { scopes: ['events:write'] });
      const answer = await workspace.ask(`mutation { ${operation} }`);
      expect(answer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    },
  );
});

describe('the job expire-quarantined-events', () => {
  it('deletes what has been there for more than ninety days, in every workspace', async () => {
    const db = await openTenants();
    const directory = createDataSource({
      url: db.database.systemUrl,
      poolSize: 2,
      name: 'test',
      onConnectionError: () => undefined,
    });
    await directory.initialize();
    const now = new Date('2026-11-23T12:00:00Z');
    const workspaces = [await db.newWorkspace(), await db.newWorkspace()];
    for (const id of workspaces) {
      for (const [code, receivedAt] of [
        ['OLD', '2026-08-25T11:59:59Z'],
        ['NEW', '2026-08-25T12:00:00Z'],
      ]) {
        await db.database.owner.query(
          `insert into quarantined_events (workspace_id, id, kind, source, code, path, message, body, received_at)
           values ($1, gen_random_uuid(), 'message', 'http', $2, '', '', '{}', $3)`,
          [id, code, receivedAt],
        );
      }
    }
    const services = { directory, withWorkspace: db.withWorkspace, clock: { now: () => now } };
    const task = createRetentionTask(services as unknown as Services);
    await task({}, { signal: new AbortController().signal, log: createLog('silent'), isLastAttempt: true });
    const { rows: left } = await db.database.owner.query('select code from quarantined_events');
    expect(left).toEqual([{ code: 'NEW' }, { code: 'NEW' }]);
    await directory.destroy();
    await db.close();
  });
});
