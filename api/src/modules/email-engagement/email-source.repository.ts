import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { EmailSource } from './email-source.js';

/** A source with its time of creation in full precision, for cursors. */
export type EmailSourceRow = EmailSource & { createdExactly: string };

const columns = `id, name, provider, secret, topic_arn as "topicArn", created_by as "createdBy",
  created_at as "createdAt", updated_at as "updatedAt", last_received_at as "lastReceivedAt",
  last_refused_at as "lastRefusedAt", last_refusal as "lastRefusal"`;

/**
 * The source; throws NOT_FOUND with `path` when the workspace has none of this id.
 * @param lock keeps others from changing it until the transaction ends.
 */
export async function requireSource(
  tx: WorkspaceTransaction,
  id: string,
  path: string,
  lock: '' | 'for no key update' = '',
): Promise<EmailSource> {
  const rows = isId(id)
    ? await tx.query<EmailSource>(`select ${columns} from email_sources where id = $1 ${lock}`, [id])
    : [];
  if (!rows[0]) throw notFound('e-mail source', path);
  return rows[0];
}

/** Sources, the newest first, after the one named. */
export async function listSources(
  tx: WorkspaceTransaction,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<EmailSourceRow[]> {
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from email_sources
     where $1::text is null or (created_at, id) < ($1::timestamptz, $2::uuid)
     order by created_at desc, id desc limit $3`,
    [after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Stores a new source. */
export async function insertSource(tx: WorkspaceTransaction, source: EmailSource): Promise<void> {
  const { id, name, provider, secret, topicArn, createdBy, createdAt } = source;
  await tx.query(
    `insert into email_sources (workspace_id, id, name, provider, secret, topic_arn, created_by, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [tx.workspaceId, id, name, provider, secret, topicArn, createdBy, createdAt],
  );
}

/** Stores what may change of a source. */
export async function updateSource(tx: WorkspaceTransaction, source: EmailSource): Promise<void> {
  const { id, name, secret, topicArn, updatedAt } = source;
  await tx.query(
    'update email_sources set name = $2, secret = $3, topic_arn = $4, updated_at = $5 where id = $1',
    [id, name, secret, topicArn, updatedAt],
  );
}

/** Deletes a source; says whether it was there. */
export async function deleteSource(tx: WorkspaceTransaction, id: string): Promise<boolean> {
  const rows = await tx.query(
    'with gone as (delete from email_sources where id = $1 returning id) select id from gone',
    [id],
  );
  return rows.length > 0;
}

/** Of many calls at the same time one writes it down: the others would only wait for each other. */
const noteEvery = `interval '10 seconds'`;

/** Notes that a call was taken. */
export async function noteReceived(tx: WorkspaceTransaction, id: string, now: Date): Promise<void> {
  await tx.query(
    `update email_sources set last_received_at = $2
     where id = $1 and (last_received_at is null or last_received_at < $2::timestamptz - ${noteEvery})`,
    [id, now],
  );
}

/** Notes that a call was refused. */
export async function noteRefused(
  tx: WorkspaceTransaction,
  id: string,
  { reason, now }: { reason: string; now: Date },
): Promise<void> {
  await tx.query(
    `update email_sources set last_refused_at = $2, last_refusal = $3
     where id = $1 and (last_refused_at is null or last_refused_at < $2::timestamptz - ${noteEvery})`,
    [id, now, reason],
  );
}
