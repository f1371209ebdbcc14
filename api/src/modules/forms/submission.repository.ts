import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { ContactInput } from '../contacts/index.js';
import type { FormConsent } from './form.js';

/** What was sent by a form and waits to be confirmed. */
export interface Submission {
  id: string;
  formId: string;
  email: string;
  contact: ContactInput;
  /** As they were worded when it was sent. */
  consents: FormConsent[];
  /** The page that the form was on, without query and fragment. */
  page: string | null;
  submittedAt: Date;
  expiresAt: Date;
  confirmedAt: Date | null;
}

/** Keeps what waits. */
export async function insertSubmission(
  tx: WorkspaceTransaction,
  { id, formId, email, contact, consents, page, submittedAt, expiresAt }: Submission,
): Promise<void> {
  await tx.query(
    `insert into form_submissions (workspace_id, id, form_id, email, contact, consents, page, submitted_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tx.workspaceId,
      id,
      formId,
      email,
      JSON.stringify(contact),
      JSON.stringify(consents),
      page,
      submittedAt,
      expiresAt,
    ],
  );
}

/** What waits under an id, or has waited; undefined when nothing does any more. */
export async function findSubmission(
  tx: WorkspaceTransaction,
  id: string,
  lock: '' | 'for update' = '',
): Promise<Submission | undefined> {
  const rows = await tx.query<Submission>(
    `select id, form_id as "formId", email, contact, consents, page, submitted_at as "submittedAt",
       expires_at as "expiresAt", confirmed_at as "confirmedAt"
     from form_submissions where id = $1 ${lock}`,
    [id],
  );
  return rows[0];
}

/** How many waited for this address since then. */
export async function countSubmissions(
  tx: WorkspaceTransaction,
  { formId, email, since }: { formId: string; email: string; since: Date },
): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    `select count(*)::int as count from form_submissions
     where form_id = $1 and email = $2 and submitted_at > $3 and confirmed_at is null`,
    [formId, email, since],
  );
  return rows[0]!.count;
}

/** Notes that it was confirmed, and forgets what it said: the contact has it now. */
export async function markConfirmed(tx: WorkspaceTransaction, id: string, now: Date): Promise<void> {
  await tx.query(
    `update form_submissions set confirmed_at = $2, email = '', contact = '{}', consents = '[]', page = null where id = $1`,
    [id, now],
  );
}

/** Deletes those whose links work no more. */
export async function deleteExpired(tx: WorkspaceTransaction, now: Date): Promise<void> {
  await tx.query('delete from form_submissions where expires_at <= $1', [now]);
}
