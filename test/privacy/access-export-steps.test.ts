import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { createAccessExportTask } from '../../api/src/modules/privacy/access-export.job.js';
import { createErasureTask } from '../../api/src/modules/privacy/erasure.job.js';
import { noProgress } from '../../api/src/modules/imports/import.js';
import { insertChunk, insertImport } from '../../api/src/modules/imports/import.repository.js';
import type { PrivacyRequest, RequestKind } from '../../api/src/modules/privacy/privacy-request.js';
import { insertRequest, requestsByIds } from '../../api/src/modules/privacy/privacy-request.repository.js';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import type { WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { newId } from '../../api/src/platform/ids.js';
import { createLog } from '../../api/src/platform/log.js';
import type { TaskRun } from '../../api/src/platform/module.js';
import { addContacts, openTenants, type Tenants } from '../support/builders.js';

let db: Tenants;
let workspaceId: string;

beforeAll(async () => {
  db = await openTenants([AttributeDefinitionEntity, SegmentEntity]);
});
afterAll(() => db.close());
beforeEach(async () => {
  workspaceId = await db.newWorkspace();
  await addContacts(db.withWorkspace, workspaceId, [{ email: 'ada@x.test', externalId: 'ada' }]);
});

const log = createLog('silent');
const clock = { now: () => new Date() };
const taskRun = (): TaskRun => ({ signal: new AbortController().signal, isLastAttempt: false, log });

async function request(kind: RequestKind): Promise<string> {
  const [id, now] = [newId(), new Date()];
  const subject = { contactId: null, identities: [{ kind: 'email' as const, value: 'ada@x.test' }] };
  await db.withWorkspace(workspaceId, (tx) =>
    insertRequest(tx, { id, kind, subject, requestedBy: 'user:1', requestedAt: now, dueAt: now }),
  );
  return id;
}

function run(requestId: string, withWorkspace: WithWorkspace = db.withWorkspace): Promise<void> {
  const engine = createEngine({ withWorkspace, shared: undefined }, { mostBytes: 1 });
  return createAccessExportTask({ withWorkspace, engine, clock, log })({ workspaceId, requestId }, taskRun());
}

async function stateOf(id: string): Promise<PrivacyRequest> {
  return (await db.withWorkspace(workspaceId, (tx) => requestsByIds(tx, [id])))[0]!;
}

async function fileOf(id: string): Promise<string> {
  const rows = await db.withWorkspace(workspaceId, (tx) =>
    tx.query<{ bytes: Buffer }>('select bytes from privacy_files where request_id = $1 order by sequence', [
      id,
    ]),
  );
  return Buffer.concat(rows.map(({ bytes }) => bytes)).toString();
}

/** A way in that is gone after so many transactions, the last of them taken back. */
function dyingAfter(transactions: number): WithWorkspace {
  let left = transactions;
  return (id, work, options) => {
    left -= 1;
    if (left > 0) return db.withWorkspace(id, work, options);
    return db.withWorkspace(
      id,
      async (tx) => {
        await work(tx);
        throw new Error('The worker died.');
      },
      options,
    );
  };
}

describe('a copy whose worker dies', () => {
  it('at any moment is written once and whole by the next', async () => {
    const first = await request('access');
    await run(first);
    const whole = (await fileOf(first)).split('\n').length;
    let deaths = 0;
    for (let transactions = 1; ; transactions += 1) {
      const id = await request('access');
      const died = await run(id, dyingAfter(transactions)).then(
        () => false,
        () => true,
      );
      if (!died) break;
      deaths += 1;
      expect(await fileOf(id)).toBe('');
      await run(id);
      expect(await stateOf(id)).toMatchObject({ state: 'done', receipt: { contact: 1, identity: 2 } });
      // Each request is one more that is told of.
      expect((await fileOf(id)).split('\n')).toHaveLength(whole + deaths);
    }
    expect(deaths).toBeGreaterThanOrEqual(4);
  });
});

describe('a copy', () => {
  it('has the rows of files that are being imported, and of broken ones what can be read', async () => {
    for (const file of ['Email\nada@x.test\nbob@x.test\n', 'Email\nada@x.test\n"never closed']) {
      await db.withWorkspace(workspaceId, async (tx) => {
        const id = newId();
        const input = {
          fileName: null,
          bytes: file.length,
          encoding: 'utf-8' as const,
          delimiter: ',' as const,
          headers: ['Email'],
          targets: ['email'],
        };
        await insertImport(tx, { id, input, progress: noProgress, createdBy: 'system' });
        await insertChunk(tx, id, 0, Buffer.from(file));
      });
    }
    const id = await request('access');
    await run(id);
    expect(await stateOf(id)).toMatchObject({ state: 'done', receipt: { 'row of a file': 2 } });
    expect(await fileOf(id)).not.toContain('bob');
  });

  it('is not kept when the person is erased while it is written', async () => {
    const [copy, erasure] = [await request('access'), await request('erasure')];
    const erase = createErasureTask(
      {
        withWorkspace: db.withWorkspace,
        clock,
        enqueue: async () => undefined,
      },
      [],
    );
    let isErased = false;
    const interrupted: WithWorkspace = async (id, work, options) => {
      const result = await db.withWorkspace(id, work, options);
      if (options?.snapshot && !isErased) {
        isErased = true;
        await erase({ workspaceId, requestId: erasure }, taskRun());
      }
      return result;
    };
    await run(copy, interrupted);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done' });
    expect(await fileOf(copy)).toBe('');
    expect(await stateOf(copy)).toMatchObject({
      state: 'failed',
      subject: null,
      error: { code: 'NOT_FOUND' },
      fileExpiresAt: null,
    });
  });
});
