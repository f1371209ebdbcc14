import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createClient } from 'redis';
import { migrate } from '../../api/src/platform/database/data-source.js';
import { startEmbeddedPostgres } from '../../api/src/platform/database/embedded.js';
import { freePort } from './process.js';

const undo: (() => Promise<void>)[] = [];

/**
 * Runs once before all suites: makes sure of a PostgreSQL and a Redis, and of a migrated database that each suite gets
 * a clone of. What was started here is stopped by the function that is returned.
 */
export default async function prepareServers(): Promise<() => Promise<void>> {
  process.env['DATABASE_URL'] ||= await startPostgres();
  process.env['REDIS_URL'] ||= await startRedis();
  process.env['TEMPLATE_DATABASE'] = await makeTemplate(process.env['DATABASE_URL']);
  return async () => {
    for (const step of undo.toReversed()) await step();
  };
}

async function startPostgres(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'coterie-test-'));
  const server = await startEmbeddedPostgres(directory);
  undo.push(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return server.url;
}

async function startRedis(): Promise<string> {
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  );
  const failed = once(server, 'error').then(([error]) => {
    throw error;
  });
  undo.push(async () => {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  });
  const url = `redis://127.0.0.1:${port}`;
  const client = createClient({ url, socket: { reconnectStrategy: 50 } }).on('error', () => undefined);
  await Promise.race([client.connect(), failed]);
  client.destroy();
  return url;
}

/** A template is named after what is in it, so that a run never takes one that older migrations made. */
async function makeTemplate(ownerUrl: string): Promise<string> {
  const name = `coterie_template_${digestOfMigrations()}_${process.pid}`;
  const admin = new pg.Client({ connectionString: ownerUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  undo.push(async () => {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  });
  return name;
}

function digestOfMigrations(): string {
  const folder = join(import.meta.dirname, '../../api/src/platform/database/migrations');
  const digest = createHash('sha256');
  for (const file of readdirSync(folder).sort()) digest.update(readFileSync(join(folder, file)));
  return digest.digest('hex').slice(0, 12);
}
