/**
 * How long the start command takes to load the whole demonstration into an empty database, in a process of its own and
 * over the public API; a minute is asked for.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, variable } from '../../test/support/database.js';
import { startProcess } from '../../test/support/process.js';
import prepareServers from '../../test/support/servers.js';
import { judge, report } from './support/report.js';

/** In seconds. */
const asked = 60;
const said = /loaded: (\d+) contacts, (\d+) companies and (\d+) events in (\d+) s/;

const stopServers = await prepareServers();
const database = await createTestDatabase();
const folder = await mkdtemp(join(tmpdir(), 'coterie-demo-'));
const server = await startProcess({
  command: [process.execPath, 'api/dist/main.js', 'demo'],
  environment: { DATABASE_URL: database.url, REDIS_URL: variable('REDIS_URL'), DATA_DIR: folder },
});
try {
  await server.ready();
  const begun = Date.now();
  while (!said.test(server.output()) && Date.now() - begun < 10 * asked * 1000) await sleep(100);
  const seconds = (Date.now() - begun) / 1000;
  const loaded = said.exec(server.output());
  if (!loaded) throw new Error(`The demonstration was not loaded:\n${server.output()}`);
  const [, contacts, companies, events] = loaded.map(Number);
  const none = { ratio: null, target: null };
  const figure = (metric: string, value: number, unit: string) => ({
    case: 'demonstration',
    metric,
    value,
    unit,
  });
  report(
    judge('demo', [
      { ...figure('from ready to loaded', seconds, 's'), ratio: asked / seconds, target: 1 },
      { ...figure('contacts', contacts!, 'rows'), ...none },
      { ...figure('companies', companies!, 'rows'), ...none },
      { ...figure('events', events!, 'rows'), ...none },
    ]),
    process.argv.includes('--json'),
  );
} finally {
  server.process.kill('SIGTERM');
  await server.ended();
  await database.drop();
  await rm(folder, { recursive: true });
  await stopServers();
}
