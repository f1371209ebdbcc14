import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant, type Tenant } from './tenants.js';

let database: TestDatabase;
let app: pg.Client;
let victim: Tenant;
let attacker: Tenant;
let tables: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  [victim, attacker] = [await createTenant(database.owner), await createTenant(database.owner)];
  const { rows } = await database.owner.query<{ relname: string }>(
    `select distinct c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> 'member_workspaces' order by c.relname`,
  );
  tables = rows.map(({ relname }) => relname);
  app = new pg.Client({ connectionString: database.appUrl });
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await database.drop();
});

/** Runs a statement under the app role with a workspace set, and undoes it. */
async function asApp(
  workspace: string | undefined,
  statement: string,
  values: unknown[] = [],
): Promise<pg.QueryResult> {
  await app.query('begin');
  try {
    if (workspace !== undefined)
      await app.query(`select set_config('app.workspace_id', $1, true)`, [workspace]);
    return await app.query(statement, values);
  } finally {
    await app.query('rollback');
  }
}

/** How many rows it touched; 'refused' when PostgreSQL would not even run it. */
async function touched(
  workspace: string | undefined,
  statement: string,
  values?: unknown[],
): Promise<number | 'refused'> {
  try {
    return (await asApp(workspace, statement, values)).rowCount ?? 0;
  } catch (error) {
    // Insufficient privilege (which a violated policy is, too) or a workspace that is no UUID.
    const { code } = error as pg.DatabaseError;
    if (code === '42501' || code === '22P02') return 'refused';
    throw error;
  }
}

const harmless = (outcome: number | 'refused'): boolean => outcome === 0 || outcome === 'refused';

const workspaces: [name: string, value: () => string | undefined][] = [
  ['no workspace', () => undefined],
  ['an empty workspace', () => ''],
  ['a garbage workspace', () => `' or true --`],
  ['a random workspace', () => randomUUID()],
  ['a foreign workspace', () => attacker.workspaceId],
];

it('every tenant table holds a row of the victim, which the victim sees', async () => {
  for (const table of tables) {
    const { rowCount } = await asApp(victim.workspaceId, `select 1 from ${table}`);
    expect(rowCount, table).toBeGreaterThan(0);
  }
});

describe.each(workspaces)('under the app role with %s', (_name, workspace) => {
  it('no row of the victim is seen', async () => {
    for (const table of tables) {
      const seen = await touched(workspace(), `select 1 from ${table} where workspace_id = $1`, [
        victim.workspaceId,
      ]);
      expect(harmless(seen), `${table}: ${seen}`).toBe(true);
    }
  });

  it('no row of the victim is changed or removed', async () => {
    for (const table of tables) {
      const change = `update ${table} set workspace_id = workspace_id where workspace_id = $1`;
      const changed = await touched(workspace(), change, [victim.workspaceId]);
      const removed = await touched(workspace(), `delete from ${table} where workspace_id = $1`, [
        victim.workspaceId,
      ]);
      expect([harmless(changed), harmless(removed)], table).toEqual([true, true]);
    }
  });

  it('no row is written into the victim', async () => {
    for (const table of tables) {
      const { rows } = await database.owner.query(
        `select to_jsonb(t) as row from ${table} t where workspace_id = $1 limit 1`,
        [victim.workspaceId],
      );
      const insert = `insert into ${table} select (jsonb_populate_record(null::${table}, $1)).*`;
      expect(await touched(workspace(), insert, [JSON.stringify(rows[0].row)]), table).toBe('refused');
    }
  });

  it('nothing that matters can be asked for all tenants at once', async () => {
    for (const table of tables) {
      const { rowCount: own } = await database.owner.query(`select 1 from ${table} where workspace_id = $1`, [
        attacker.workspaceId,
      ]);
      const seen = await touched(workspace(), `select 1 from ${table}`);
      expect(seen === 'refused' || seen <= (own ?? 0), table).toBe(true);
    }
  });
});

it('a row cannot be moved from one tenant to another', async () => {
  for (const table of tables) {
    const moved = await touched(attacker.workspaceId, `update ${table} set workspace_id = $1`, [
      victim.workspaceId,
    ]);
    expect(moved, table).toBe('refused');
  }
});

it('a foreign key does not tell whether a row of another tenant exists', async () => {
  const attempt = (companyId: string): Promise<string> =>
    asApp(
      attacker.workspaceId,
      'insert into contacts (workspace_id, id, ordinal, company_id) values ($1, $2, 99, $3)',
      [attacker.workspaceId, randomUUID(), companyId],
    ).then(
      () => 'taken',
      (error: pg.DatabaseError) => `${error.code} ${error.constraint}`,
    );
  expect(await attempt(victim.companyId)).toBe(await attempt(randomUUID()));
  expect(await attempt(attacker.companyId)).toBe('taken');
});

it('the app role cannot reach the directory, a partition, or another role', async () => {
  const partition = (
    await database.owner.query<{ name: string }>(
      `select relname as name from pg_class where relispartition and relkind = 'r' limit 1`,
    )
  ).rows[0]?.name;
  const statements = ['users', 'sessions', 'members', 'invitations', 'organizations', partition].map(
    (table) => `select 1 from ${table}`,
  );
  for (const statement of [...statements, 'set role coterie_system', 'select 1 from graphile_worker.jobs']) {
    expect(await touched(victim.workspaceId, statement), statement).toBe('refused');
  }
});
