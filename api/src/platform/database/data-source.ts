import { runMigrations } from 'graphile-worker';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { CannotStart } from '../errors.js';
import { migrations } from './migrations/index.js';
import { migrationLock, prepareRoles } from './roles.js';

/** How a data source connects. */
export interface ConnectionOptions {
  url: string;
  poolSize: number;
  /** Shown in pg_stat_activity. */
  name: string;
  /** How long a statement may take; without a limit unless given. */
  statementSeconds?: number;
  /** Hears of connections that were lost while idle; the pool replaces them by itself. */
  onConnectionError: (error: unknown) => void;
}

/** How long a connection may take to come about. */
const patienceMs = 5000;

/** How long a statement waits for a row or a table that somebody else holds. */
const lockSeconds = 10;

/** How long a transaction may do nothing: whoever left it open holds what it locked. */
const idleSeconds = 60;

/** Makes a pool of connections for one role; `initialize()` opens it. */
export function createDataSource(options: ConnectionOptions): DataSource {
  const source: DataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    poolSize: options.poolSize,
    applicationName: options.name,
    // A pool that was ended is done before its connections are: a server that stops right after ends the last ones.
    poolErrorHandler: (error: unknown) => {
      if (source.isInitialized) options.onConnectionError(error);
    },
    extra: { connectionTimeoutMillis: patienceMs, ...timeLimits(options) },
    synchronize: false,
    logging: false,
  });
  return source;
}

function timeLimits({ statementSeconds }: ConnectionOptions): Record<string, number> {
  if (statementSeconds === undefined) return {};
  return {
    statement_timeout: statementSeconds * 1000,
    lock_timeout: lockSeconds * 1000,
    idle_in_transaction_session_timeout: idleSeconds * 1000,
  };
}

/** The oldest PostgreSQL that Coterie is tested on, as its `server_version_num` counts. */
const oldestServer = 150_000;

/**
 * Brings the schema up to date: roles, tables, the job queue. Safe to run from several processes at once, and quick
 * when there is nothing to do.
 * @param ownerUrl the connection of the role that owns the tables. Throws CannotStart when the server is too old.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const pool = new Pool({
    connectionString: ownerUrl,
    max: 2,
    application_name: 'coterie migrations',
    connectionTimeoutMillis: patienceMs,
  });
  // A connection that breaks fails the query that it served; nothing else is to be done about it here.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await checkVersion(pool);
    await prepareRoles(pool, ownerUrl);
    await underLock(pool, async () => {
      await migrateTables(ownerUrl);
      await runMigrations({ pgPool: pool });
      await pool.query(queueGrants);
    });
  } finally {
    await pool.end();
  }
}

async function checkVersion(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ number: number; name: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as name`,
  );
  const version = rows[0];
  if (version && version.number < oldestServer)
    throw new CannotStart(`Coterie needs PostgreSQL 15 or newer; DATABASE_URL leads to ${version.name}.`);
}

async function underLock(pool: Pool, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    client.release();
  }
}

async function migrateTables(ownerUrl: string): Promise<void> {
  const owner = await new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations,
    migrationsTableName: 'schema_migrations',
    poolSize: 1,
  }).initialize();
  try {
    await owner.runMigrations({ transaction: 'each' });
  } finally {
    await owner.destroy();
  }
}

/**
 * The worker runs as the system role, which owns nothing, so it is let into the queue's schema. Tenants' transactions
 * may only add to the queue, and only through this function.
 */
const queueGrants = `
  begin;
  grant usage on schema graphile_worker to coterie_system;
  grant select, insert, update, delete on all tables in schema graphile_worker to coterie_system;
  grant usage, select on all sequences in schema graphile_worker to coterie_system;
  grant execute on all functions in schema graphile_worker to coterie_system;
  do $$
  declare queue_table record;
  begin
    for queue_table in
      select c.relname from pg_class c
      where c.relnamespace = 'graphile_worker'::regnamespace and c.relkind = 'r' and c.relrowsecurity
        and not exists (select from pg_policies p
                        where p.schemaname = 'graphile_worker' and p.tablename = c.relname and p.policyname = 'worker')
    loop
      execute format('create policy worker on graphile_worker.%I to coterie_system using (true) with check (true)',
                     queue_table.relname);
    end loop;
  end $$;
  drop function if exists enqueue_job(text, json, timestamptz, int, text);
  create or replace function enqueue_job(task text, payload json, run_at timestamptz, max_attempts int, job_key text,
                                         queue text default null)
    returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
      select graphile_worker.add_job(task, payload, queue, run_at => coalesce(run_at, now()),
                                     max_attempts => max_attempts, job_key => job_key)
    $$;
  revoke all on function enqueue_job(text, json, timestamptz, int, text, text) from public;
  grant execute on function enqueue_job(text, json, timestamptz, int, text, text) to coterie_app, coterie_system;
  commit;
`;
