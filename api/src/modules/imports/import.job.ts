import { z } from 'zod';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import type { Services, Task, TaskRun } from '../../platform/module.js';
import { importRows, type RowCounts } from './import-rows.js';
import type { ImportInput, ImportProgress } from './import.js';
import {
  deleteChunks,
  lockImport,
  markFinished,
  markRunning,
  readChunk,
  saveProgress,
  type ImportRow,
} from './import.repository.js';
import { readCsv, type CsvRecord } from './read-csv.js';

/**
 * Rows that are stored in one transaction with the progress. More would hold locks longer and lose more when a worker
 * dies; fewer would pay for statements and commits instead of rows.
 */
export const rowsPerBatch = 1000;

const payloadShape = z.object({ workspaceId: z.string(), jobId: z.string() });

/** One import being worked off. */
interface Run {
  services: Services;
  workspaceId: string;
  jobId: string;
  signal: AbortSignal;
}

/**
 * Works an import off. The file is looked through first, so that one with broken quotes changes nothing; then batches
 * are stored, each together with the progress: whoever takes over after a crash goes on behind the last one.
 */
export function createImportTask(services: Services): Task {
  return async (payload, { signal, isLastAttempt, log }) => {
    const run: Run = { services, signal, ...payloadShape.parse(payload) };
    const job = await inWorkspace(run, (transaction) => begin(transaction, run.jobId));
    if (!job) return;
    try {
      if (job.progress.rowsTotal === null) await lookThrough(run, job);
      await storeRows(run, job);
      await inWorkspace(run, (transaction) => finish(transaction, run.jobId, null));
    } catch (error) {
      const isFinal = error instanceof Failure || (isLastAttempt && !signal.aborted);
      if (!isFinal) throw error;
      const { code, message, path } = error instanceof Failure ? error : givenUp(run.jobId, error, log);
      await inWorkspace(run, (transaction) => finish(transaction, run.jobId, { code, message, path }));
    }
  };
}

/** A defect that did not go away by trying again: the details are for the log. */
function givenUp(jobId: string, cause: unknown, log: TaskRun['log']): Failure {
  log.error({ err: cause, jobId }, 'an import was given up');
  return new Failure('INTERNAL', `A defect on our side; the import's id finds it in the log: ${jobId}.`, {
    cause,
  });
}

function inWorkspace<Result>(
  run: Run,
  work: (transaction: WorkspaceTransaction) => Promise<Result>,
): Promise<Result> {
  return run.services.withWorkspace(run.workspaceId, work);
}

async function begin(transaction: WorkspaceTransaction, jobId: string): Promise<ImportRow | undefined> {
  const job = await lockImport(transaction, jobId);
  if (job?.state !== 'queued' && job?.state !== 'running') return undefined;
  await markRunning(transaction, jobId);
  return job;
}

async function finish(
  transaction: WorkspaceTransaction,
  jobId: string,
  error: ImportRow['error'],
): Promise<void> {
  await markFinished(transaction, jobId, error);
  await deleteChunks(transaction, jobId);
}

async function lookThrough(run: Run, job: ImportRow): Promise<void> {
  let rowsTotal = 0;
  for await (const _row of dataRows(run, job.input)) rowsTotal += 1;
  job.progress = { ...job.progress, rowsTotal };
  await inWorkspace(run, (transaction) => saveProgress(transaction, run.jobId, job.progress));
}

async function storeRows(run: Run, job: ImportRow): Promise<void> {
  let { rowsRead } = job.progress;
  let batch: CsvRecord[] = [];
  let index = 0;
  const store = async (): Promise<void> => {
    run.signal.throwIfAborted();
    const rows = batch;
    await inWorkspace(run, (transaction) => storeBatch(run, transaction, rows, rowsRead));
    rowsRead += rows.length;
    batch = [];
  };
  for await (const row of dataRows(run, job.input)) {
    index += 1;
    if (index <= rowsRead) continue;
    batch.push(row);
    if (batch.length === rowsPerBatch) await store();
  }
  if (batch.length > 0) await store();
}

/** Stores one batch, unless another worker is further already. */
async function storeBatch(
  run: Run,
  transaction: WorkspaceTransaction,
  rows: readonly CsvRecord[],
  rowsBefore: number,
): Promise<void> {
  const job = await lockImport(transaction, run.jobId);
  if (job?.state !== 'running' || job.progress.rowsRead !== rowsBefore) {
    throw new Error(`Import ${run.jobId} is being worked off by someone else.`);
  }
  const counts = await importRows(
    transaction,
    { job: run.jobId, input: job.input, now: run.services.clock.now(), uploadedAt: job.created_at },
    rows,
  );
  await saveProgress(transaction, run.jobId, addCounts(job.progress, rows.length, counts));
}

function addCounts(progress: ImportProgress, rows: number, counts: RowCounts): ImportProgress {
  return {
    rowsTotal: progress.rowsTotal,
    rowsRead: progress.rowsRead + rows,
    created: progress.created + counts.created,
    updated: progress.updated + counts.updated,
    unchanged: progress.unchanged + counts.unchanged,
    rejected: progress.rejected + counts.rejected,
  };
}

async function* dataRows(run: Run, input: ImportInput): AsyncGenerator<CsvRecord> {
  let isHeader = true;
  for await (const record of readCsv(chunks(run), input.delimiter)) {
    if (!isHeader) yield record;
    isHeader = false;
  }
}

async function* chunks(run: Run): AsyncGenerator<Buffer> {
  for (let sequence = 0; ; sequence += 1) {
    const bytes = await inWorkspace(run, (transaction) => readChunk(transaction, run.jobId, sequence));
    if (!bytes) return;
    yield bytes;
  }
}
