import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { startProcess, type CoterieProcess } from '../support/process.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/* Computed attributes as integrators see them, computed by workers in processes of their own. */

let app: TestApp;
let workspace: TestWorkspace;
const workers: CoterieProcess[] = [];

beforeAll(async () => {
  app = await startTestApp({}, { part: 'http' });
  workspace = await createWorkspace(app);
});
afterAll(async () => {
  for (const worker of workers) worker.process.kill('SIGKILL');
  await Promise.all(workers.map((worker) => worker.ended()));
  await app.close();
});

async function startWorker(): Promise<CoterieProcess> {
  const worker = await startProcess({
    command: [process.execPath, 'api/dist/main.js', 'worker'],
    environment: { DATABASE_URL: app.database.url },
  });
  workers.push(worker);
  return worker;
}

async function until<Value>(read: () => Promise<Value>, fits: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await read();
    if (fits(value)) return value;
    await sleep(10);
  }
}

interface Progress {
  sweep_ordinal: number | null;
  computed_at: Date | null;
}

async function progress(): Promise<Progress> {
  const { rows } = await app.database.owner.query<Progress>(
    'select sweep_ordinal, computed_at from computed_attributes where workspace_id = $1',
    [workspace.id],
  );
  return rows[0]!;
}

async function fill(contacts: number): Promise<void> {
  const { owner } = app.database;
  await owner.query(
    `insert into contacts (workspace_id, id, ordinal)
     select $1, gen_random_uuid(), ordinal from generate_series(0, $2::int - 1) as ordinal`,
    [workspace.id, contacts],
  );
  await owner.query('insert into contact_ordinals (workspace_id, next_ordinal) values ($1, $2)', [
    workspace.id,
    contacts,
  ]);
  await owner.query(
    `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, source, message_id, received_at)
     select $1, now() - number * interval '1 second', gen_random_uuid(), number % $2::int, 'view', 'view', 'test',
       'm' || number, now()
     from generate_series(0, $2::int * 2 - 1) as number`,
    [workspace.id, contacts],
  );
}

const define = `mutation ($input: CreateAttributeInput!) {
  createAttribute(input: $input) { key settable computed { function event window computedAt } }
}`;

describe('a worker', () => {
  it('that is killed in the first look loses nothing: another goes on, and follows what comes in', async () => {
    const contacts = 20_000;
    await fill(contacts);
    const created = await workspace.query(define, {
      input: {
        subject: 'contact',
        key: 'views',
        type: 'number',
        computed: { function: 'COUNT', event: 'view', window: '30d' },
      },
    });
    expect(created).toEqual({
      createAttribute: {
        key: 'views',
        settable: false,
        computed: { function: 'COUNT', event: 'view', window: '30d', computedAt: null },
      },
    });
    const first = await startWorker();
    const { sweep_ordinal: reached } = await until(
      progress,
      (state) => state.sweep_ordinal === null || state.sweep_ordinal >= 0,
    );
    first.process.kill('SIGKILL');
    await first.ended();
    expect(reached).not.toBeNull();
    expect(reached).toBeLessThan(contacts - 1);
    await startWorker();
    await until(progress, (state) => state.computed_at !== null);
    const tracked = await fetch(`${app.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'ada', event: 'View' }),
    });
    expect(tracked.status).toBe(200);
    const rule = { text: 'views >= 1 held for less than 1 days' };
    const count = async (): Promise<number> => {
      const answer = await workspace.query<{ previewSegment: { count: { value: number } } }>(
        'query ($rule: RuleSourceInput!) { previewSegment(input: { rule: $rule }) { count { value } } }',
        { rule },
      );
      return answer.previewSegment.count.value;
    };
    await until(count, (found) => found === contacts + 1);
    const { rows } = await app.database.owner.query(
      `select number, count(*)::int as contacts from contact_attributes
       where workspace_id = $1 and key = 'views' group by number order by number`,
      [workspace.id],
    );
    expect(rows).toEqual([
      { number: 1, contacts: 1 },
      { number: 2, contacts },
    ]);
  }, 120_000);

  it('is told of by what went wrong with the definition, with its path', async () => {
    const input = { subject: 'contact', key: 'x', type: 'text', computed: { function: 'SUM', event: 'x' } };
    const { errors } = await workspace.ask(define, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.type' });
    const company = { ...input, subject: 'company', computed: { function: 'LAST', event: 'x' } };
    const refused = await workspace.ask(define, { input: company });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.subject' });
  });
});
