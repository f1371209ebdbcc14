import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, variable, type TestDatabase } from '../support/database.js';
import { startProcess, type CoterieProcess } from '../support/process.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/** How often the server is killed. */
const kills = process.env['FULL'] === '1' ? 20 : 2;
/** Connections that send all the time. */
const clients = 16;

let database: TestDatabase;
let workspace: TestWorkspace;
/** The one that runs now: each test leaves it to the next. */
let server: CoterieProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  workspace = await createWorkspace({ url: '', database });
  server = await start();
});
afterAll(async () => {
  await end(server, 'SIGKILL');
  await database.drop();
});

async function start(): Promise<CoterieProcess> {
  const server = await startProcess({
    environment: {
      DATABASE_URL: database.url,
      REDIS_URL: variable('REDIS_URL'),
      DATABASE_POOL_SIZE: '5',
      LOG_LEVEL: 'error',
    },
  });
  await server.ready();
  return server;
}

function end(server: CoterieProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  server.process.kill(signal);
  return server.ended();
}

/** Sends events as SDKs do: each until it is acknowledged, under the same id, to whichever server is there. */
class Load {
  readonly acknowledged = new Set<string>();
  /** Begins to be sent, and may or may not be stored. */
  readonly sent = new Set<string>();
  #next = 0;
  #stopped = false;
  readonly #running: Promise<void>[];

  constructor() {
    this.#running = Array.from({ length: clients }, (_, client) => this.#run(client));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #run(client: number): Promise<void> {
    while (!this.#stopped) {
      // Half of the clients send single events, half of them batches.
      const ids = Array.from({ length: client % 2 === 0 ? 1 : 20 }, () => `m${this.#next++}`);
      for (const id of ids) this.sent.add(id);
      // Long enough that the next server is not kept from starting by those who wait for it.
      while (!this.#stopped && !(await this.#isAcknowledged(ids))) await sleep(100);
    }
  }

  async #isAcknowledged(ids: string[]): Promise<boolean> {
    const messages = ids.map((messageId) => ({
      type: 'track',
      userId: `u${Number(messageId.slice(1)) % 50}`,
      event: 'Clicked',
      messageId,
    }));
    const [path, body] =
      messages.length === 1 ? ['/v1/track', messages[0]] : ['/v1/batch', { batch: messages }];
    try {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${workspace.key}` },
        body: JSON.stringify(body),
      });
      await response.text();
      if (!response.ok) return false;
    } catch {
      return false;
    }
    for (const id of ids) this.acknowledged.add(id);
    return true;
  }
}

async function stored(): Promise<string[]> {
  const { rows } = await database.owner.query<{ id: string }>(
    'select message_id as id from events where workspace_id = $1',
    [workspace.id],
  );
  return rows.map(({ id }) => id);
}

describe('a server under load', () => {
  it(
    `loses no acknowledged event and doubles none when it is killed ${kills} times`,
    { timeout: 1_200_000 },
    async () => {
      const load = new Load();
      for (let round = 0; round < kills; round += 1) {
        const before = load.acknowledged.size;
        await expect.poll(() => load.acknowledged.size - before, { timeout: 60_000 }).toBeGreaterThan(50);
        // At a different moment of what is under way each time.
        await sleep((round * 97) % 300);
        await end(server, 'SIGKILL');
        server = await start();
      }
      await load.stop();
      const ids = await stored();
      expect(new Set(ids).size).toBe(ids.length);
      const known = new Set(ids);
      expect([...load.acknowledged].filter((id) => !known.has(id))).toEqual([]);
      expect(ids.filter((id) => !load.sent.has(id))).toEqual([]);
    },
  );

  it('that is told to stop answers and stores what it has begun, and ends well', async () => {
    const holder = await database.owner.connect();
    await holder.query('begin');
    await holder.query('lock table workspace_versions in access exclusive mode');
    const answers = Array.from({ length: 30 }, (_, index) =>
      fetch(`${server.url}/v1/track`, {
        method: 'POST',
        headers: { authorization: `Bearer ${workspace.key}` },
        body: JSON.stringify({ userId: 'u', event: 'Late', messageId: `late${index}` }),
      }),
    );
    await expect
      .poll(
        async () => {
          const { rows } = await database.owner.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          );
          return rows.length;
        },
        { timeout: 60_000 },
      )
      .toBe(1);
    // The others have come in by then, and wait for the first.
    await sleep(500);
    const ended = end(server, 'SIGTERM');
    await sleep(200);
    await holder.query('commit');
    holder.release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await ended).toBe(0);
    expect((await stored()).filter((id) => id.startsWith('late'))).toHaveLength(30);
  });
});
