import type { Within, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { ImportInput, ImportProgress, ImportState, Rejection } from './import.js';
import type { UndoProgress } from './import-effects.js';

/** A row of `jobs` of kind `import`. */
export interface ImportRow {
  id: string;
  state: ImportState;
  input: ImportInput;
  progress: ImportProgress;
  error: { code: string; message: string; path: string } | null;
  created_by: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  /** `created_at` in full precision, for cursors. */
  created_exactly: string;
  /** The latest attempt to undo it. */
  undo: UndoRow | null;
}

/** A row of `jobs` of kind `import-undo`, as JSON. */
export interface UndoRow {
  id: string;
  state: ImportState;
  progress: UndoProgress;
  created_at: string;
  finished_at: string | null;
}

const columns = `id, state, input, progress, error, created_by, created_at, started_at, finished_at,
  created_at::text as created_exactly,
  (select to_jsonb(undo) from jobs as undo
   where undo.kind = 'import-undo' and undo.input->>'importId' = jobs.id::text
   order by undo.created_at desc limit 1) as undo`;

/** Adds an import that waits for a worker. */
export async function insertImport(
  transaction: WorkspaceTransaction,
  job: { id: string; input: ImportInput; progress: ImportProgress; createdBy: string },
): Promise<void> {
  await transaction.query(
    `insert into jobs (workspace_id, id, kind, state, input, progress, created_by)
     values ($1, $2, 'import', 'queued', $3, $4, $5)`,
    [transaction.workspaceId, job.id, JSON.stringify(job.input), JSON.stringify(job.progress), job.createdBy],
  );
}

/** Adds a piece of the uploaded file. */
export async function insertChunk(
  transaction: WorkspaceTransaction,
  jobId: string,
  sequence: number,
  bytes: Buffer,
): Promise<void> {
  await transaction.query(
    'insert into import_chunks (workspace_id, job_id, sequence, bytes) values ($1, $2, $3, $4)',
    [transaction.workspaceId, jobId, sequence, bytes],
  );
}

/** The uploaded file, piece by piece. */
export async function* readChunks(within: Within, jobId: string): AsyncGenerator<Buffer> {
  for (let sequence = 0; ; sequence += 1) {
    const [chunk] = await within((transaction) =>
      transaction.query<{ bytes: Buffer }>(
        'select bytes from import_chunks where job_id = $1 and sequence = $2',
        [jobId, sequence],
      ),
    );
    if (!chunk) return;
    yield chunk.bytes;
  }
}

/** Forgets the uploaded file: what became of it is in the contacts and the rejections. */
export async function deleteChunks(transaction: WorkspaceTransaction, jobId: string): Promise<void> {
  await transaction.query('delete from import_chunks where job_id = $1', [jobId]);
}

/** Reads an import. */
export async function findImport(
  transaction: WorkspaceTransaction,
  id: string,
): Promise<ImportRow | undefined> {
  const rows = await transaction.query<ImportRow>(
    `select ${columns} from jobs where kind = 'import' and id = $1`,
    [id],
  );
  return rows[0];
}

/** Reads an import and keeps others from working on it until the transaction ends. */
export async function lockImport(
  transaction: WorkspaceTransaction,
  id: string,
): Promise<ImportRow | undefined> {
  const rows = await transaction.query<ImportRow>(
    `select ${columns} from jobs where kind = 'import' and id = $1 for update`,
    [id],
  );
  return rows[0];
}

/** Imports, the newest first. */
export async function listImports(
  transaction: WorkspaceTransaction,
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<ImportRow[]> {
  return transaction.query<ImportRow>(
    `select ${columns} from jobs
     where kind = 'import' and ($1::timestamptz is null or (created_at, id) < ($1, $2::uuid))
     order by created_at desc, id desc
     limit $3`,
    [after?.[0], after?.[1], limit],
  );
}

/** Notes that a worker has begun. */
export async function markRunning(transaction: WorkspaceTransaction, id: string): Promise<void> {
  await transaction.query(
    `update jobs set state = 'running', started_at = coalesce(started_at, now()) where id = $1`,
    [id],
  );
}

/** Notes how far an import has come. */
export async function saveProgress(
  transaction: WorkspaceTransaction,
  id: string,
  progress: ImportProgress | UndoProgress,
): Promise<void> {
  await transaction.query('update jobs set progress = $2 where id = $1', [id, JSON.stringify(progress)]);
}

/** Notes the end of an import. */
export async function markFinished(
  transaction: WorkspaceTransaction,
  id: string,
  error: ImportRow['error'],
): Promise<void> {
  await transaction.query(
    `update jobs set state = case when $2::jsonb is null then 'succeeded' else 'failed' end, error = $2,
                     finished_at = now()
     where id = $1`,
    [id, error && JSON.stringify(error)],
  );
}

/** Keeps the rows that were not taken. */
export async function insertRejections(
  transaction: WorkspaceTransaction,
  jobId: string,
  rejections: readonly Rejection[],
): Promise<void> {
  if (rejections.length === 0) return;
  await transaction.query(
    `insert into import_rejections (workspace_id, job_id, line, code, path, message, cells)
     select $1, $2, line, code, path, message, array(select jsonb_array_elements_text(cells))
     from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::jsonb[]) as r (line, code, path, message, cells)`,
    [
      transaction.workspaceId,
      jobId,
      rejections.map((rejection) => rejection.line),
      rejections.map((rejection) => rejection.code),
      rejections.map((rejection) => rejection.path),
      rejections.map((rejection) => rejection.message),
      // unnest would flatten a list of lists.
      rejections.map((rejection) => JSON.stringify(rejection.cells)),
    ],
  );
}

/** Forgets the rows that were not taken, because they will be read once more. */
export async function deleteRejections(transaction: WorkspaceTransaction, jobId: string): Promise<void> {
  await transaction.query('delete from import_rejections where job_id = $1', [jobId]);
}

/** Gives the file of one job to another, which has none. Tells whether there still was one. */
export async function moveChunks(
  transaction: WorkspaceTransaction,
  from: string,
  to: string,
): Promise<boolean> {
  const rows = await transaction.query<{ moved: number }>(
    `with moved as (update import_chunks set job_id = $2 where job_id = $1 returning 1)
     select count(*)::int as moved from moved`,
    [from, to],
  );
  return rows[0]!.moved > 0;
}

/** Forgets the files of dry runs that ended before this. */
export async function forgetRehearsedFiles(transaction: WorkspaceTransaction, until: Date): Promise<void> {
  await transaction.query(
    `delete from import_chunks using jobs
     where jobs.id = import_chunks.job_id and jobs.kind = 'import' and jobs.finished_at < $1`,
    [until],
  );
}

/** One page of the rows that an import did not take. */
export interface RejectionPage {
  jobId: string;
  afterLine: number;
  limit: number;
}

/** The rows that each of several imports did not take, in the order of the file. */
export async function listRejections(
  transaction: WorkspaceTransaction,
  jobIds: readonly string[],
  { afterLine, limit }: Omit<RejectionPage, 'jobId'>,
): Promise<(Rejection & { job_id: string })[]> {
  return transaction.query(
    `select rejection.* from unnest($1::uuid[]) as asked (id) cross join lateral (
       select job_id, line, code, path, message, cells from import_rejections
       where job_id = asked.id and line > $2
       order by line
       limit $3
     ) as rejection
     order by rejection.job_id, rejection.line`,
    [jobIds, afterLine, limit],
  );
}

/** An undoing that is to be done. */
interface UndoJob {
  state: ImportState;
  input: { importId: string };
  progress: UndoProgress;
}

/** Adds the undoing of an import, which waits for a worker. */
export async function insertUndo(
  transaction: WorkspaceTransaction,
  undo: { id: string; importId: string; progress: UndoProgress; createdBy: string },
): Promise<void> {
  await transaction.query(
    `insert into jobs (workspace_id, id, kind, state, input, progress, created_by)
     values ($1, $2, 'import-undo', 'queued', jsonb_build_object('importId', $3::text), $4, $5)`,
    [transaction.workspaceId, undo.id, undo.importId, JSON.stringify(undo.progress), undo.createdBy],
  );
}

/** Reads an undoing and keeps others from working on it until the transaction ends. */
export async function lockUndo(transaction: WorkspaceTransaction, id: string): Promise<UndoJob | undefined> {
  const rows = await transaction.query<UndoJob>(
    `select state, input, progress from jobs where kind = 'import-undo' and id = $1 for update`,
    [id],
  );
  return rows[0];
}
