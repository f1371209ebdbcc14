import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, variable, type TestDatabase } from '../support/database.js';
import { answers, startProcess, type CoterieProcess, type ProcessOptions } from '../support/process.js';

const person = { email: 'kim@example.com', password: 'a long enough password' };
let folder: string;
const started: CoterieProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coterie-start-'));
});

afterAll(async () => {
  for (const coterie of started) {
    coterie.process.kill('SIGTERM');
    await coterie.ended();
  }
  await rm(folder, { recursive: true });
});

/** Starts Coterie with its data in the suite's folder, unless the environment says otherwise. */
async function start({ environment, ...options }: ProcessOptions = {}): Promise<CoterieProcess> {
  const coterie = await startProcess({ ...options, environment: { DATA_DIR: folder, ...environment } });
  started.push(coterie);
  return coterie;
}

async function startReady(options?: ProcessOptions): Promise<CoterieProcess> {
  const coterie = await start(options);
  await coterie.ready();
  return coterie;
}

/** What a start prints that cannot succeed. */
async function refusal(environment: Record<string, string>): Promise<string> {
  const coterie = await start({ environment });
  expect(await coterie.ended()).toBe(1);
  return coterie.output();
}

async function mutate(coterie: CoterieProcess, name: string, input: object): Promise<unknown> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const response = await fetch(`${coterie.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `mutation ($input: ${type}!) { ${name}(input: $input) { user { email } } }`,
      variables: { input },
    }),
  });
  return ((await response.json()) as { data: Record<string, unknown> }).data[name];
}

const signUp = (coterie: CoterieProcess): Promise<unknown> =>
  mutate(coterie, 'signUp', { ...person, name: 'Kim', organizationName: 'Acme', workspaceName: 'Shop' });

const expectToKnowThePerson = async (coterie: CoterieProcess): Promise<void> =>
  expect(await mutate(coterie, 'signIn', person)).toEqual({ user: { email: person.email } });

async function stop(coterie: CoterieProcess, signal: NodeJS.Signals): Promise<number | null> {
  coterie.process.kill(signal);
  return coterie.ended();
}

describe('without a database of its own, one start after the other on the same folder', () => {
  let coterie: CoterieProcess;

  it('says in a few lines where it is, where the data are, how to stop it and how to fill it', async () => {
    coterie = await startReady();
    const { port } = new URL(coterie.url);
    await expect.poll(() => coterie.output()).toContain('Empty');
    expect(coterie.output().split('\n')).toEqual([
      `Coterie is ready at http://localhost:${port}`,
      `  Data   in ${folder} (embedded PostgreSQL)`,
      '  Cache  in this process (no REDIS_URL)',
      '  Stop   Ctrl-C',
      '  Empty  create your organization there, or start with `demo` to see one with half a year of data',
      '',
    ]);
  });

  it('keeps the password of its PostgreSQL to itself', () => {
    expect(statSync(join(folder, 'postgres.password')).mode & 0o077).toBe(0);
  });

  it('leaves the folder alone when another Coterie works with it', async () => {
    expect(await refusal({})).toBe(
      `Coterie runs already (process ${coterie.process.pid}) with its data in ${folder}: stop it, or choose another DATA_DIR.\n`,
    );
    expect(await answers(`${coterie.url}/readyz`)).toBe(true);
  });

  it('stops cleanly on SIGINT, as Ctrl-C sends it, and keeps its data', async () => {
    await signUp(coterie);
    expect(await stop(coterie, 'SIGINT')).toBe(0);
    coterie = await startReady();
    await expectToKnowThePerson(coterie);
    expect(coterie.output()).not.toContain('Empty');
  });

  it('takes over from a process that was killed, with everything that was committed', async () => {
    await stop(coterie, 'SIGKILL');
    coterie = await startReady();
    await expectToKnowThePerson(coterie);
  });

  it('stops cleanly on SIGHUP, when its terminal is closed', async () => {
    expect(await stop(coterie, 'SIGHUP')).toBe(0);
  });

  it('ends when only pnpm, which started it, is told to', async () => {
    coterie = await startReady({ command: ['pnpm', 'start'] });
    await stop(coterie, 'SIGTERM');
    await expect.poll(() => answers(`${coterie.url}/healthz`), { timeout: 30_000 }).toBe(false);
  });
});

describe('a start that cannot succeed says why in one line and ends with 1', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  it('for settings that cannot be used, naming all of them', async () => {
    expect(await refusal({ PORT: 'abc', TRUST_PROXY: 'maybe', DATABASE_URL: 'mysql://x' })).toBe(
      'These settings cannot be used: PORT must be a whole number; DATABASE_URL must be a URL that begins with ' +
        'postgres:// or postgresql://; TRUST_PROXY must be true or false.\n',
    );
  });

  it('for a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const PORT = String((other.address() as { port: number }).port);
    const output = await refusal({ PORT, DATABASE_URL: database.url });
    other.close();
    expect(output).toBe(
      `Port ${PORT} of 127.0.0.1 is in use: stop what uses it, or set PORT to another one.\n`,
    );
  });

  it('for an address of another machine', async () => {
    expect(await refusal({ HOST: '192.0.2.1', PORT: '4000', DATABASE_URL: database.url })).toBe(
      'Coterie cannot listen on PORT 4000 of HOST 192.0.2.1 (EADDRNOTAVAIL).\n',
    );
  });

  it('for a data folder that cannot be', async () => {
    const file = join(import.meta.filename, 'data');
    expect(await refusal({ DATA_DIR: file })).toMatch(
      new RegExp(`^DATA_DIR ${file} cannot be written to \\(ENOTDIR\\): .+\\n$`),
    );
  });

  it('for a server that does not answer, without the password', async () => {
    const output = await refusal({ DATABASE_URL: 'postgres://kim:secret@127.0.0.1:1/coterie' });
    expect(output).toBe(
      'PostgreSQL at 127.0.0.1:1/coterie (DATABASE_URL) cannot be used: connect ECONNREFUSED 127.0.0.1:1.\n',
    );
  });

  it('for a database that does not exist', async () => {
    const url = new URL(variable('DATABASE_URL'));
    url.pathname = '/no-such-database';
    expect(await refusal({ DATABASE_URL: url.href })).toBe(
      `PostgreSQL at ${url.host}/no-such-database (DATABASE_URL) cannot be used: database "no-such-database" does not exist.\n`,
    );
  });

  it('for a role that row-level security does not bind', async () => {
    const { url } = database;
    expect(await refusal({ DATABASE_URL: url, APP_DATABASE_URL: url })).toMatch(
      /^Coterie refuses to serve as the database role \S+: it is, or may become, a superuser, so .+\n$/,
    );
  });

  it('for a word it does not know', async () => {
    const coterie = await start({ command: [process.execPath, 'api/dist/main.js', 'everything'] });
    expect(await coterie.ended()).toBe(1);
    expect(coterie.output()).toBe('Say what to run: all, http, worker, demo.\n');
  });
});

describe('the scripts beside it', () => {
  const run = async (script: string, ...args: string[]): Promise<{ code: number | null; output: string }> => {
    const child = await startProcess({ command: [process.execPath, `infra/scripts/${script}.mjs`, ...args] });
    return { code: await child.ended(), output: child.output() };
  };

  it('list the benchmarks when none is named', async () => {
    const { code, output } = await run('bench');
    expect(code).toBe(0);
    expect(output).toMatch(/^ {2}import +How fast data come in, beside COPY of the same rows\.$/m);
  });

  it('list the suites and packages when a test is asked for that does not exist', async () => {
    const { code, output } = await run('test', 'nonsense');
    expect(code).toBe(1);
    expect(output).toMatch(
      /^There is no suite nonsense\.\n {2}Suites: .*\bmain-job\b.*\n {2}Packages: .*\brules\b/,
    );
  });
});
