import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, escapeLiteral, type Pool, type PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { CannotStart } from '../errors.js';

/** Serves tenants: sees only the workspace that its transaction is bound to. */
export const appRole = 'coterie_app';
/** Serves the directory and the job queue: sees no customer data. */
export const systemRole = 'coterie_system';

/** Where each role connects. */
export interface RoleUrls {
  app: string;
  system: string;
}

/** Serialises everything that changes roles or the schema, over all processes that serve the database. */
export const migrationLock = 0x636f7465;

/**
 * The connections of both roles on the owner's server. When the owner's URL carries a password, each role has its own,
 * derived from it; when it carries none (trust, certificates), the roles have none either.
 */
export function roleUrls(ownerUrl: string): RoleUrls {
  return { app: urlOf(ownerUrl, appRole), system: urlOf(ownerUrl, systemRole) };
}

function urlOf(ownerUrl: string, role: string): string {
  const url = new URL(ownerUrl);
  const password = passwordOf(ownerUrl, role);
  url.username = role;
  url.password = password ?? '';
  return url.href;
}

function passwordOf(ownerUrl: string, role: string): string | undefined {
  const { password } = new URL(ownerUrl);
  return password
    ? createHmac('sha256', decodeURIComponent(password)).update(role).digest('base64url')
    : undefined;
}

/** Creates the roles, or puts them right. They own nothing and are exempt from nothing. */
export async function prepareRoles(owner: Pool, ownerUrl: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(owner, async (client) => {
        for (const role of [appRole, systemRole]) await prepareRole(client, role, passwordOf(ownerUrl, role));
      });
    } catch (error) {
      if (attempt >= attempts || !isLostRace(error)) throw error;
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}

const attempts = 8;

/**
 * Roles belong to the whole server, and locks to one database: a process that serves another database may be at the same
 * role at the same time. PostgreSQL then lets one of them succeed: XX000 is "tuple concurrently updated", the others
 * say that the role is there by now.
 */
function isLostRace(error: unknown): boolean {
  return ['XX000', '23505', '42710'].includes(String((error as { code?: unknown }).code));
}

async function inTransaction(owner: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function prepareRole(client: PoolClient, role: string, password: string | undefined): Promise<void> {
  const name = escapeIdentifier(role);
  const known = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  const rights = 'login nosuperuser nobypassrls nocreatedb nocreaterole noinherit noreplication';
  if (known.rowCount === 0) await client.query(`create role ${name} ${rights}`);
  if (password) await client.query(`alter role ${name} password ${escapeLiteral(password)}`);
}

interface Exemption {
  role: string;
  reason: string;
}

/**
 * Refuses a role that row-level security does not bind: a superuser, one with BYPASSRLS, the owner of a table, or one
 * that may become such a role. Throws CannotStart with the role's name and the reason.
 */
export async function assertBoundByRowSecurity(connection: DataSource): Promise<void> {
  const rows: Exemption[] = await connection.query(`
    select current_user as role, case
        when reach.rolsuper then 'it is, or may become, a superuser'
        when reach.rolbypassrls then 'it has, or may take on, BYPASSRLS'
        else 'it owns, or may come to own, the table ' || owned.relname
      end as reason
    from pg_roles as reach
    left join lateral (
      select relname from pg_class where relowner = reach.oid and relkind in ('r', 'p')
        and relnamespace = 'public'::regnamespace limit 1
    ) as owned on true
    where pg_has_role(current_user, reach.oid, 'member')
      and (reach.rolsuper or reach.rolbypassrls or owned.relname is not null)
    limit 1`);
  const exempt = rows[0];
  if (exempt) {
    throw new CannotStart(
      `Coterie refuses to serve as the database role ${exempt.role}: ${exempt.reason}, so row-level security would ` +
        'not keep tenants apart. Give DATABASE_URL the owner, and leave APP_DATABASE_URL and SYSTEM_DATABASE_URL ' +
        `unset or point them at ${appRole} and ${systemRole}.`,
    );
  }
}
