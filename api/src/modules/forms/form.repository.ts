import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { Form } from './form.js';

/** A form with its time of creation in full precision, for cursors. */
export type FormRow = Form & { createdExactly: string };

const columns = `id, name, fields, consents, double_opt_in as "doubleOptIn", honeypot,
  minimum_seconds as "minimumSeconds", redirect_url as "redirectUrl", secret, created_by as "createdBy",
  created_at as "createdAt", updated_at as "updatedAt", archived_at as "archivedAt"`;

/**
 * The form; throws NOT_FOUND with `path` when the workspace has none of this id.
 * @param lock keeps others from changing it until the transaction ends.
 */
export async function requireForm(
  tx: WorkspaceTransaction,
  id: string,
  path: string,
  lock: '' | 'for no key update' = '',
): Promise<Form> {
  const rows = isId(id)
    ? await tx.query<Form>(`select ${columns} from forms where id = $1 ${lock}`, [id])
    : [];
  if (!rows[0]) throw notFound('form', path);
  return rows[0];
}

/** Forms, the newest first, after the one named. */
export async function listForms(
  tx: WorkspaceTransaction,
  { archived }: { archived: boolean },
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<FormRow[]> {
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from forms
     where (archived_at is not null) = $1 and ($2::text is null or (created_at, id) < ($2::timestamptz, $3::uuid))
     order by created_at desc, id desc limit $4`,
    [archived, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Stores a new form. */
export async function insertForm(tx: WorkspaceTransaction, form: Form): Promise<void> {
  await tx.query(
    `insert into forms (workspace_id, id, name, fields, consents, double_opt_in, honeypot, minimum_seconds,
       redirect_url, secret, created_by, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)`,
    [tx.workspaceId, ...definitionOf(form), form.secret, form.createdBy, form.createdAt],
  );
}

/** Stores what may change of a form. */
export async function updateForm(tx: WorkspaceTransaction, form: Form): Promise<void> {
  await tx.query(
    `update forms set name = $2, fields = $3, consents = $4, double_opt_in = $5, honeypot = $6,
       minimum_seconds = $7, redirect_url = $8, updated_at = $9, archived_at = $10
     where id = $1`,
    [...definitionOf(form), form.updatedAt, form.archivedAt],
  );
}

function definitionOf(form: Form): unknown[] {
  const { id, name, fields, consents, doubleOptIn, honeypot, minimumSeconds, redirectUrl } = form;
  return [
    id,
    name,
    JSON.stringify(fields),
    JSON.stringify(consents),
    doubleOptIn && JSON.stringify(doubleOptIn),
    honeypot,
    minimumSeconds,
    redirectUrl,
  ];
}
