import { z } from 'zod';
import { longStatementSeconds, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import type { Services, Task, TaskRun } from '../../platform/module.js';
import { importRows } from './import-rows.js';
import { noProgress, type ImportInput, type ImportProgress } from './import.js';
import { countOutcomes, type ImportSettings, type RowCounts } from './imported-rows.js';
import {
  deleteChunks,
  deleteRejections,
  insertRejections,
  lockImport,
  markFinished,
  markRunning,
  readChunks,
  saveProgress,
  type ImportRow,
} from './import.repository.js';
import { readCsv, type CsvRecord } from './read-csv.js';
import { Rehearsal } from './rehearse-rows.js';

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
      await inWorkspace(run, (transaction) => finish(transaction, job, null));
    } catch (error) {
      const isFinal = error instanceof Failure || (isLastAttempt && !signal.aborted);
      if (!isFinal) throw error;
      const { code, message, path } = error instanceof Failure ? error : givenUp(run.jobId, error, log);
      await inWorkspace(run, (transaction) => finish(transaction, job, { code, message, path }));
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
  return run.services.withWorkspace(run.workspaceId, work, { statementSeconds: longStatementSeconds });
}

async function begin(transaction: WorkspaceTransaction, jobId: string): Promise<ImportRow | undefined> {
  const job = await lockImport(transaction, jobId);
  if (job?.state !== 'queued' && job?.state !== 'running') return undefined;
  await markRunning(transaction, jobId);
  // What a dry run remembered of earlier rows has gone with its worker.
  if (job.input.dryRun && job.progress.rowsRead > 0) {
    job.progress = { ...noProgress, rowsTotal: job.progress.rowsTotal };
    await saveProgress(transaction, jobId, job.progress);
    await deleteRejections(transaction, jobId);
  }
  return job;
}

/** After a dry run the file stays for a while, so that it need not be sent again. */
async function finish(
  transaction: WorkspaceTransaction,
  { id, input }: ImportRow,
  error: ImportRow['error'],
): Promise<void> {
  await markFinished(transaction, id, error);
  if (error || !input.dryRun) await deleteChunks(transaction, id);
}

async function lookThrough(run: Run, job: ImportRow): Promise<void> {
  let rowsTotal = 0;
  for await (const _row of dataRows(run, job.input)) rowsTotal += 1;
  await inWorkspace(run, async (transaction) => {
    // Anew: another worker may have looked it through faster and stored rows since.
    const current = await lockImport(transaction, run.jobId);
    if (current?.state !== 'running') throw takenByAnother(run.jobId);
    job.progress = { ...current.progress, rowsTotal };
    await saveProgress(transaction, run.jobId, job.progress);
  });
}

async function storeRows(run: Run, job: ImportRow): Promise<void> {
  let { rowsRead } = job.progress;
  let batch: CsvRecord[] = [];
  let index = 0;
  const storeBatch = job.input.dryRun ? rehearsing(run) : storing(run);
  const store = async (): Promise<void> => {
    run.signal.throwIfAborted();
    await storeBatch(job, batch, rowsRead);
    rowsRead += batch.length;
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

/** Does what is to be done with a batch, unless another worker is further already. */
type StoreBatch = (job: ImportRow, rows: readonly CsvRecord[], rowsBefore: number) => Promise<void>;

function storing(run: Run): StoreBatch {
  return (job, rows, rowsBefore) =>
    inWorkspace(run, async (transaction) => {
      const { progress } = await takeTurn(transaction, run.jobId, rowsBefore);
      const { outcomes, rejections } = await importRows(transaction, settingsOf(run, job), rows);
      await insertRejections(transaction, run.jobId, rejections);
      await saveProgress(transaction, run.jobId, addCounts(progress, rows.length, countOutcomes(outcomes)));
    });
}

function rehearsing(run: Run): StoreBatch {
  const rehearsal = new Rehearsal(run.services.withWorkspace);
  return async (job, rows, rowsBefore) => {
    const { outcomes, rejections } = await rehearsal.rows(run.workspaceId, settingsOf(run, job), rows);
    await inWorkspace(run, async (transaction) => {
      const { progress } = await takeTurn(transaction, run.jobId, rowsBefore);
      await insertRejections(transaction, run.jobId, rejections);
      await saveProgress(transaction, run.jobId, addCounts(progress, rows.length, countOutcomes(outcomes)));
    });
  };
}

function settingsOf({ services }: Run, { id, input, created_at }: ImportRow): ImportSettings {
  return { job: id, input, now: services.clock.now(), uploadedAt: created_at };
}

async function takeTurn(
  transaction: WorkspaceTransaction,
  jobId: string,
  rowsBefore: number,
): Promise<ImportRow> {
  const job = await lockImport(transaction, jobId);
  if (job?.state !== 'running' || job.progress.rowsRead !== rowsBefore) {
    throw takenByAnother(jobId);
  }
  return job;
}

function takenByAnother(jobId: string): Error {
  return new Error(`Import ${jobId} is being worked off by someone else.`);
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
  const file = readChunks((work) => inWorkspace(run, work), run.jobId);
  for await (const record of readCsv(file, input.delimiter)) {
    if (!isHeader) yield record;
    isHeader = false;
  }
}
