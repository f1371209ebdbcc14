import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { PrivacyRequest, Receipt, RequestKind, RequestState, Subject } from './privacy-request.js';

/** A request with the moment in full precision, for cursors. */
export type PrivacyRequestRow = PrivacyRequest & { requestedExactly: string };

/** One that says whom it is about. */
type PrivacyRequestWithSubject = PrivacyRequestRow & { subject: Subject };

const columns = `id, kind, state, subject, requested_by as "requestedBy", requested_at as "requestedAt",
  due_at as "dueAt", completed_at as "completedAt", receipt, error, lifted_by as "liftedBy", lifted_at as "liftedAt",
  file_expires_at as "fileExpiresAt",
  requested_at::text as "requestedExactly"`;

/** Writes a request down. */
export async function insertRequest(
  tx: WorkspaceTransaction,
  request: Pick<PrivacyRequest, 'id' | 'kind' | 'requestedBy' | 'requestedAt' | 'dueAt'> & {
    subject: Subject;
  },
): Promise<void> {
  const { id, kind, subject, requestedBy, requestedAt, dueAt } = request;
  await tx.query(
    `insert into privacy_requests (workspace_id, id, kind, state, subject, requested_by, requested_at, due_at)
     values ($1, $2, $3, 'pending', $4, $5, $6, $7)`,
    [tx.workspaceId, id, kind, JSON.stringify(subject), requestedBy, requestedAt, dueAt],
  );
}

/** Reads requests by their ids, the newest first. */
export async function requestsByIds(
  tx: WorkspaceTransaction,
  ids: readonly string[],
): Promise<PrivacyRequestRow[]> {
  return tx.query(
    `select ${columns} from privacy_requests where id = any($1::uuid[]) order by requested_at desc, id desc`,
    [ids],
  );
}

/** Reads a request that has not ended, and keeps others from working on it until the transaction ends. */
export async function lockOpenRequest(
  tx: WorkspaceTransaction,
  id: string,
): Promise<PrivacyRequestWithSubject | undefined> {
  const rows = await tx.query<PrivacyRequestWithSubject>(
    `select ${columns} from privacy_requests
     where id = $1 and state in ('pending', 'running') and subject is not null for update`,
    [id],
  );
  return rows[0];
}

/** A request of this kind that has not ended and is about the same contact, or names one of the same identities. */
export async function openRequestAbout(
  tx: WorkspaceTransaction,
  kind: RequestKind,
  { contactId, identities }: Subject,
): Promise<PrivacyRequestRow | undefined> {
  const rows = await tx.query<PrivacyRequestRow>(
    `select ${columns} from privacy_requests
     where kind = $1 and state in ('pending', 'running')
       and (subject->>'contactId' = $2 or exists (
         select from jsonb_to_recordset(subject->'identities') as known (kind text, value text)
         join unnest($3::text[], $4::text[]) as given (kind, value) using (kind, value)))
     order by requested_at limit 1`,
    [kind, contactId, identities.map((one) => one.kind), identities.map((one) => one.value)],
  );
  return rows[0];
}

/** Which requests to list. */
export interface RequestFilter {
  kind: RequestKind | null;
  state: RequestState | null;
}

/** Requests, the latest first, after the one named. */
export async function listRequests(
  tx: WorkspaceTransaction,
  { kind, state }: RequestFilter,
  after: readonly [requestedAt: string, id: string] | undefined,
  limit: number,
): Promise<PrivacyRequestRow[]> {
  return tx.query(
    `select ${columns} from privacy_requests
     where ($1::text is null or kind = $1) and ($2::text is null or state = $2)
       and ($3::timestamptz is null or (requested_at, id) < ($3, $4::uuid))
     order by requested_at desc, id desc limit $5`,
    [kind, state, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Notes that a request is being worked on, and whom it is found to be about. */
export async function markRunning(tx: WorkspaceTransaction, id: string, subject: Subject): Promise<void> {
  await tx.query(`update privacy_requests set state = 'running', subject = $2 where id = $1`, [
    id,
    JSON.stringify(subject),
  ]);
}

/** Adds to what a request's receipt counts. */
export async function addToReceipt(tx: WorkspaceTransaction, id: string, counts: Receipt): Promise<void> {
  await tx.query(
    `update privacy_requests set receipt = receipt || (
       select coalesce(jsonb_object_agg(key, value::bigint + coalesce((receipt->>key)::bigint, 0)), '{}')
       from jsonb_each_text($2::jsonb) where value::bigint > 0)
     where id = $1`,
    [id, JSON.stringify(counts)],
  );
}

/** Notes the end of a request. An erasure that is done forgets whom it was about. */
export async function markEnded(
  tx: WorkspaceTransaction,
  id: string,
  { now, error }: { now: Date; error: PrivacyRequest['error'] },
): Promise<void> {
  await tx.query(
    `update privacy_requests set completed_at = $2, error = $3,
       state = case when $3::jsonb is null then 'done' else 'failed' end,
       subject = case when $3::jsonb is null and kind = 'erasure' then null else subject end
     where id = $1`,
    [id, now.toISOString(), error && JSON.stringify(error)],
  );
}

/** Requests that say whom they are about. */
export async function requestsWithSubject(tx: WorkspaceTransaction): Promise<PrivacyRequestWithSubject[]> {
  return tx.query(`select ${columns} from privacy_requests where subject is not null`);
}

/**
 * Forgets whom these requests were about, with their files. Those that have not ended end without one.
 * @returns how many had a file.
 */
export async function forgetSubjects(tx: WorkspaceTransaction, ids: readonly string[]): Promise<number> {
  const rows = await tx.query<{ files: number }>(
    `with gone as (
       delete from privacy_files where request_id = any($1::uuid[]) returning request_id
     ), forgotten as (
       update privacy_requests set subject = null, file_expires_at = null,
         completed_at = coalesce(completed_at, now()),
         error = case when state in ('pending', 'running') then jsonb_build_object('code', 'NOT_FOUND', 'path', '',
           'message', 'The person was erased before this was done.') else error end,
         state = case when state in ('pending', 'running') then 'failed' else state end
       where id = any($1::uuid[])
     )
     select count(distinct request_id)::int as files from gone`,
    [ids],
  );
  return rows[0]!.files;
}
