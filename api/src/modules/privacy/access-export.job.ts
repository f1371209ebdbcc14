import type { Readable } from 'node:stream';
import { z } from 'zod';
import { longStatementSeconds, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Spool } from '../../platform/files/spool.js';
import type { Services, Task } from '../../platform/module.js';
import { contactsByOrdinals } from '../contacts/index.js';
import { membershipsOf } from '../segments/index.js';
import { contactsOf } from './erasure.repository.js';
import { insertPiece, setExpiry } from './privacy-file.repository.js';
import type { Receipt, Subject } from './privacy-request.js';
import { addToReceipt, lockRequest, markEnded, markRunning } from './privacy-request.repository.js';
import { writeAccessExport } from './write-access-export.js';

/** Days for which the file of a request is kept. */
export const keptDays = 14;
const day = 24 * 60 * 60 * 1000;

const payloadShape = z.object({ workspaceId: z.string(), requestId: z.string() });

type Job = Pick<Services, 'withWorkspace' | 'clock' | 'log'>;

/**
 * Writes down everything that is held about a person. The file is written in one snapshot and stored with the end of the
 * request in one transaction: of a worker that dies, nothing is left, and the next one begins anew.
 */
export function createAccessExportTask(services: Job): Task {
  const { withWorkspace, clock } = services;
  return async (payload, { signal, log, isLastAttempt }) => {
    const { workspaceId, requestId } = payloadShape.parse(payload);
    try {
      const subject = await withWorkspace(workspaceId, (tx) => begin(tx, requestId));
      if (subject) await makeFile(services, { workspaceId, requestId, subject, signal });
    } catch (error) {
      if (!isLastAttempt || signal.aborted) throw error;
      log.error({ err: error, requestId }, 'an access export was given up');
      const message = `A defect on our side; the request's id finds it in the log: ${requestId}. Ask for it again.`;
      await withWorkspace(workspaceId, (tx) =>
        markEnded(tx, requestId, { now: clock.now(), error: { code: 'INTERNAL', message, path: '' } }),
      );
    }
  };
}

async function begin(tx: WorkspaceTransaction, requestId: string): Promise<Subject | undefined> {
  const request = await lockRequest(tx, requestId);
  if (!request?.subject || request.state === 'done' || request.state === 'failed') return undefined;
  await markRunning(tx, requestId, request.subject);
  return request.subject;
}

interface File {
  workspaceId: string;
  requestId: string;
  subject: Subject;
  signal: AbortSignal;
}

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
      const request = await lockRequest(tx, requestId);
      // The person has been erased meanwhile.
      if (request?.state !== 'running' || !request.subject) return;
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
