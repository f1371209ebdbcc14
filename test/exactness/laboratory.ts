import { startApp, type App } from '../../api/src/app.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace, type WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../api/src/platform/log.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { askGraphql, createWorkspace, type GraphqlAnswer } from '../support/workspaces.js';

/** What the workspace begins with, by name. */
export interface Things {
  list: string;
  /** Of what others are made: `outer` names `inner`. */
  inner: string;
  outer: string;
  lookalike: string;
}

/** One Coterie of several on one database. */
export interface Process {
  url: string;
  /** Minutes that its clock is off. */
  skew: number;
}

/** Two processes on one database and one Redis, a workspace, and a clock that the test moves. */
export interface Laboratory {
  workspaceId: string;
  clock: { at: Date };
  processes: Process[];
  things: Things;
  /** The way past the API, to ask the truth. */
  withWorkspace: WithWorkspace;
  ask(process: Process, query: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
  /** Sends messages to the tracking API. @returns the status of the answer. */
  track(process: Process, messages: readonly object[]): Promise<number>;
  /** What the owner of the database does, past the API. */
  asOwner(text: string, values?: unknown[]): Promise<void>;
  /** Ends a process and starts another in its place, with nothing in its memory. */
  restart(index: number): Promise<void>;
  close(): Promise<void>;
}

/** Where processes share what they keep; null for one that shares nothing. */
export type RedisUrls = readonly (string | undefined)[];

const start = new Date('2026-03-20T09:00:20.000Z');

/** Opens two processes. @param redisUrls of each; the suites' own Redis for both unless given. */
export async function openLaboratory(
  options: { timeZone?: string; redisUrls?: RedisUrls } = {},
): Promise<Laboratory> {
  const clock = { at: start };
  const skews = [0, 0];
  const clockOf = (index: number) => ({ now: () => new Date(clock.at.getTime() + skews[index]! * 60_000) });
  const redisOf = (index: number): { redisUrl?: string | undefined } =>
    options.redisUrls ? { redisUrl: options.redisUrls[index] } : {};
  const first: TestApp = await startTestApp(redisOf(0), { clock: clockOf(0) });
  const settingsOf = (index: number) => ({ ...first.settings, ...redisOf(index) });
  const open = (index: number): Promise<App> =>
    startApp(settingsOf(index), { log: createLog('silent'), clock: clockOf(index), part: 'http' });
  const apps = [first.app, await open(1)];
  const workspace = await createWorkspace(first, { timeZone: options.timeZone ?? 'UTC' });
  const truth = createDataSource({
    url: first.database.appUrl,
    poolSize: 16,
    name: 'truth',
    onConnectionError: () => undefined,
  });
  await truth.initialize();
  const processes = apps.map((app, index) => ({
    url: app.url!,
    get skew() {
      return skews[index]!;
    },
    set skew(minutes) {
      skews[index] = minutes;
    },
  }));
  const things = await makeThings(first, workspace);
  return {
    workspaceId: workspace.id,
    clock,
    processes,
    things,
    withWorkspace: createWithWorkspace(truth),
    ask: ({ url }, query, variables = {}) => askGraphql(url, workspace.key, query, variables),
    async track({ url }, messages) {
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${workspace.key}` },
        body: JSON.stringify({ batch: messages }),
      });
      await response.text();
      return response.status;
    },
    async asOwner(text, values) {
      await first.database.owner.query(text, values);
    },
    async restart(index) {
      await apps[index]!.close();
      apps[index] = await open(index);
      processes[index]!.url = apps[index]!.url!;
    },
    async close() {
      await truth.destroy();
      await apps[1]?.close();
      await apps[0]?.close();
      await first.database.drop();
    },
  };
}

type Workspace = Awaited<ReturnType<typeof createWorkspace>>;

async function makeThings(app: TestApp, workspace: Workspace): Promise<Things> {
  for (const [key, type] of Object.entries({
    score: 'number',
    renewal: 'date',
    trial: 'boolean',
  })) {
    await workspace.query(
      'mutation ($input: CreateAttributeInput!) { createAttribute(input: $input) { key } }',
      { input: { subject: 'contact', key, type } },
    );
  }
  const list = await workspace.query<{ createStaticSegment: { id: string } }>(
    'mutation { createStaticSegment(input: {name: "list"}) { id } }',
  );
  const inner = await createRuleSegment(workspace, 'inner', 'score >= 50');
  const outer = await createRuleSegment(
    workspace,
    'outer',
    `segment "${inner}" or tags includes any of ("a")`,
  );
  const lookalike = '0190a000-0000-7000-8000-00000000aaaa';
  const { owner } = app.database;
  const seed = '0190a000-0000-7000-8000-00000000bbbb';
  await owner.query(
    `insert into seed_lists (workspace_id, id, name, created_by) values ($1, $2, 'seed', 'user:test')`,
    [workspace.id, seed],
  );
  await owner.query(
    `insert into lookalikes (workspace_id, id, name, seed_list_id) values ($1, $2, 'like', $3)`,
    [workspace.id, lookalike, seed],
  );
  return { list: list.createStaticSegment.id, inner, outer, lookalike };
}

async function createRuleSegment(workspace: Workspace, name: string, text: string): Promise<string> {
  const made = await workspace.query<{ createSegment: { id: string } }>(
    'mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { id } }',
    { input: { name, rule: { text } } },
  );
  return made.createSegment.id;
}
