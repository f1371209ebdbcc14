/**
 * How fast events come in over HTTP, until they are committed: single ones by `POST /v1/page` and batches of 100 by
 * `POST /v1/batch`, over 1, 10 and 100 connections, to a server in a process of its own; beside inserting the events'
 * rows by `insert … unnest` without anything around it. FULL=1 sends ten times as much.
 */
import { createTestDatabase, variable } from '../../test/support/database.js';
import { startProcess } from '../../test/support/process.js';
import prepareServers from '../../test/support/servers.js';
import { createWorkspace } from '../../test/support/workspaces.js';
import { batchesOfEvents, singleEvents } from './import/people.js';
import { rawInsert } from './ingest/raw-insert.js';
import { percentile, sendAll } from './ingest/send-all.js';
import { judge, report, type Figure } from './support/report.js';

const scale = process.env['FULL'] === '1' ? 10 : 1;

/** How many events each case sends: a second's worth or more of each. */
const cases = [
  { perBatch: 1, connections: 1, events: 1000 },
  { perBatch: 1, connections: 10, events: 4000 },
  { perBatch: 1, connections: 100, events: 10_000 },
  { perBatch: 100, connections: 1, events: 20_000 },
  { perBatch: 100, connections: 10, events: 40_000 },
  { perBatch: 100, connections: 100, events: 50_000 },
];

/** The least that the last case has to reach of the raw insert. */
const target = 1 / 6;

/** Batches of the raw insert, and how many connections insert them; what is fastest is compared with. */
const rawCases = [
  { perBatch: 100, connections: 1 },
  { perBatch: 100, connections: 4 },
  { perBatch: 2500, connections: 1 },
  { perBatch: 2500, connections: 2 },
];

interface Measured {
  name: string;
  workspaceId: string;
  rate: number;
  p50: number;
  p99: number;
}

async function measure(
  url: string,
  { perBatch, connections, events }: (typeof cases)[number],
): Promise<Measured> {
  const workspace = await createWorkspace({ url, database });
  const headers = { authorization: `Basic ${Buffer.from(`${workspace.key}:`).toString('base64')}` };
  const path = perBatch === 1 ? '/v1/page' : '/v1/batch';
  const count = events * scale;
  const texts =
    perBatch === 1 ? singleEvents(count, Date.now()) : batchesOfEvents(count, perBatch, Date.now());
  const bodies = texts.map((text) => Buffer.from(text));
  const { took, latencies } = await sendAll(url, path, headers, bodies, connections);
  await checkStored(workspace.id, count);
  const name = `${perBatch === 1 ? 'single events' : `batches of ${perBatch}`}, ${connections} connections`;
  return {
    name,
    workspaceId: workspace.id,
    rate: (count * 1000) / took,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
  };
}

async function checkStored(workspaceId: string, expected: number): Promise<void> {
  const { rows } = await database.owner.query(
    'select count(*)::int as count from events where workspace_id = $1',
    [workspaceId],
  );
  if (rows[0].count !== expected) throw new Error(`${rows[0].count} of ${expected} events were stored.`);
}

const none = { ratio: null, target: null };

function figuresOf({ name, rate, p50, p99 }: Measured, fastest: number | null): Figure[] {
  const compared = fastest === null ? none : { ratio: rate / fastest, target };
  return [
    { case: name, metric: 'over HTTP until committed', value: rate, unit: 'events/s', ...compared },
    { case: name, metric: 'answered, median', value: p50, unit: 'ms', ...none },
    { case: name, metric: 'answered, 99 of 100', value: p99, unit: 'ms', ...none },
  ];
}

/** Inserts what the last case stored again, in several ways. */
async function measureRaw(workspaceId: string): Promise<{ figures: Figure[]; fastest: number }> {
  const figures: Figure[] = [];
  for (const { perBatch, connections } of rawCases) {
    const { took, rows } = await rawInsert(database.url, workspaceId, perBatch, connections);
    const metric = `${perBatch} rows a statement, ${connections} connections`;
    figures.push({
      case: 'insert … unnest of the same rows',
      metric,
      value: (rows * 1000) / took,
      unit: 'events/s',
      ...none,
    });
  }
  return { figures, fastest: Math.max(...figures.map(({ value }) => value)) };
}

const stopServers = await prepareServers();
const database = await createTestDatabase();
const server = await startProcess({
  environment: { DATABASE_URL: database.url, REDIS_URL: variable('REDIS_URL'), LOG_LEVEL: 'error' },
});
try {
  await server.ready();
  const measured: Measured[] = [];
  for (const each of cases) measured.push(await measure(server.url, each));
  const last = measured.at(-1)!;
  const { figures, fastest } = await measureRaw(last.workspaceId);
  const found = measured.flatMap((each) => figuresOf(each, each === last ? fastest : null));
  report(judge('ingest', [...found, ...figures]), process.argv.includes('--json'));
} finally {
  server.process.kill('SIGTERM');
  await server.ended();
  await database.drop();
  await stopServers();
}
