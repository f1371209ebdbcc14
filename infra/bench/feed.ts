/**
 * What the change feed adds to writing: the same batches of events are taken in with it and without it, in turn, each
 * into a workspace of its own. What is switched off is the noting of changes, in this bench alone.
 */
import { createWorkspace } from '../../test/support/workspaces.js';
import { createTestDatabase } from '../../test/support/database.js';
import prepareServers from '../../test/support/servers.js';
import { createAcceptBatch, type AcceptBatch } from '../../api/src/modules/ingestion/accept-batch.js';
import type { Incoming } from '../../api/src/modules/ingestion/incoming.js';
import { toIncoming } from '../../api/src/modules/ingestion/segment-incoming.js';
import { systemClock } from '../../api/src/platform/clock.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace, type WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { Metrics } from '../../api/src/platform/metrics/metrics.js';
import { UsageMeter } from '../../api/src/platform/usage.js';
import { batchesOfEvents } from './import/people.js';
import { percentile } from './ingest/send-all.js';
import { judge, report, type Figure } from './support/report.js';

const scale = process.env['FULL'] === '1' ? 10 : 1;
const rounds = 12;
const warmUps = 2;
const eventsPerRound = 4000 * scale;
const eventsPerBatch = 100;
const connections = 4;

/** How many times as long writing may take with the feed. */
const most = 1.25;

/** Whoever takes batches in, and the workspace that they go into. */
interface Writer {
  accept: AcceptBatch;
  workspace: Parameters<AcceptBatch>[0];
  /** Milliseconds of each round. */
  times: number[];
}

/** The way in, with changes noted nowhere. */
function withoutFeed(withWorkspace: WithWorkspace): WithWorkspace {
  return (workspaceId, work, options) =>
    withWorkspace(workspaceId, (tx) => work({ ...tx, changed: () => undefined }), options);
}

async function openWriter(withWorkspace: WithWorkspace): Promise<Writer> {
  const services = {
    withWorkspace,
    clock: systemClock,
    metrics: new Metrics(),
    meter: new UsageMeter(systemClock),
    quotas: { require: async () => undefined, countCall: async () => undefined },
  };
  const { id, organizationId } = await createWorkspace({ url: '', database });
  const workspace = { id, organizationId, name: 'Acme', timeZone: 'UTC', defaultCountry: null, role: null };
  return {
    accept: createAcceptBatch(services, { databasePoolSize: 2 * connections }),
    workspace,
    times: [],
  };
}

/** The batches of a round: each event is of another message than those of other rounds. */
function batchesOf(round: number): Incoming[][] {
  const receivedAt = new Date();
  return batchesOfEvents(eventsPerRound, eventsPerBatch, Date.now()).map((body) => {
    const { batch } = JSON.parse(body) as { batch: { messageId: string }[] };
    return batch.map((message) =>
      toIncoming(
        { ...message, messageId: `${round}-${message.messageId}` },
        { receivedAt, sentAt: undefined },
      ),
    );
  });
}

async function write({ accept, workspace, times }: Writer, batches: Incoming[][]): Promise<void> {
  const left = [...batches];
  const send = async (): Promise<void> => {
    for (let batch = left.pop(); batch; batch = left.pop()) {
      const outcomes = await accept(workspace, batch, null);
      if (outcomes.some(({ status }) => status !== 'stored')) throw new Error('An event was not stored.');
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: connections }, send));
  times.push(performance.now() - begin);
}

async function changesOf({ workspace }: Writer): Promise<number> {
  const { rows } = await database.owner.query(
    'select count(*)::int as count from changes where workspace_id = $1',
    [workspace.id],
  );
  return rows[0].count;
}

const none = { ratio: null, target: null };

function figureOf(name: string, writer: Writer, ratio: number | null): Figure {
  const value = (eventsPerRound * 1000) / median(writer);
  const compared: Pick<Figure, 'ratio' | 'target' | 'better'> =
    ratio === null ? none : { ratio, target: most, better: 'less' };
  return { case: name, metric: 'until committed', value, unit: 'events/s', ...compared };
}

/** The first rounds make the contacts, and wake everything up. */
function median({ times }: Writer): number {
  return percentile(
    times.slice(warmUps).toSorted((one, other) => one - other),
    50,
  );
}

const stopServers = await prepareServers();
const database = await createTestDatabase();
const dataSource = createDataSource({
  url: database.appUrl,
  poolSize: 2 * connections,
  name: 'bench',
  onConnectionError: () => undefined,
});
try {
  await dataSource.initialize();
  const withWorkspace = createWithWorkspace(dataSource);
  const noting = await openWriter(withWorkspace);
  const silent = await openWriter(withoutFeed(withWorkspace));
  for (let round = 0; round < rounds; round += 1) {
    const batches = batchesOf(round);
    // Whoever goes second finds more in PostgreSQL's memory: each does so as often as the other.
    for (const writer of round % 2 === 0 ? [noting, silent] : [silent, noting]) await write(writer, batches);
  }
  report(
    judge('feed', [
      figureOf('without the change feed', silent, null),
      figureOf('with the change feed', noting, median(noting) / median(silent)),
      {
        case: 'with the change feed',
        metric: 'entries',
        value: await changesOf(noting),
        unit: 'rows',
        ...none,
      },
      {
        case: 'without the change feed',
        metric: 'entries',
        value: await changesOf(silent),
        unit: 'rows',
        ...none,
      },
    ]),
    process.argv.includes('--json'),
  );
} finally {
  await dataSource.destroy();
  await database.drop();
  await stopServers();
}
