import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createImportTask, rowsPerBatch } from '../../api/src/modules/imports/import.job.js';
import {
  findImport,
  insertChunk,
  insertImport,
  type ImportRow,
} from '../../api/src/modules/imports/import.repository.js';
import { noProgress } from '../../api/src/modules/imports/import.js';
import type { WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../api/src/platform/log.js';
import { newId } from '../../api/src/platform/ids.js';
import type { Services, Task } from '../../api/src/platform/module.js';
import { addContacts, openTenants, type Tenants } from '../support/builders.js';

const rowsInFile = 4 * rowsPerBatch + 10;

let db: Tenants;
let workspaceId: string;
let jobId: string;

beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db.close());

/** An uploaded file of people, every tenth of them without an address, in pieces that cut lines in two. */
beforeEach(async () => {
  workspaceId = await db.newWorkspace();
  jobId = newId();
  const lines = Array.from({ length: rowsInFile }, (_, index) =>
    index % 10 === 9 ? `${index},none` : `${index},p${index}@example.com`,
  );
  const file = Buffer.from(['Record ID,Email', ...lines, ''].join('\n'));
  await db.withWorkspace(workspaceId, async (tx) => {
    const input = {
      fileName: null,
      bytes: file.length,
      encoding: 'utf-8' as const,
      delimiter: ',' as const,
      headers: ['Record ID', 'Email'],
      targets: ['external_id', 'email'],
    };
    await insertImport(tx, { id: jobId, input, progress: noProgress, createdBy: 'system' });
    for (let at = 0, sequence = 0; at < file.length; at += 10_007, sequence += 1) {
      await insertChunk(tx, jobId, sequence, file.subarray(at, at + 10_007));
    }
  });
});

function taskOn(withWorkspace: WithWorkspace): Task {
  return createImportTask({ withWorkspace, clock: { now: () => new Date() } } as unknown as Services);
}

function run(
  task: Task,
  { signal = new AbortController().signal, isLastAttempt = false } = {},
): Promise<void> {
  return task({ workspaceId, jobId }, { signal, isLastAttempt, log: createLog('silent') });
}

async function job(): Promise<ImportRow> {
  return (await db.withWorkspace(workspaceId, (tx) => findImport(tx, jobId)))!;
}

async function contacts(): Promise<number> {
  const rows = await db.withWorkspace(workspaceId, (tx) =>
    tx.query<{ count: number }>('select count(*)::int as count from contacts'),
  );
  return rows[0]!.count;
}

const whole = {
  rowsTotal: rowsInFile,
  rowsRead: rowsInFile,
  created: rowsInFile - Math.floor(rowsInFile / 10),
  updated: 0,
  unchanged: 0,
  rejected: Math.floor(rowsInFile / 10),
};

describe('an import whose worker dies', () => {
  it.each([0, 1, 2, 3, 4])('after %i batches is gone on with, and no row counts twice', async (batches) => {
    await expect(run(taskOn(dyingAfter(batches)))).rejects.toThrow('The worker died.');
    expect((await job()).progress.rowsRead).toBe(batches * rowsPerBatch);
    await run(taskOn(db.withWorkspace));
    expect(await job()).toMatchObject({ state: 'succeeded', progress: whole });
    expect(await contacts()).toBe(whole.created);
  });

  it('in the middle of a batch leaves nothing of that batch', async () => {
    const dies: WithWorkspace = (id, work, options) =>
      db.withWorkspace(
        id,
        async (tx) => {
          const result = await work(tx);
          const [row] = await tx.query<{ read: number }>(
            `select (progress->>'rowsRead')::int as read from jobs where id = $1`,
            [jobId],
          );
          if (row!.read === 2 * rowsPerBatch) throw new Error('The worker died.');
          return result;
        },
        options,
      );
    await expect(run(taskOn(dies))).rejects.toThrow('The worker died.');
    expect((await job()).progress.rowsRead).toBe(rowsPerBatch);
    expect(await contacts()).toBe(rowsPerBatch - rowsPerBatch / 10);
  });

  it('is stopped between batches when the process shuts down', async () => {
    const stopping = new AbortController();
    stopping.abort(new Error('The process stops.'));
    await expect(run(taskOn(db.withWorkspace), { signal: stopping.signal })).rejects.toThrow(
      'The process stops.',
    );
    expect(await contacts()).toBe(0);
    await run(taskOn(db.withWorkspace));
    expect((await job()).progress).toEqual(whole);
  });
});

describe('an import that fails again and again', () => {
  it('stays as it is for the next attempt, and says so when there is none', async () => {
    await expect(run(taskOn(dyingAfter(1)))).rejects.toThrow('The worker died.');
    expect(await job()).toMatchObject({ state: 'running', error: null });
    await run(taskOn(failingAt('insert into import_rejections')), { isLastAttempt: true });
    expect(await job()).toMatchObject({
      state: 'failed',
      error: { code: 'INTERNAL' },
      progress: { rowsRead: rowsPerBatch },
    });
  });
});

describe('an import that two workers take', () => {
  it('is worked off once', async () => {
    const task = taskOn(db.withWorkspace);
    const outcomes = await Promise.allSettled([run(task), run(task)]);
    expect(outcomes.map(({ status }) => status)).toContain('fulfilled');
    expect((await job()).progress).toEqual(whole);
    expect(await contacts()).toBe(whole.created);
  });

  it('is left alone when it has ended', async () => {
    await run(taskOn(db.withWorkspace));
    const before = await job();
    await run(taskOn(db.withWorkspace));
    expect(await job()).toEqual(before);
  });
});

/** A way in that fails as soon as so many batches are committed. */
function dyingAfter(batches: number): WithWorkspace {
  return async (id, work, options) => {
    const result = await db.withWorkspace(id, work, options);
    const { progress } = await job();
    if (progress.rowsTotal !== null && progress.rowsRead === batches * rowsPerBatch)
      throw new Error('The worker died.');
    return result;
  };
}

/** A way in on which statements that contain this text fail. */
function failingAt(part: string): WithWorkspace {
  return (id, work, options) =>
    db.withWorkspace(
      id,
      (tx) => {
        const query: typeof tx.query = async (text, values) => {
          if (text.includes(part)) throw new Error('The statement failed.');
          return tx.query(text, values);
        };
        return work({ ...tx, query });
      },
      options,
    );
}

describe('a consent in a file that a worker gets to late', () => {
  it('does not stand above a withdrawal that was recorded after the file was handed over', async () => {
    const person = { email: 'p0@example.com' };
    await addContacts(db.withWorkspace, workspaceId, [person], { now: new Date() });
    await db.withWorkspace(workspaceId, async (tx) => {
      const job = (await findImport(tx, jobId))!;
      const input = { ...job.input, headers: ['Ads consent', 'Email'], targets: ['consent.ads', 'email'] };
      const file = Buffer.from('Ads consent,Email\nyes,p0@example.com\nyes,p1@example.com\n');
      await tx.query('update jobs set input = $2 where id = $1', [jobId, JSON.stringify(input)]);
      await tx.query('delete from import_chunks');
      await insertChunk(tx, jobId, 0, file);
    });
    const withdrawn = { ...person, consents: [{ channel: 'ads', state: 'withdrawn' } as const] };
    await addContacts(db.withWorkspace, workspaceId, [withdrawn], { now: new Date() });
    await run(taskOn(db.withWorkspace));
    const states = await db.withWorkspace(workspaceId, (tx) =>
      tx.query('select ordinal, state from consents order by 1'),
    );
    expect(states).toEqual([
      { ordinal: 0, state: 'withdrawn' },
      { ordinal: 1, state: 'granted' },
    ]);
  });
});
