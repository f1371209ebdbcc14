import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startWorker } from '../../api/src/platform/jobs/worker.js';
import { createLog } from '../../api/src/platform/log.js';
import { Metrics } from '../../api/src/platform/metrics/metrics.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace } from '../support/workspaces.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({}, { part: 'http' });
});
afterAll(() => app?.close());

it('queues the imports of a workspace one behind the other, and those of others beside them', async () => {
  const workspaces = [await createWorkspace(app), await createWorkspace(app)] as const;
  for (const { key } of [workspaces[0], workspaces[0], workspaces[1]]) {
    const upload = await fetch(`${app.url}/v1/imports?fileName=a.csv`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
      body: 'email\nada@example.com\n',
    });
    expect(upload.status).toBe(202);
  }
  const { rows } = await app.database.owner.query<{ queue_name: string }>(
    `select queue_name from graphile_worker.jobs where task_identifier = 'import' order by id`,
  );
  const [first, second] = workspaces.map(({ id }) => `import:${id}`);
  expect(rows.map((row) => row.queue_name)).toEqual([first, first, second]);
});

it('does short jobs while more long ones are under way than it takes at a time', async () => {
  const long = Promise.withResolvers<void>();
  const [begun, done] = [vi.fn<() => void>(), vi.fn<() => void>()];
  const worker = await startWorker({
    url: app.database.systemUrl,
    tasks: { short: async () => done() },
    longTasks: {
      long: async () => {
        begun();
        await long.promise;
      },
    },
    crontab: '',
    concurrency: 1,
    log: createLog('silent'),
    metrics: new Metrics(),
  });
  try {
    for (const task of ['long', 'long', 'short'])
      await app.database.owner.query('select graphile_worker.add_job($1)', [task]);
    await vi.waitFor(() => expect(done).toHaveBeenCalledOnce(), 20_000);
    await vi.waitFor(() => expect(begun).toHaveBeenCalledOnce(), 20_000);
  } finally {
    long.resolve();
    await worker.stop();
  }
});

it('takes up the jobs of a worker that was killed, and leaves those of one that lives', async () => {
  const { owner, systemUrl } = app.database;
  const done = vi.fn<(name: unknown) => void>();
  const living = new pg.Client({ connectionString: systemUrl });
  await living.connect();
  await living.query(`select pg_advisory_lock(1701996, hashtext('living'))`);
  for (const name of ['killed', 'living']) {
    await owner.query('select graphile_worker.add_job($1, $2, queue_name => $3)', ['held', { name }, name]);
    await owner.query(
      `update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - interval '1 minute'
       where payload->>'name' = $1`,
      [name],
    );
    await owner.query(
      `update graphile_worker._private_job_queues set locked_by = $1, locked_at = now() - interval '1 minute'
       where queue_name = $1`,
      [name],
    );
  }
  const worker = await startWorker({
    url: systemUrl,
    tasks: { held: async (payload) => done((payload as { name: string }).name) },
    longTasks: {},
    crontab: '',
    concurrency: 1,
    log: createLog('silent'),
    metrics: new Metrics(),
  });
  try {
    await vi.waitFor(() => expect(done).toHaveBeenCalledWith('killed'), 20_000);
    expect(done).not.toHaveBeenCalledWith('living');
  } finally {
    await worker.stop();
    await living.end();
  }
});
