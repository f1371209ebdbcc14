import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createErasureTask } from '../../api/src/modules/privacy/erasure.job.js';
import { noProgress } from '../../api/src/modules/imports/import.js';
import { insertImport } from '../../api/src/modules/imports/import.repository.js';
import { insertRequest, requestsByIds } from '../../api/src/modules/privacy/privacy-request.repository.js';
import type { PrivacyRequest } from '../../api/src/modules/privacy/privacy-request.js';
import type { WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { newId } from '../../api/src/platform/ids.js';
import { createLog } from '../../api/src/platform/log.js';
import { addContacts, addEvents, openTenants, type Tenants } from '../support/builders.js';

let db: Tenants;
let workspaceId: string;
let requestId: string;
/** When the job is to run again, of each time that it asked for it. */
let again: Date[];

beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db.close());

beforeEach(async () => {
  workspaceId = await db.newWorkspace();
  again = [];
  const [ada] = await addContacts(db.withWorkspace, workspaceId, [adaAsGiven(), { email: 'bob@x.test' }]);
  await addEvents(db.withWorkspace, workspaceId, [
    { ordinal: ada!.ordinal, name: 'bought' },
    { ordinal: ada!.ordinal, name: 'returned' },
  ]);
  requestId = await request();
});

const adaAsGiven = (): object => ({
  email: 'ada@x.test',
  externalId: 'ada',
  attributes: { first_name: 'Ada' },
});

async function request(): Promise<string> {
  const id = newId();
  const now = new Date();
  const subject = { contactId: null, identities: [{ kind: 'email' as const, value: 'ada@x.test' }] };
  await db.withWorkspace(workspaceId, (tx) =>
    insertRequest(tx, { id, kind: 'erasure', subject, requestedBy: 'user:1', requestedAt: now, dueAt: now }),
  );
  return id;
}

function run(withWorkspace: WithWorkspace = db.withWorkspace, isLastAttempt = false): Promise<void> {
  const task = createErasureTask(
    {
      withWorkspace,
      clock: { now: () => new Date() },
      enqueue: async (_manager, _task, _payload, options) => void again.push(options!.runAt!),
    },
    [],
  );
  const signal = new AbortController().signal;
  return task({ workspaceId, requestId }, { signal, isLastAttempt, log: createLog('silent') });
}

async function state(): Promise<PrivacyRequest> {
  return (await db.withWorkspace(workspaceId, (tx) => requestsByIds(tx, [requestId])))[0]!;
}

async function contacts(): Promise<number> {
  const rows = await db.withWorkspace(workspaceId, (tx) => tx.query('select 1 from contacts'));
  return rows.length;
}

/** A way in that is gone after so many transactions, the last of them committed or not. */
function dyingAfter(transactions: number, isCommitted: boolean): WithWorkspace {
  let left = transactions;
  return async (id, work, options) => {
    left -= 1;
    if (left > 0) return db.withWorkspace(id, work, options);
    await db.withWorkspace(
      id,
      async (tx) => {
        await work(tx);
        if (!isCommitted) throw new Error('The worker died.');
      },
      options,
    );
    throw new Error('The worker died.');
  };
}

describe('an erasure whose worker dies', () => {
  it('at any moment is gone on with, and counts everything once', async () => {
    await run();
    const whole = await state();
    expect(whole).toMatchObject({ state: 'done', subject: null });
    expect(whole.receipt).toEqual({ contacts: 1, identities: 2, attributes: 3, events: 2 });
    let deaths = 0;
    for (const isCommitted of [false, true]) {
      for (let transactions = 1; ; transactions += 1) {
        workspaceId = await db.newWorkspace();
        const [ada] = await addContacts(db.withWorkspace, workspaceId, [
          adaAsGiven(),
          { email: 'bob@x.test' },
        ]);
        const events = ['bought', 'returned'].map((name) => ({ ordinal: ada!.ordinal, name }));
        await addEvents(db.withWorkspace, workspaceId, events);
        requestId = await request();
        const died = await run(dyingAfter(transactions, isCommitted)).then(
          () => false,
          () => true,
        );
        if (!died) break;
        deaths += 1;
        await run();
        expect(await state(), `${transactions} ${isCommitted}`).toMatchObject({
          state: 'done',
          subject: null,
          receipt: whole.receipt,
        });
        expect(await contacts()).toBe(1);
      }
    }
    expect(deaths).toBeGreaterThan(10);
  });

  it('is given up, and says so, when it fails again and again', async () => {
    await run(dyingAfter(1, false)).catch(() => undefined);
    expect(await state()).toMatchObject({ state: 'pending', error: null });
    let failed = false;
    const failing: WithWorkspace = (id, work, options) => {
      if (failed) return db.withWorkspace(id, work, options);
      failed = true;
      return Promise.reject(new Error('broken'));
    };
    await run(failing, true);
    expect(await state()).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
  });
});

describe('an erasure', () => {
  it('is not done before an import has ended that began before it', async () => {
    const id = newId();
    const input = {
      fileName: null,
      bytes: 1,
      encoding: 'utf-8' as const,
      delimiter: ',' as const,
      headers: ['Email'],
      targets: ['email'],
    };
    await db.withWorkspace(workspaceId, (tx) =>
      insertImport(tx, { id, input, progress: noProgress, createdBy: 'system' }),
    );
    await run();
    expect(await state()).toMatchObject({ state: 'running' });
    expect(await contacts()).toBe(1);
    expect(again).toHaveLength(1);
    await db.withWorkspace(workspaceId, (tx) => tx.query(`update jobs set state = 'failed'`));
    await run();
    expect(await state()).toMatchObject({ state: 'done' });
  });

  it('reaches who is being made while it begins, by what did not know of it yet', async () => {
    let isMade = (): void => undefined;
    const made = new Promise<void>((resolve) => (isMade = resolve));
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    await run();
    expect(await state()).toMatchObject({ state: 'done' });

    workspaceId = await db.newWorkspace();
    requestId = await request();
    const writing = addContacts(
      async (id, work) =>
        db.withWorkspace(id, async (tx) => {
          const result = await work(tx);
          isMade();
          await held;
          return result;
        }),
      workspaceId,
      [adaAsGiven()],
    );
    await made;
    await run();
    expect(await state()).toMatchObject({ state: 'running' });
    goOn();
    await writing;
    expect(await contacts()).toBe(1);
    await run();
    expect(await contacts()).toBe(0);
    expect(await state()).toMatchObject({ state: 'done', receipt: { contacts: 1, identities: 2 } });
  });

  it('of somebody who did very much deletes and counts all of it', async () => {
    await db.withWorkspace(workspaceId, (tx) =>
      tx.query(
        `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, source, message_id, received_at)
         select $1, now() - n * interval '1 second', gen_random_uuid(), 0, 'seen', 'seen', 'test', n, now()
         from generate_series(1, 20003) as n`,
        [workspaceId],
      ),
    );
    await run();
    expect(await state()).toMatchObject({ state: 'done', receipt: { contacts: 1, events: 20_005 } });
    expect(await contacts()).toBe(1);
  });

  it('is left alone when it has ended', async () => {
    await run();
    const before = await state();
    await run();
    expect(await state()).toEqual(before);
  });
});
