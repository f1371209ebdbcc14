import { Client } from 'pg';
import type { Logger } from 'pino';

/** How often it is looked for jobs of workers that are no more, in milliseconds. */
const lookEvery = 15_000;
/** A job is left alone for its first seconds: its worker may not have shown its presence yet. */
const leftAloneFor = '30 seconds';
/** Sets the locks apart from all other advisory locks. */
const lockClass = 1_701_996;

/** Shows which workers live here, and frees what the dead ones held. */
export interface Presence {
  stop(): Promise<void>;
}

/**
 * A worker that is killed leaves its jobs locked, and the queue would not hand them out again for hours. So each worker
 * holds an advisory lock for as long as its process is connected; jobs of a worker without one are given back.
 * @param own the ids of the workers of this process.
 */
export async function showPresence(
  url: string,
  own: () => Iterable<string>,
  log: Pick<Logger, 'warn' | 'info'>,
): Promise<Presence> {
  let client: Client | undefined;
  let held = new Set<string>();
  let looking: Promise<void> = Promise.resolve();

  async function connect(): Promise<Client> {
    const fresh = new Client({
      connectionString: url,
      application_name: 'coterie presence',
      keepAlive: true,
    });
    // The locks are gone with the connection: the next look takes them again.
    const forget = (): void => {
      if (client === fresh) client = undefined;
    };
    fresh.on('error', forget).on('end', forget);
    await fresh.connect();
    held = new Set();
    return (client = fresh);
  }

  async function look(): Promise<void> {
    const session = client ?? (await connect());
    for (const id of own()) {
      if (!held.has(id)) await session.query('select pg_advisory_lock($1, hashtext($2))', [lockClass, id]);
      held.add(id);
    }
    const { rows } = await session.query<{ id: string }>(
      `select locked_by as id from graphile_worker._private_jobs
       where locked_by <> all($1::text[]) and locked_at < now() - $2::interval
       union select locked_by from graphile_worker._private_job_queues
       where locked_by <> all($1::text[]) and locked_at < now() - $2::interval`,
      [[...held], leftAloneFor],
    );
    for (const { id } of rows) await freeIfDead(session, id);
  }

  async function freeIfDead(session: Client, id: string): Promise<void> {
    const { rows } = await session.query<{ dead: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as dead',
      [lockClass, id],
    );
    if (!rows[0]?.dead) return;
    try {
      await session.query('select graphile_worker.force_unlock_workers(array[$1])', [id]);
      log.info({ worker: id }, 'jobs of a worker that is gone can be taken up again');
    } finally {
      await session.query('select pg_advisory_unlock($1, hashtext($2))', [lockClass, id]);
    }
  }

  const lookAgain = (): void => {
    looking = looking.then(look).catch((error: unknown) => {
      log.warn({ err: error }, 'jobs of lost workers could not be looked for');
    });
  };
  lookAgain();
  await looking;
  const timer = setInterval(lookAgain, lookEvery);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await client?.end();
    },
  };
}
