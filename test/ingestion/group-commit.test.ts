import type { PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTcpProxy } from '../support/tcp-proxy.js';
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

function send(path: string, body: object, to = app.url): Promise<Response> {
  return fetch(`${to}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}` },
    body: JSON.stringify(body),
  });
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows;
}

const many = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Keeps transactions of ingestion from ending while the work runs, so that requests gather behind the first. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  const holder: PoolClient = await app.database.owner.connect();
  await holder.query('begin');
  await holder.query('lock table workspace_versions in access exclusive mode');
  try {
    await work();
  } finally {
    await holder.query('commit');
    holder.release();
  }
}

/** Waits until a transaction waits for the lock. */
async function firstWaits(): Promise<void> {
  await expect
    .poll(
      async () => {
        const { rows } = await app.database.owner.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        );
        return rows.length;
      },
      { timeout: 60_000 },
    )
    .toBe(1);
}

describe('requests that come at the same time', () => {
  it('share a transaction, and are answered when it has committed', async () => {
    const answers: Promise<Response>[] = [];
    await whileHeld(async () => {
      answers.push(send('/v1/track', { userId: 'u0', event: 'First' }));
      await firstWaits();
      for (const index of many(50)) answers.push(send('/v1/track', { userId: `u${index}`, event: 'Next' }));
      const early = await Promise.race([...answers, new Promise((resolve) => setTimeout(resolve, 300))]);
      expect(early).toBeUndefined();
    });
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(many(51).map(() => 200));
    expect(
      await rows(`select name, count(*)::int as count, count(distinct xmin::text)::int as transactions
                  from events where workspace_id = $1 group by name order by name`),
    ).toEqual([
      { name: 'First', count: 1, transactions: 1 },
      { name: 'Next', count: 50, transactions: expect.toSatisfy((number: number) => number <= 3) },
    ]);
  });

  it('with the same messageId, fifty of them, give one row', async () => {
    const answers = await Promise.all(
      many(50).map(() => send('/v1/track', { userId: 'u1', event: 'Clicked', messageId: 'm1' })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await rows('select 1 from events where workspace_id = $1')).toHaveLength(1);
    expect(await rows('select 1 from contacts where workspace_id = $1')).toHaveLength(1);
  });

  it('keep the order in which they came: the last word on a trait is the last that was said', async () => {
    const answers: Promise<Response>[] = [];
    await whileHeld(async () => {
      answers.push(send('/v1/identify', { userId: 'u1', messageId: 'm0', traits: { plan: 'plan 0' } }));
      await firstWaits();
      for (const index of many(20).slice(1)) {
        const traits = { plan: `plan ${index}` };
        const body = { userId: 'u1', messageId: `m${index}`, traits };
        // Sent over one connection after the other, so that they arrive in this order.
        answers.push(send('/v1/identify', body));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    await Promise.all(answers);
    expect(
      await rows(`select text from contact_attributes where workspace_id = $1 and key = 'plan'`),
    ).toEqual([{ text: 'plan 19' }]);
  });

  it('are not spoilt by one among them that the database refuses', async () => {
    await app.database.owner.query(`
      create function refuse_poison() returns trigger language plpgsql as $$
        begin if new.name = 'Poison' then raise 'no'; end if; return new; end $$;
      create trigger refuse_poison before insert on events for each row execute function refuse_poison();
    `);
    const answers = await Promise.all(
      many(40).map((index) =>
        send('/v1/track', {
          userId: `u${index}`,
          event: index % 13 === 5 ? 'Poison' : 'Fine',
          messageId: `m${index}`,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(
      many(40).map((index) => (index % 13 === 5 ? 500 : 200)),
    );
    expect(await rows('select 1 from events where workspace_id = $1')).toHaveLength(37);
    expect(await rows('select 1 from contacts where workspace_id = $1')).toHaveLength(37);
    await app.database.owner.query('drop function refuse_poison cascade');
  });
});

describe('more than can be stored', () => {
  it('is answered with 503 and the time to come back, and stored when it does', async () => {
    const batches = many(16).map((index) => ({
      batch: many(2500).map((place) => ({
        type: 'track',
        userId: 'u',
        event: 'e',
        messageId: `m${index}-${place}`,
      })),
    }));
    let answers: Promise<Response>[] = [];
    await whileHeld(async () => {
      answers = batches.map((batch) => send('/v1/batch', batch));
      const refused = await Promise.race(answers);
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBe(1);
      expect(Number(refused.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000 - 1);
      expect(await refused.clone().json()).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    });
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    const refused = batches.filter((_, index) => statuses[index] === 503);
    for (const batch of refused) expect((await send('/v1/batch', batch)).status).toBe(200);
    expect(await rows('select count(*)::int as count from events where workspace_id = $1')).toEqual([
      { count: 40_000 },
    ]);
  });
});

describe('a database that goes away', () => {
  it('is answered with 503 at once, and everything is stored once when it is back', async () => {
    const proxy = await openTcpProxy(app.database.url);
    const behind = await startTestApp({
      databaseUrl: app.database.url,
      appDatabaseUrl: proxy.url(app.database.appUrl),
      systemDatabaseUrl: proxy.url(app.database.systemUrl),
    });
    try {
      const sendAll = () =>
        Promise.all(
          many(30).map((index) =>
            send('/v1/track', { userId: `u${index}`, event: 'e', messageId: `m${index}` }, behind.url),
          ),
        );
      expect((await send('/v1/track', { userId: 'u', event: 'e', messageId: 'm' }, behind.url)).status).toBe(
        200,
      );
      await proxy.cut();
      const refused = await sendAll();
      expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
      expect(refused[0]!.headers.get('retry-after')).toBe('1');
      await proxy.mend();
      await expect
        .poll(async () => new Set((await sendAll()).map(({ status }) => status)))
        .toEqual(new Set([200]));
      expect(await rows('select 1 from events where workspace_id = $1')).toHaveLength(31);
    } finally {
      await proxy.mend().catch(() => undefined);
      await behind.close();
      await proxy.cut();
    }
  });
});
