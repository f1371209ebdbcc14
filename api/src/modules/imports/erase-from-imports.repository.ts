import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { ImportInput, Rejection } from './import.js';
import type { ImportRow } from './import.repository.js';

/** Whether there is an import that has not ended and was uploaded before this. */
export async function hasImportUnderWay(transaction: WorkspaceTransaction, before: Date): Promise<boolean> {
  const rows = await transaction.query(
    `select from jobs where kind = 'import' and state in ('queued', 'running') and created_at < $1 limit 1`,
    [before],
  );
  return rows.length > 0;
}

/** Imports whose files are kept. @param ended whether only those that have ended. */
export async function importsWithFiles(
  transaction: WorkspaceTransaction,
  { ended }: { ended: boolean },
): Promise<Pick<ImportRow, 'id' | 'input'>[]> {
  return transaction.query(
    `select id, input from jobs
     where kind = 'import' and (not $1 or state not in ('queued', 'running'))
       and exists (select from import_chunks where job_id = jobs.id)`,
    [ended],
  );
}

/** A row that was not taken, of any import. */
export interface AnyRejection {
  jobId: string;
  line: number;
  cells: string[];
  targets: ImportInput['targets'];
}

/** The rows that imports did not take, of all of them, after the one named. */
export async function listAllRejections(
  transaction: WorkspaceTransaction,
  after: readonly [jobId: string, line: number] | undefined,
  limit: number,
): Promise<AnyRejection[]> {
  return transaction.query(
    `select r.job_id as "jobId", r.line, r.cells, job.input->'targets' as targets
     from import_rejections as r join jobs as job on job.id = r.job_id
     where $1::uuid is null or (r.job_id, r.line) > ($1, $2::int)
     order by r.job_id, r.line limit $3`,
    [after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Forgets what stood in these rows. */
export async function emptyRejections(
  transaction: WorkspaceTransaction,
  rows: readonly (Pick<Rejection, 'line' | 'code' | 'message'> & { jobId: string })[],
): Promise<void> {
  await transaction.query(
    `update import_rejections as r set code = e.code, path = '', message = e.message, cells = '{}'
     from unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) as e (job_id, line, code, message)
     where r.job_id = e.job_id and r.line = e.line`,
    [
      rows.map(({ jobId }) => jobId),
      rows.map(({ line }) => line),
      rows.map(({ code }) => code),
      rows.map(({ message }) => message),
    ],
  );
}
