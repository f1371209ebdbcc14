import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, variable } from '../../../test/support/database.js';
import { startProcess } from '../../../test/support/process.js';

/** Coterie in a process of its own, with the whole demonstration in a database of its own. */
export interface RunningDemonstration {
  url: string;
  email: string;
  password: string;
  /** How long it took from ready to loaded, in seconds. */
  seconds: number;
  contacts: number;
  companies: number;
  events: number;
  stop(): Promise<void>;
}

const said =
  /loaded: (\d+) contacts, (\d+) companies and (\d+) events in \d+ s\s+Sign in with (\S+) and (\S+)/;

/** @param mostSeconds after which it is given up. */
export async function startDemonstration(mostSeconds: number): Promise<RunningDemonstration> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'coterie-demo-'));
  const server = await startProcess({
    command: [process.execPath, 'api/dist/main.js', 'demo'],
    environment: { DATABASE_URL: database.url, REDIS_URL: variable('REDIS_URL'), DATA_DIR: folder },
  });
  async function stop(): Promise<void> {
    server.process.kill('SIGTERM');
    await server.ended();
    await database.drop();
    await rm(folder, { recursive: true });
  }
  try {
    await server.ready();
    const begun = Date.now();
    while (!said.test(server.output()) && Date.now() - begun < mostSeconds * 1000) await sleep(100);
    const loaded = said.exec(server.output());
    if (!loaded) throw new Error(`The demonstration was not loaded:\n${server.output()}`);
    const [, contacts, companies, events, email = '', password = ''] = loaded;
    return {
      url: server.url,
      email,
      password,
      seconds: (Date.now() - begun) / 1000,
      contacts: Number(contacts),
      companies: Number(companies),
      events: Number(events),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
