import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deleteContact } from '../../api/src/modules/contacts/delete-contact.js';
import { addContacts, addEvents } from '../support/builders.js';
import { root } from '../support/process.js';
import { openMemberships, replayed, type Memberships } from './open-memberships.js';

const isFull = process.env['FULL'] === '1';
/** How often the worker is killed. */
const kills = isFull ? 100 : 8;
const people = isFull ? 2_000 : 300;
const plans = ['free', 'pro', 'gone'];

let db: Memberships;
/** Whoever brings memberships up to date at the moment. */
let worker: ChildProcess;

beforeAll(async () => {
  db = await openMemberships();
  db.clock.at = new Date();
});
afterAll(async () => {
  worker?.kill('SIGKILL');
  await db?.close();
});

async function start(): Promise<void> {
  worker = spawn(
    process.execPath,
    [
      '--import',
      '@oxc-node/core/register',
      join(import.meta.dirname, 'materialise-worker.ts'),
      db.database.appUrl,
      db.workspaceId,
    ],
    { cwd: join(root, 'api'), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(worker.stdout!, 'data');
}

const some = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!;

/** Writes what moves people between the segments, until it is told to stop. */
class Writer {
  writes = 0;
  #stopped = false;
  readonly #running: Promise<void>;

  constructor(readonly name: string) {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const number = (): number => Math.floor(Math.random() * people);
    while (!this.#stopped) {
      const inputs = Array.from({ length: 1 + Math.floor(Math.random() * 40) }, () => ({
        externalId: `${this.name}-${number()}`,
        attributes: { job_title: some(plans) },
      }));
      const taken = await addContacts(db.withWorkspace, db.workspaceId, inputs);
      const [first] = taken;
      const [row] = await db.inside((tx) =>
        tx.query<{ ordinal: number }>('select ordinal from contacts where id = $1', [first!.contactId]),
      );
      if (row && Math.random() < 0.5)
        await addEvents(db.withWorkspace, db.workspaceId, [{ ordinal: row.ordinal, name: 'Bought' }]);
      if (row && Math.random() < 0.1) await db.inside((tx) => deleteContact(tx, first!.contactId));
      this.writes += taken.length;
    }
  }
}

it(
  `each transition is recorded once while people write and the worker is killed ${kills} times`,
  { timeout: 900_000 },
  async () => {
    const inner = await db.add({ rule: { text: 'job_title is "pro"' } });
    const ids = [
      inner,
      await db.add({ rule: { text: 'job_title is "free" and not event "Bought"' } }),
      await db.add({ rule: { text: `not segment "${inner}"` } }),
      await db.add({ rule: { text: 'event "Bought" in last 1 days or job_title is "gone"' } }),
    ];
    await addContacts(
      db.withWorkspace,
      db.workspaceId,
      Array.from({ length: people }, (_, index) => ({
        externalId: `a-${index}`,
        attributes: { job_title: some(plans) },
      })),
    );
    await db.step();
    const first = new Map<string, number[]>();
    for (const id of ids) first.set(id, await db.stored(id));

    const writers = ['a', 'b'].map((name) => new Writer(name));
    for (let round = 0; round < kills; round += 1) {
      await start();
      await sleep(Math.random() * 400);
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    await Promise.all(writers.map((writer) => writer.stop()));
    db.clock.at = new Date();
    await db.step();

    for (const id of ids) {
      const log = await db.log(id);
      expect(log.length).toBeGreaterThan(10);
      expect(replayed(first.get(id)!, log)).toEqual(await db.truth(id));
      expect(await db.stored(id)).toEqual(await db.truth(id));
      expect((await db.standing(id))?.size).toBe((await db.truth(id)).length);
    }
  },
);
