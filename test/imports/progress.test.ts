import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { newOwner } from '../support/person.js';
import { listen, type Listener, type Listening } from '../support/subscribe.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

const query = `subscription ($id: ID!, $workspaceId: ID) {
  importProgress(id: $id, workspaceId: $workspaceId) { id state progress { rowsRead created } }
}`;

interface Progress {
  state: string;
  progress: { rowsRead: number; created: number };
}

async function upload(csv: string): Promise<string> {
  const response = await fetch(`${app.url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
    body: csv,
  });
  return ((await response.json()) as { id: string }).id;
}

/** An import that goes on for as long as the test wants it to. */
async function running(of = workspace): Promise<string> {
  const id = randomUUID();
  const input = {
    fileName: null,
    bytes: 1,
    encoding: 'utf-8',
    delimiter: ',',
    headers: ['Email'],
    targets: ['email'],
  };
  const progress = { rowsTotal: 9, rowsRead: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };
  await app.database.owner.query(
    `insert into jobs (workspace_id, id, kind, state, input, progress, created_by)
     values ($1, $2, 'import', 'running', $3, $4, 'system')`,
    [of.id, id, input, progress],
  );
  return id;
}

function change(id: string, statement: string): Promise<unknown> {
  return app.database.owner.query(`update jobs set ${statement} where id = $1`, [id]);
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

function follow(id: string, listener: Partial<Listener> = { headers: bearer(workspace.key) }): Listening {
  return listen(app.url, { query, variables: { id }, ...listener });
}

const progressOf = ({ events }: Listening): (Progress | undefined)[] =>
  events.map(({ data }) => (data as { importProgress: Progress } | null)?.importProgress);
const codesOf = ({ events }: Listening): (string | undefined)[] =>
  events.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));

describe('the progress of an import', () => {
  it('is told until it has ended', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => `p${index}@example.com`);
    const listening = follow(await upload(['Email', ...rows].join('\n')));
    await listening.ended;
    const told = progressOf(listening);
    expect(told.at(-1)).toMatchObject({ state: 'succeeded', progress: { rowsRead: 3_000, created: 3_000 } });
    const read = told.map((progress) => progress!.progress.rowsRead);
    expect(read).toEqual(read.toSorted((one, other) => one - other));
  });

  it('is told once for each change, with what is there by then', async () => {
    const id = await running();
    const listening = follow(id);
    await expect.poll(() => listening.events.length, { timeout: 10_000 }).toBe(1);
    await change(id, `progress = progress || '{"rowsRead": 5}'`);
    await expect.poll(() => listening.events.length, { timeout: 10_000 }).toBe(2);
    await change(id, `state = 'succeeded'`);
    await listening.ended;
    expect(progressOf(listening).map((one) => [one!.state, one!.progress.rowsRead])).toEqual([
      ['running', 0],
      ['running', 5],
      ['succeeded', 5],
    ]);
  });

  it('is told to a person by the session of a browser, and to a key as a parameter', async () => {
    const owner = await newOwner(app.url);
    const own = await running({ ...workspace, id: owner.workspaceId });
    await change(own, `state = 'failed'`);
    const variables = { id: own, workspaceId: owner.workspaceId };
    const session = follow(own, { headers: { cookie: owner.cookie }, variables });
    await session.ended;
    expect(progressOf(session)).toMatchObject([{ state: 'failed' }]);
    const elsewhere = follow(own, {
      headers: { cookie: owner.cookie, origin: 'https://evil.example' },
      variables,
    });
    await elsewhere.ended;
    expect(codesOf(elsewhere)).toEqual(['UNAUTHENTICATED']);
    const id = await running();
    await change(id, `state = 'failed'`);
    const key = follow(id, { connectionParams: bearer(workspace.key) });
    await key.ended;
    expect(progressOf(key)).toMatchObject([{ state: 'failed' }]);
  });
});

describe('a subscription', () => {
  it('of another workspace is answered like that of a random id', async () => {
    const foreign = follow(await running(await createWorkspace(app)));
    const random = follow(randomUUID());
    await Promise.all([foreign.ended, random.ended]);
    expect(codesOf(foreign)).toEqual(['NOT_FOUND']);
    expect(codesOf(random)).toEqual(['NOT_FOUND']);
  });

  it('takes somebody, and the scope', async () => {
    const id = await running();
    const key = await createKey(app, workspace.id, ['contacts:write', 'segments:read']);
    const [nobody, lacking] = [follow(id, {}), follow(id, { headers: bearer(key) })];
    await Promise.all([nobody.ended, lacking.ended]);
    expect(codesOf(nobody)).toEqual(['UNAUTHENTICATED']);
    expect(codesOf(lacking)).toEqual(['FORBIDDEN']);
    await expect(follow(id, { headers: bearer('ck_nonsense') }).ended).rejects.toBeDefined();
    const parameter = follow(id, { connectionParams: bearer('ck_nonsense') });
    await expect(parameter.ended).rejects.toMatchObject({ code: 4403 });
  });

  it('tells nothing more once the key is revoked', async () => {
    const id = await running();
    const key = await createKey(app, workspace.id, ['contacts:read']);
    const listening = follow(id, { headers: bearer(key) });
    await expect.poll(() => listening.events.length, { timeout: 10_000 }).toBe(1);
    await app.database.owner.query(
      `update api_keys set revoked_at = now() where workspace_id = $1 and scopes = '{contacts:read}'`,
      [workspace.id],
    );
    // A key is trusted for two seconds.
    await expect
      .poll(
        async () => {
          await change(
            id,
            `progress = progress || jsonb_build_object('rowsRead', (progress->>'rowsRead')::int + 1)`,
          );
          return codesOf(listening);
        },
        { timeout: 15_000, interval: 300 },
      )
      .toEqual(['UNAUTHENTICATED']);
    await listening.ended.catch(() => undefined);
    const heard = listening.events.length;
    await change(id, `state = 'succeeded'`);
    expect(listening.events.length).toBe(heard);
  });

  it.each([
    ['a query', '{ viewer { kind } }', 'BAD_REQUEST'],
    ['what is no GraphQL', 'subscription {', 'BAD_REQUEST'],
    ['an unknown field', 'subscription { nothing }', 'BAD_REQUEST'],
    [
      'what costs too much',
      `subscription { importProgress(id: "x") { rejectedRows(first: 100) { edges { node { ${Array.from({ length: 29 }, (_, n) => `a${n}: line b${n}: cells c${n}: path d${n}: code`).join(' ')} } } } } }`,
      'TOO_COMPLEX',
    ],
    ['a NUL', 'subscription { importProgress(id: "\\u0000") { id } }', 'INVALID_INPUT'],
  ])('is refused for %s', async (_, text, code) => {
    const listening = follow('', { headers: bearer(workspace.key), query: text, variables: {} });
    await listening.ended;
    expect(new Set(codesOf(listening))).toEqual(new Set([code]));
  });
});
