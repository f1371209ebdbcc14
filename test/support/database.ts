import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { roleUrls } from '../../api/src/platform/database/roles.js';

/** A database of a suite's own. */
export interface TestDatabase {
  /** The owner's connection. */
  url: string;
  /** The connections of the two roles that serve requests. */
  appUrl: string;
  systemUrl: string;
  /** A pool of the owner's: it is not bound by row-level security when the owner is a superuser. */
  owner: pg.Pool;
  drop(): Promise<void>;
}

/** Clones the migrated template. @param name of the new database; one that nobody else uses unless given. */
export async function createTestDatabase(
  name = `coterie_test_${randomBytes(6).toString('hex')}`,
): Promise<TestDatabase> {
  const statement = `create database ${name} template ${variable('TEMPLATE_DATABASE')}`;
  await administer(variable('DATABASE_URL'), statement);
  return openTestDatabase(name);
}

/** A database that is there already. */
export function openTestDatabase(name: string): TestDatabase {
  const ownerUrl = variable('DATABASE_URL');
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  const owner = new pg.Pool({ connectionString: url.href, max: 4 });
  owner.on('error', () => undefined);
  const roles = roleUrls(url.href);
  return {
    url: url.href,
    appUrl: roles.app,
    systemUrl: roles.system,
    owner,
    async drop() {
      await owner.end();
      await administer(ownerUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An environment variable that the suites' setup has seen to. */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the suites with \`pnpm test\`.`);
  return value;
}
