import type { Readable } from 'node:stream';
import { day } from '../../platform/clock.js';
import { longStatementSeconds, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Spool } from '../../platform/files/spool.js';
import type { Services, Task } from '../../platform/module.js';
import { contactsByOrdinals } from '../contacts/index.js';
import { membershipsOf, type Engine } from '../segments/index.js';
import { contactsOf } from './erasure.repository.js';
import { insertPiece, setExpiry } from './privacy-file.repository.js';
import type { Receipt, Subject } from './privacy-request.js';
import { addToReceipt, lockOpenRequest, markEnded, markRunning } from './privacy-request.repository.js';
import { createRequestTask, type RequestRun } from './request-job.js';
import { writeAccessExport } from './write-access-export.js';

/** Days for which the file of a request is kept. */
export const keptDays = 14;

type Job = Pick<Services, 'withWorkspace' | 'clock' | 'log'> & { engine: Engine };

/**
 * Writes down everything that is held about a person. The file is written in one snapshot and stored with the end of the
 * request in one transaction: of a worker that dies, nothing is left, and the next one begins anew.
 */
export function createAccessExportTask(services: Job): Task {
  return createRequestTask(services, async (run) => {
    const subject = await services.withWorkspace(run.workspaceId, (tx) => begin(tx, run.requestId));
    if (subject) await makeFile(services, { ...run, subject });
  });
}

async function begin(tx: WorkspaceTransaction, requestId: string): Promise<Subject | undefined> {
  const request = await lockOpenRequest(tx, requestId);
  if (request) await markRunning(tx, requestId, request.subject);
  return request?.subject;
}

type File = RequestRun & { subject: Subject };

async function makeFile(services: Job, { workspaceId, requestId, subject, signal }: File): Promise<void> {
  const { withWorkspace, clock } = services;
  const spool = await Spool.open();
  let isRead = false;
  try {
    const segments = await writeSegments(services, { workspaceId, requestId, subject, signal }, spool);
    const counts = await withWorkspace(workspaceId, (tx) => writeAccessExport(tx, subject, spool), {
      snapshot: true,
      signal,
      statementSeconds: longStatementSeconds,
    });
    await withWorkspace(workspaceId, async (tx) => {
      // The person may have been erased meanwhile.
      if (!(await lockOpenRequest(tx, requestId))) return;
      isRead = true;
      await storePieces(tx, requestId, spool.read());
      await addToReceipt(tx, requestId, { ...counts, ...segments });
      await setExpiry(tx, requestId, new Date(clock.now().getTime() + keptDays * day));
      await markEnded(tx, requestId, { now: clock.now(), error: null });
    });
  } finally {
    if (!isRead) await spool.discard();
  }
}

/** Which segments by rule the person is in at the moment. */
async function writeSegments(
  services: Job,
  { workspaceId, subject, signal }: File,
  spool: Spool,
): Promise<Receipt> {
  const contacts = await services.withWorkspace(workspaceId, async (tx) =>
    contactsByOrdinals(tx, await contactsOf(tx, subject, { lock: false })),
  );
  const ids = contacts.map(({ id }) => id);
  const found = ids.length > 0 ? (await membershipsOf(services, workspaceId, ids, signal)).flat() : [];
  const rules = found.filter(({ rule }) => rule);
  for (const { id, name } of rules) await spool.write(`${JSON.stringify({ kind: 'segment', id, name })}\n`);
  return { segment: rules.length };
}

async function storePieces(tx: WorkspaceTransaction, requestId: string, file: Readable): Promise<void> {
  let sequence = 0;
  for await (const bytes of file) {
    await insertPiece(tx, requestId, sequence, bytes as Buffer);
    sequence += 1;
  }
}
