import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createDeleteOldEventsTask,
  createExpireEventsTask,
} from '../../api/src/modules/retention/expire-events.job.js';
import {
  createCapQuarantineTask,
  createForgetMessagesTask,
  createTrimFeedTask,
} from '../../api/src/modules/retention/expire-records.job.js';
import { trimFeed } from '../../api/src/modules/retention/records.repository.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace, type WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../api/src/platform/log.js';
import { Metrics } from '../../api/src/platform/metrics/metrics.js';
import type { Task } from '../../api/src/platform/module.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { addContacts, addEvents } from '../support/builders.js';
import { createWorkspace, type GraphqlAnswer, type TestWorkspace } from '../support/workspaces.js';

const day = 24 * 60 * 60 * 1000;

let app: TestApp;
let workspace: TestWorkspace;
let withWorkspace: WithWorkspace;
let directory: ReturnType<typeof createDataSource>;
let close: () => Promise<void>;

beforeAll(async () => {
  app = await startTestApp({}, { part: 'http' });
  const shared = { poolSize: 4, name: 'test', onConnectionError: () => undefined };
  directory = createDataSource({ url: app.database.systemUrl, ...shared });
  const tenants = createDataSource({ url: app.database.appUrl, ...shared });
  await Promise.all([directory.initialize(), tenants.initialize()]);
  withWorkspace = createWithWorkspace(tenants);
  close = async () => void (await Promise.all([directory.destroy(), tenants.destroy()]));
});
afterAll(async () => {
  await close();
  await app.close();
});
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

const at = (daysFromNow: number): { now: () => Date } => ({
  now: () => new Date(Date.now() + daysFromNow * day),
});

function run(task: Task, payload: object = {}): Promise<void> {
  const signal = new AbortController().signal;
  return task(payload, { signal, log: createLog('silent'), isLastAttempt: true });
}

async function rows<Row = Record<string, unknown>>(text: string): Promise<Row[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows as Row[];
}

async function versionNow(): Promise<number> {
  const [row] = await rows<{ version: string }>(
    'select version from workspace_versions where workspace_id = $1',
  );
  return Number(row!.version);
}

describe('events', () => {
  interface Setting {
    name: string | null;
    days: number | null;
  }

  const set = (input: object): Promise<GraphqlAnswer> =>
    workspace.ask(
      'mutation ($input: EventRetentionInput!) { setEventRetention(input: $input) { name days setBy } }',
      { input },
    );

  async function preview(input: object): Promise<number> {
    const data = await workspace.query<{ previewEventRetention: { events: number } }>(
      'query ($input: EventRetentionInput!) { previewEventRetention(input: $input) { events } }',
      { input },
    );
    return data.previewEventRetention.events;
  }

  async function settings(): Promise<Setting[]> {
    const data = await workspace.query<{ workspace: { eventRetention: { edges: { node: Setting }[] } } }>(
      '{ workspace { eventRetention { edges { node { name days } } } } }',
    );
    return data.workspace.eventRetention.edges.map(({ node }) => node);
  }

  /** What a daily run does; gives the workspaces that there was something to do for. */
  async function expire(through: WithWorkspace = withWorkspace): Promise<string[]> {
    const started: string[] = [];
    const enqueue = async (
      _manager: unknown,
      _task: string,
      payload: { workspaceId: string },
    ): Promise<void> => void started.push(payload.workspaceId);
    await run(createExpireEventsTask({ directory, withWorkspace, enqueue }));
    if (started.includes(workspace.id))
      await run(createDeleteOldEventsTask({ withWorkspace: through, clock: at(0) }), {
        workspaceId: workspace.id,
      });
    return started;
  }

  const remaining = async (): Promise<string[]> =>
    (
      await rows<{ event: string }>(
        `select folded_name || ' ' || extract(day from now() - occurred_at)::int as event from events
         where workspace_id = $1 order by 1`,
      )
    ).map(({ event }) => event);

  beforeEach(async () => {
    const [one, two] = await addContacts(withWorkspace, workspace.id, [
      { email: 'a@x.test' },
      { email: 'b@x.test' },
    ]);
    const done = (
      ordinal: number,
      name: string,
      daysAgo: number,
    ): Parameters<typeof addEvents>[2][number] => ({
      ordinal,
      name,
      occurredAt: new Date(Date.now() - daysAgo * day - 60_000),
    });
    await addEvents(withWorkspace, workspace.id, [
      done(one!.ordinal, 'Viewed', 1),
      done(one!.ordinal, 'Viewed', 40),
      done(two!.ordinal, 'Viewed', 400),
      done(one!.ordinal, 'Bought', 40),
      done(two!.ordinal, 'Bought', 400),
    ]);
  });

  it('are kept for ever unless somebody says otherwise', async () => {
    expect(await expire()).not.toContain(workspace.id);
    expect(await remaining()).toHaveLength(5);
  });

  it('go by their own setting, and by that of all others without one', async () => {
    expect((await set({ name: ' viewed ', days: 30 })).data).toMatchObject({
      setEventRetention: { name: 'viewed', days: 30, setBy: expect.stringMatching(/^key:/) },
    });
    await set({ days: 365 });
    expect(await settings()).toEqual([
      { name: null, days: 365 },
      { name: 'viewed', days: 30 },
    ]);
    expect(await expire()).toContain(workspace.id);
    expect(await remaining()).toEqual(['bought 40', 'viewed 1']);
  });

  it('can be kept for ever where all others are not', async () => {
    await set({ days: 30 });
    await set({ name: 'Bought' });
    await expire();
    expect(await remaining()).toEqual(['bought 40', 'bought 400', 'viewed 1']);
    const removed = await workspace.ask(
      'mutation { removeEventRetention(input: {name: "BOUGHT"}) { name days } }',
    );
    expect(removed.data).toEqual({ removeEventRetention: { name: 'Bought', days: null } });
    await expire();
    expect(await remaining()).toEqual(['viewed 1']);
  });

  it('are counted before, exactly as they go', async () => {
    expect(await preview({ name: 'Viewed', days: 30 })).toBe(2);
    expect(await preview({ days: 30 })).toBe(4);
    await set({ name: 'Viewed', days: 365 });
    expect(await preview({ days: 30 })).toBe(2);
    expect(await preview({ name: 'Viewed' })).toBe(0);
    expect(await remaining()).toHaveLength(5);
  });

  it('leave counts exact: each batch raises the version and says whose they were', async () => {
    const before = await versionNow();
    await set({ name: 'Bought', days: 30 });
    await expire();
    expect(await versionNow()).toBe(before + 1);
    const feed = await rows<{ ordinal: number; facet: string }>(
      'select version, ordinal, facet from changes where workspace_id = $1 order by version desc, ordinal limit 2',
    );
    expect(feed).toEqual([
      { version: String(before + 1), ordinal: 0, facet: 'event:bought' },
      { version: String(before + 1), ordinal: 1, facet: 'event:bought' },
    ]);
    await expire();
    expect(await versionNow()).toBe(before + 1);
  });

  it('that a worker which died left over are deleted by the next', async () => {
    await set({ days: 30 });
    const dying: WithWorkspace = async (id, work, options) =>
      withWorkspace(
        id,
        async (tx) => {
          const result = await work(tx);
          if (typeof result === 'number') throw new Error('The worker died.');
          return result;
        },
        options,
      );
    await expect(expire(dying)).rejects.toThrow('The worker died.');
    expect(await remaining()).toHaveLength(5);
    await expire();
    expect(await remaining()).toEqual(['viewed 1']);
  });

  it.each([
    [{ days: 0 }, 'input.days'],
    [{ days: 3651 }, 'input.days'],
    [{ name: '', days: 1 }, 'input.name'],
    [{ name: 'x'.repeat(201), days: 1 }, 'input.name'],
  ])('%j is no setting', async (input, path) => {
    expect((await set(input)).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path });
    expect(await settings()).toEqual([]);
  });

  it('have no setting to take away where there is none', async () => {
    const answer = await workspace.ask('mutation { removeEventRetention(input: {}) { name } }');
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', path: 'input.name' });
  });
});

describe('messages', () => {
  it('are known by their ids for 90 days', async () => {
    await app.database.owner.query(
      `insert into event_messages (workspace_id, message_key, received_at)
       select $1, gen_random_uuid(), now() - days * interval '1 day' from unnest(array[1, 89, 91, 400]) as days`,
      [workspace.id],
    );
    await run(createForgetMessagesTask({ directory, withWorkspace, clock: at(0) }));
    expect(await rows('select 1 from event_messages where workspace_id = $1')).toHaveLength(2);
  });
});

describe('the quarantine', () => {
  it('of a workspace loses its oldest events beyond so many, which are counted', async () => {
    const other = await createWorkspace(app);
    await app.database.owner.query(
      `insert into quarantined_events (workspace_id, id, kind, source, code, path, message, body, received_at)
       select w, ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'event', 'test', 'INVALID_INPUT', '', n, '{}', now()
       from unnest($1::uuid[]) as w, generate_series(1, 5) as n where w = $2 or n < 3`,
      [[workspace.id, other.id], workspace.id],
    );
    const metrics = new Metrics();
    await run(createCapQuarantineTask({ directory, withWorkspace, clock: at(0), metrics }, 3));
    const left = await rows('select message from quarantined_events where workspace_id = $1 order by id');
    expect(left.map(({ message }) => message)).toEqual(['3', '4', '5']);
    expect(await metrics.registry.metrics()).toContain('coterie_quarantine_dropped_total 2');
  });
});

describe('the change feed', () => {
  const trim = (daysFromNow: number): Promise<void> =>
    run(createTrimFeedTask({ directory, withWorkspace, clock: at(daysFromNow) }));
  const versions = async (): Promise<number[]> =>
    (
      await rows<{ version: string }>(
        'select distinct version from changes where workspace_id = $1 order by version',
      )
    ).map(({ version }) => Number(version));
  const write = (): Promise<unknown> =>
    addContacts(withWorkspace, workspace.id, [
      { email: `p${Math.random()}@x.test` },
      { email: `q${Math.random()}@x.test` },
    ]);

  it('keeps the last seven days, in whole versions and without a gap', async () => {
    for (let today = 0; today < 10; today += 1) {
      await write();
      await trim(today);
      const kept = await versions();
      expect(kept.at(-1)).toBe(today + 1);
      expect(kept.every((version, index) => index === 0 || version === kept[index - 1]! + 1)).toBe(true);
      // What was written on a day is there for the seven that follow.
      expect(kept[0]).toBe(Math.max(1, today - 5));
    }
    expect(await rows('select 1 from changes where workspace_id = $1 and version = 5')).toHaveLength(2);
    expect(await rows('select 1 from feed_marks where workspace_id = $1')).toHaveLength(8);
  });

  it('loses no part of a version, however little is deleted at a time', async () => {
    for (let count = 0; count < 3; count += 1) await write();
    const trimOne = (upTo: number): Promise<number> =>
      withWorkspace(workspace.id, (tx) => trimFeed(tx, upTo, 1));
    expect([await trimOne(2), await versions()]).toEqual([2, [2, 3]]);
    expect([await trimOne(2), await versions()]).toEqual([2, [3]]);
    expect(await trimOne(2)).toBe(0);
  });

  it('is not trimmed before it is known how old it is', async () => {
    await write();
    await trim(100);
    expect(await versions()).toEqual([1]);
  });
});
