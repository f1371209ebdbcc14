import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** Keeps a piece of a file. */
export async function insertPiece(
  tx: WorkspaceTransaction,
  requestId: string,
  sequence: number,
  bytes: Buffer,
): Promise<void> {
  await tx.query(
    'insert into privacy_files (workspace_id, request_id, sequence, bytes) values ($1, $2, $3, $4)',
    [tx.workspaceId, requestId, sequence, bytes],
  );
}

/** A piece of a file; undefined after the last. */
export async function readPiece(
  tx: WorkspaceTransaction,
  requestId: string,
  sequence: number,
): Promise<Buffer | undefined> {
  const rows = await tx.query<{ bytes: Buffer }>(
    'select bytes from privacy_files where request_id = $1 and sequence = $2',
    [requestId, sequence],
  );
  return rows[0]?.bytes;
}

/** Notes until when the file of a request is kept. */
export async function setExpiry(tx: WorkspaceTransaction, requestId: string, at: Date): Promise<void> {
  await tx.query('update privacy_requests set file_expires_at = $2 where id = $1', [
    requestId,
    at.toISOString(),
  ]);
}

/** Deletes files whose time is over, and forgets whom requests were about that ended before this. */
export async function expireFiles(tx: WorkspaceTransaction, now: Date, endedBefore: Date): Promise<void> {
  await tx.query(
    `with over as (
       update privacy_requests set subject = null, file_expires_at = null
       where state in ('done', 'failed') and (file_expires_at <= $1 or subject is not null and completed_at <= $2)
       returning id
     ), gone as (
       delete from privacy_files where request_id in (select id from over)
     )
     select count(*) from over`,
    [now.toISOString(), endedBefore.toISOString()],
  );
}
