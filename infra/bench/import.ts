/**
 * How fast data come in, beside COPY of the same rows.
 *
 * A CSV file through upload and job, and `POST /v1/batch`, both over HTTP and until committed. FULL=1 takes ten times
 * as much.
 */
import { Client } from 'pg';
import { createWorkspace, type TestWorkspace } from '../../test/support/workspaces.js';
import prepareServers from '../../test/support/servers.js';
import { startTestApp, type TestApp } from '../../test/support/app.js';
import { measureCopy } from './import/copy-baseline.js';
import { batchesOfEvents, csvOfPeople } from './import/people.js';
import { judge, report, type Figure } from './support/report.js';

const scale = process.env['FULL'] === '1' ? 10 : 1;
const people = 20_000 * scale;
const events = 50_000 * scale;

/** A batch of this many page views is a little under the 500 KB that a request may have. */
const eventsPerBatch = 1000;
const connections = 4;

/** What an import writes to. */
const peopleTables = [
  'companies',
  'company_attributes',
  'contacts',
  'contact_identities',
  'contact_attributes',
  'consents',
  'consent_history',
  'changes',
];

/** What events of unknown visitors write to. */
const eventTables = [
  'contacts',
  'contact_identities',
  'contact_attributes',
  'event_messages',
  'events',
  'changes',
];

async function benchCsv(app: TestApp, owner: Client): Promise<Figure[]> {
  const workspace = await createWorkspace(app);
  const csv = csvOfPeople(people);
  const begin = performance.now();
  await importFile(app, workspace, csv);
  const took = performance.now() - begin;
  const copy = await measureCopy(owner, workspace.id, peopleTables);
  return figures('csv', 'rows', people, took, copy, 1 / 8);
}

async function importFile(app: TestApp, workspace: TestWorkspace, csv: string): Promise<void> {
  const response = await fetch(`${app.url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
    body: csv,
  });
  if (response.status !== 202)
    throw new Error(`The upload was answered with ${response.status}: ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  for (;;) {
    const { rows } = await app.database.owner.query('select state, progress, error from jobs where id = $1', [
      id,
    ]);
    const { state, progress, error } = rows[0];
    if (state === 'succeeded' && progress.created === people) return;
    if (state !== 'queued' && state !== 'running')
      throw new Error(`The import went wrong: ${JSON.stringify({ state, progress, error })}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function benchEvents(app: TestApp, owner: Client): Promise<Figure[]> {
  const workspace = await createWorkspace(app);
  const bodies = batchesOfEvents(events, eventsPerBatch, Date.now());
  const begin = performance.now();
  await Promise.all(Array.from({ length: connections }, () => sendAll(app, workspace, bodies)));
  const took = performance.now() - begin;
  const { rows } = await owner.query('select count(*)::int as count from events where workspace_id = $1', [
    workspace.id,
  ]);
  if (rows[0].count !== events) throw new Error(`${rows[0].count} of ${events} events were stored.`);
  const copy = await measureCopy(owner, workspace.id, eventTables);
  return figures('events', 'events', events, took, copy, 1 / 10);
}

/** Sends what is left until nothing is. */
async function sendAll(app: TestApp, workspace: TestWorkspace, bodies: string[]): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${workspace.key}:`).toString('base64')}`;
  for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${app.url}/v1/batch`, { method: 'POST', headers, body });
    const answer = await response.text();
    if (!response.ok) throw new Error(`A batch was answered with ${response.status}: ${answer}`);
  }
}

function figures(
  name: string,
  what: string,
  count: number,
  took: number,
  copy: Awaited<ReturnType<typeof measureCopy>>,
  target: number,
): Figure[] {
  const rate = (milliseconds: number): number => (count * 1000) / milliseconds;
  const unit = `${what}/s`;
  const none = { ratio: null, target: null };
  return [
    {
      case: name,
      metric: 'over HTTP until committed',
      value: rate(took),
      unit,
      ratio: copy.same / took,
      target,
    },
    { case: name, metric: 'COPY, same indexes and constraints', value: rate(copy.same), unit, ...none },
    { case: name, metric: 'COPY, bare tables', value: rate(copy.bare), unit, ...none },
    { case: name, metric: 'rows in all tables', value: copy.rows, unit: 'rows', ...none },
  ];
}

const stopServers = await prepareServers();
const app = await startTestApp();
const owner = new Client({ connectionString: app.database.url });
try {
  await owner.connect();
  const found = [...(await benchCsv(app, owner)), ...(await benchEvents(app, owner))];
  report(judge('import', found), process.argv.includes('--json'));
} finally {
  await owner.end();
  await app.close();
  await stopServers();
}
