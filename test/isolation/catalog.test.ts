import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Who may sign in and where: rows of people, not of tenants. The app role has no right on these at all. */
const directory = ['member_workspaces'];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function names(sql: string, values: unknown[] = []): Promise<string[]> {
  const { rows } = await database.owner.query<{ name: string }>(sql, values);
  return rows.map(({ name }) => name);
}

/** Tables with a workspace_id, partitions aside. */
const tenantTables = `
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> all ('{${directory.join(',')}}')`;

describe('the catalog', () => {
  it('knows the tenant tables', async () => {
    const tables = await names(`select relname as name from (${tenantTables}) t order by relname`);
    expect(tables).toEqual(expect.arrayContaining(['contacts', 'events', 'segments', 'api_keys', 'jobs']));
    expect(tables.length).toBeGreaterThanOrEqual(28);
  });

  it('holds no table outside the tenants and the directory', async () => {
    const others = await names(
      `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not relispartition and oid not in (select oid from (${tenantTables}) t) order by relname`,
    );
    expect(others).toEqual([
      'blueprint_versions',
      'blueprints',
      'invitations',
      'member_workspaces',
      'members',
      'organization_audit_entries',
      'organization_idempotent_requests',
      'organizations',
      'schema_migrations',
      'sessions',
      'sign_in_attempts',
      'users',
      'workspaces',
    ]);
  });

  it('has row-level security enabled and forced on every table but the list of migrations', async () => {
    const open = await names(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and relname <> 'schema_migrations' and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
  });

  it('gives every tenant table a policy for the app role, with a check, on the workspace of the transaction', async () => {
    const unguarded = await names(
      `select relname as name from (${tenantTables}) t where not exists (
         select from pg_policies p where p.schemaname = 'public' and p.tablename = t.relname
           and p.roles = '{coterie_app}' and p.cmd = 'ALL' and p.permissive = 'PERMISSIVE'
           and p.qual like '%workspace_id = %app.workspace_id%'
           and p.with_check like '%workspace_id = %app.workspace_id%')`,
    );
    expect(unguarded).toEqual([]);
  });

  it('gives the app role no second policy that would widen the first', async () => {
    const widening = await names(
      `select tablename || '.' || policyname as name from pg_policies where schemaname = 'public'
         and permissive = 'PERMISSIVE' and roles && '{coterie_app,public}' and policyname not in ('workspace_isolation', 'own_workspace')`,
    );
    expect(widening).toEqual([]);
  });

  it('has workspace_id in every primary and unique key of tenant tables', async () => {
    const leaking = await names(
      `select i.indexrelid::regclass::text as name from pg_index i join (${tenantTables}) t on t.oid = i.indrelid
       where i.indisunique and not exists (
         select from pg_attribute a where a.attrelid = i.indrelid and a.attname = 'workspace_id'
           and a.attnum = any (i.indkey[0:i.indnkeyatts - 1]))`,
    );
    expect(leaking).toEqual([]);
  });

  it('has workspace_id on both sides of every foreign key of tenant tables', async () => {
    const leaking = await names(
      `select conrelid::regclass || '.' || conname as name from pg_constraint f join (${tenantTables}) t on t.oid = f.conrelid
       where f.contype = 'f' and not exists (
         select from generate_subscripts(f.conkey, 1) as place
         join pg_attribute own on own.attrelid = f.conrelid and own.attnum = f.conkey[place]
         join pg_attribute other on other.attrelid = f.confrelid and other.attnum = f.confkey[place]
         where own.attname = 'workspace_id'
           and (other.attname = 'workspace_id' or (f.confrelid = 'workspaces'::regclass and other.attname = 'id')))`,
    );
    expect(leaking).toEqual([]);
  });

  it('grants nobody but the owner a partition', async () => {
    const granted = await names(
      `select c.relname as name from pg_class c, unnest(array['coterie_app', 'coterie_system', 'public']) as who
       where c.relispartition and c.relnamespace = 'public'::regnamespace
         and c.relkind = 'r' and (who <> 'public' and has_table_privilege(who, c.oid, 'select, insert, update, delete')
              or who = 'public' and c.relacl::text like '%=%/%' and c.relacl::text ~ '(^|[{,])=')`,
    );
    expect(granted).toEqual([]);
    expect((await names(`select relname as name from pg_class where relispartition`)).length).toBeGreaterThan(
      10,
    );
  });

  it('has no view, materialised view or foreign table that could lead around the policies', async () => {
    const views = await names(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm', 'f')`,
    );
    expect(views).toEqual([]);
  });

  it('lets both roles own nothing and be exempt from nothing', async () => {
    const { rows } = await database.owner.query(
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
         (select count(*)::int from pg_class where relowner = r.oid) as owned
       from pg_roles r where rolname in ('coterie_app', 'coterie_system') order by rolname`,
    );
    const nothing = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      owned: 0,
    };
    expect(rows).toEqual([
      { rolname: 'coterie_app', ...nothing },
      { rolname: 'coterie_system', ...nothing },
    ]);
  });

  it('lets the system role see customer data in no tenant table, and API keys only to look them up', async () => {
    const seen = await names(
      `select t.relname || ' ' || privilege as name
       from (${tenantTables}) t, unnest(array['select', 'insert', 'update', 'delete']) as privilege
       where has_table_privilege('coterie_system', t.oid, privilege)`,
    );
    expect(seen).toEqual(['api_keys select']);
  });

  it('runs as the owner only in functions that are listed, with a fixed search path, closed to the public', async () => {
    const { rows } = await database.owner.query<{ name: string; fixed: boolean; open: boolean }>(
      `select proname as name, coalesce(proconfig::text like '%search_path=%', false) as fixed,
         coalesce(proacl::text ~ '(^|[{,])=X', true) as open
       from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by proname`,
    );
    expect(rows).toEqual([
      { name: 'enqueue_job', fixed: true, open: false },
      { name: 'ensure_event_partition', fixed: true, open: false },
    ]);
  });
});
