import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Priority } from '../automation.js';

export type FollowUpStatus = 'open' | 'done' | 'cancelled';

/** Something that the sales team has to do about a contact. */
export interface FollowUp {
  id: string;
  /** As it was called when it was opened: a merge leads on from it. */
  contactId: string;
  runId: string | null;
  automationId: string | null;
  assigneeId: string | null;
  dueAt: Date;
  priority: Priority;
  note: string;
  status: FollowUpStatus;
  createdBy: string;
  createdAt: Date;
  closedBy: string | null;
  closedAt: Date | null;
}

/** A follow-up with its time in full precision, for cursors. */
export type FollowUpRow = FollowUp & { dueExactly: string };

const columns = `id, contact_id as "contactId", run_id as "runId", automation_id as "automationId",
  assignee_id as "assigneeId", due_at as "dueAt", priority, note, status, created_by as "createdBy",
  created_at as "createdAt", closed_by as "closedBy", closed_at as "closedAt"`;

/** Opens a follow-up. */
export async function insertFollowUp(
  tx: WorkspaceTransaction,
  followUp: Omit<FollowUp, 'status' | 'closedBy' | 'closedAt'>,
): Promise<void> {
  const { id, contactId, runId, automationId, assigneeId, dueAt, priority, note, createdBy, createdAt } =
    followUp;
  await tx.query(
    `insert into follow_ups (workspace_id, id, contact_id, run_id, automation_id, assignee_id, due_at, priority, note, status,
       created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11)`,
    [
      tx.workspaceId,
      id,
      contactId,
      runId,
      automationId,
      assigneeId,
      dueAt,
      priority,
      note,
      createdBy,
      createdAt,
    ],
  );
}

/** Which follow-ups to list. */
export interface FollowUpFilter {
  statuses: readonly FollowUpStatus[];
  assigneeId?: string | undefined;
  /** Due before this. */
  dueBefore?: Date | undefined;
  contactIds?: readonly string[] | undefined;
  automationId?: string | undefined;
}

const matches = `status = any($1::text[]) and ($2::uuid is null or assignee_id = $2)
  and ($3::timestamptz is null or due_at < $3) and ($4::uuid[] is null or contact_id = any($4::uuid[]))
  and ($5::uuid is null or automation_id = $5)`;

const valuesOf = ({
  statuses,
  assigneeId,
  dueBefore,
  contactIds,
  automationId,
}: FollowUpFilter): unknown[] => [
  statuses,
  assigneeId ?? null,
  dueBefore ?? null,
  contactIds ?? null,
  automationId ?? null,
];

/** Follow-ups, what is due first, after the one named. */
export async function listFollowUps(
  tx: WorkspaceTransaction,
  filter: FollowUpFilter,
  after: [dueAt: string, id: string] | undefined,
  limit: number,
): Promise<FollowUpRow[]> {
  return tx.query(
    `select ${columns}, due_at::text as "dueExactly" from follow_ups
     where ${matches} and ($6::text is null or (due_at, id) > ($6::timestamptz, $7::uuid))
     order by due_at, id limit $8`,
    [...valuesOf(filter), after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** How many follow-ups there are. */
export async function countFollowUps(tx: WorkspaceTransaction, filter: FollowUpFilter): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from follow_ups where ${matches}`,
    valuesOf(filter),
  );
  return row!.count;
}

/** Those of these follow-ups that there are, locked. */
export async function takeFollowUps(tx: WorkspaceTransaction, ids: readonly string[]): Promise<FollowUp[]> {
  return tx.query(
    `select ${columns} from follow_ups where id = any($1::uuid[]) order by id for no key update`,
    [ids],
  );
}

/** Stores what may change of a follow-up. */
export async function saveFollowUp(tx: WorkspaceTransaction, followUp: FollowUp): Promise<void> {
  const { id, assigneeId, dueAt, priority, note, status, closedBy, closedAt } = followUp;
  await tx.query(
    `update follow_ups set assignee_id = $2, due_at = $3, priority = $4, note = $5, status = $6, closed_by = $7,
       closed_at = $8 where id = $1`,
    [id, assigneeId, dueAt, priority, note, status, closedBy, closedAt],
  );
}
