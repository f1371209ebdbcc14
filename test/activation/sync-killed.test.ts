import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256 } from '@coterie/ad-formats';
import { syncNow } from '../../api/src/modules/audiences/sync/edit-sync.js';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { addCrowd } from '../audiences/crowd.js';
import { createRandom } from '../isolation/random.js';
import { root } from '../support/process.js';
import { openSyncs, type Syncs } from './open-syncs.js';
import { servePlatform, type ServedPlatform } from './platform-over-http.js';

const isFull = process.env['FULL'] === '1';
const people = isFull ? 120_000 : 6_000;
const kills = isFull ? 10 : 5;
/** So small that there are enough of them left after each kill. */
const batch = isFull ? 2_500 : 300;

const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
const random = createRandom(seed);

let db: Syncs;
let served: ServedPlatform;
let worker: ChildProcess | undefined;

beforeAll(async () => {
  db = await openSyncs();
  db.clock.at = new Date();
  db.platform.limits.batch = batch;
  served = await servePlatform(db.platform);
});
afterAll(async () => {
  worker?.kill('SIGKILL');
  await served?.close();
  await db?.close();
});

async function start(): Promise<void> {
  const args = [db.database.appUrl, db.workspaceId, served.url, String(batch)];
  worker = spawn(
    process.execPath,
    ['--import', '@oxc-node/core/register', join(import.meta.dirname, 'sync-worker.ts'), ...args],
    { cwd: join(root, 'api'), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(worker.stdout!, 'data');
}

/** Waits until so many batches have come, and a moment more. */
async function somewhereIn(batches: number): Promise<void> {
  const when = random.pick(['before', 'after'] as const);
  let left = batches;
  const come = Promise.withResolvers<void>();
  db.platform.onBatch = (_batch, now) => {
    if (now === when && (left -= 1) === 0) come.resolve();
  };
  await come.promise;
  db.platform.onBatch = () => undefined;
  await sleep(random.pick([0, random.next() * 20, random.next() * 200]));
}

async function kill(): Promise<void> {
  worker!.kill('SIGKILL');
  await once(worker!, 'exit');
}

/** Who may be sent, by one plain statement. */
async function eligible(): Promise<string[]> {
  const { rows } = await db.database.owner.query<{ value: string }>(
    `select i.value from contact_identities as i
     join consents as c on c.workspace_id = i.workspace_id and c.ordinal = i.ordinal
     where i.workspace_id = $1 and i.kind = 'email' and c.channel = 'ads' and c.state = 'granted'
       and not exists (
         select from suppressions as s where s.workspace_id = i.workspace_id and s.channel = 'ads'
           and s.kind = i.kind and s.value = i.value)`,
    [db.workspaceId],
  );
  return rows.map(({ value }) => `email:${sha256(value)}`).sort();
}

async function whenDone(id: string): Promise<void> {
  for (;;) {
    const { status } = await db.last(id);
    if (status === 'succeeded') return;
    if (status === 'failed') throw new Error('The sync has failed.');
    await sleep(50);
  }
}

it(
  `a sync of ${people} members whose worker is killed ${kills} times ends with exactly who may be sent, nobody twice (seed ${seed})`,
  { timeout: 900_000 },
  async () => {
    const segmentId = await db.inside(
      async (tx, editor) => (await createSegment(tx, { name: 'Crowd' }, editor)).id,
    );
    await addCrowd(db.database, { workspaceId: db.workspaceId, segmentId, count: people });
    await db.database.owner.query('analyze');
    const id = await db.audience({ segmentId });
    await db.deliver(id);
    await db.edit((editing) => syncNow(editing, id));

    const withdrawOne = (): Promise<void> =>
      db.withdraw(`p${Math.floor(random.next() * people)}@example.com`);
    for (let round = 0; round < kills; round += 1) {
      await start();
      // The first ones while it is planned, the others while a batch is on its way, was taken, or is written down.
      if (round < kills / 5) await sleep(random.next() * 1_500);
      else await somewhereIn(1 + Math.floor(random.next() * 3));
      await kill();
      await withdrawOne();
    }
    const { added, sequence } = await db.last(id);
    await start();
    await whenDone(id);
    // Removals of who withdrew last are a run of their own.
    for (let looks = 0; looks < 200 && db.platform.held(id).length !== (await eligible()).length; looks += 1)
      await sleep(50);
    await whenDone(id);
    await kill();

    expect(db.platform.held(id)).toEqual(await eligible());
    expect(db.platform.doubled).toBe(0);
    expect(await db.held(id)).toBe((await eligible()).length);
    console.info(
      `seed ${seed}: ${people} members, ${kills} kills and withdrawals; ${added} sent in ${sequence} batches ` +
        `before the last start; ${db.platform.batches.length} batches in all, ` +
        `${db.platform.batches.length - new Set(db.platform.batches.map((one) => `${one.session} ${one.sequence}`)).size} of them again`,
    );
    // Undisturbed, for comparison.
    const other = await db.audience({ segmentId });
    await db.deliver(other);
    const begun = performance.now();
    await db.sync(other);
    const seconds = (performance.now() - begun) / 1000;
    console.info(`undisturbed: ${seconds.toFixed(1)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
    expect(db.platform.held(other)).toEqual(await eligible());
  },
);
