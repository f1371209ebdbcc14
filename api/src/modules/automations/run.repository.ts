import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { newId } from '../../platform/ids.js';
import type { ActionKind, Reason } from './automation.js';

export type RunStatus = 'due' | 'done' | 'skipped' | 'failed';
export type StepOutcome = 'sending' | 'done' | 'skipped' | 'failed' | 'in_doubt';

/** One going of one contact through an automation. */
export interface Run {
  id: string;
  automationId: string;
  version: number;
  sequence: number;
  contactId: string | null;
  status: RunStatus;
  reason: Reason | null;
  detail: string | null;
  nextAction: number;
  attempts: number;
  enteredAt: Date;
  dueAt: Date;
  finishedAt: Date | null;
}

/** A run with its time in full precision, for cursors. */
export type RunRow = Run & { enteredExactly: string };

/** What one action of a run came to. */
export interface Step {
  runId: string;
  action: number;
  kind: ActionKind;
  outcome: StepOutcome;
  reason: Reason | null;
  detail: string | null;
  at: Date;
}

const columns = `id, automation_id as "automationId", version, sequence::float8 as sequence, contact_id as "contactId", status,
  reason, detail, next_action as "nextAction", attempts, entered_at as "enteredAt", due_at as "dueAt",
  finished_at as "finishedAt"`;

/** A run that is to begin. */
export interface NewRun {
  sequence: number;
  contactId: string;
  enteredAt: Date;
  /** Held out: it is noted, and nothing is done. */
  isHeldOut: boolean;
}

/** Begins runs; those of transitions that have one already are left alone. */
export async function insertRuns(
  tx: WorkspaceTransaction,
  { automationId, version, now }: { automationId: string; version: number; now: Date },
  runs: readonly NewRun[],
): Promise<void> {
  await tx.query(
    `insert into automation_runs
       (workspace_id, id, automation_id, version, sequence, contact_id, status, reason, entered_at, due_at, finished_at)
     select $1, r.id, $2, $3, r.sequence, r.contact_id, case when r.held then 'skipped' else 'due' end,
       case when r.held then 'HELD_OUT' end, r.at, $4, case when r.held then $4::timestamptz end
     from unnest($5::uuid[], $6::bigint[], $7::uuid[], $8::timestamptz[], $9::boolean[]) as r (id, sequence, contact_id, at, held)
     on conflict do nothing`,
    [
      tx.workspaceId,
      automationId,
      version,
      now,
      runs.map(() => newId()),
      runs.map(({ sequence }) => sequence),
      runs.map(({ contactId }) => contactId),
      runs.map(({ enteredAt }) => enteredAt.toISOString()),
      runs.map(({ isHeldOut }) => isHeldOut),
    ],
  );
}

/** Runs that are due, of automations that are in use or were archived, the longest due first. */
export async function dueRuns(tx: WorkspaceTransaction, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select r.id from automation_runs as r join automations as a on a.id = r.automation_id
     where r.status = 'due' and r.due_at <= $1 and a.status in ('active', 'archived')
     order by r.due_at, r.id limit $2`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

/** A run that is due, locked; undefined when it is not, or somebody else is at it. */
export async function takeRun(tx: WorkspaceTransaction, id: string): Promise<Run | undefined> {
  const [row] = await tx.query<Run>(
    `select ${columns} from automation_runs where id = $1 and status = 'due' for update skip locked`,
    [id],
  );
  return row;
}

/** Stores how far a run has come. */
export async function saveRun(tx: WorkspaceTransaction, run: Run): Promise<void> {
  const { id, status, reason, detail, nextAction, attempts, dueAt, finishedAt } = run;
  await tx.query(
    `update automation_runs set status = $2, reason = $3, detail = $4, next_action = $5, attempts = $6, due_at = $7,
       finished_at = $8 where id = $1`,
    [id, status, reason, detail, nextAction, attempts, dueAt, finishedAt],
  );
}

/** Notes what an action came to, in place of what was noted before. */
export async function saveStep(tx: WorkspaceTransaction, step: Step): Promise<void> {
  const { runId, action, kind, outcome, reason, detail, at } = step;
  await tx.query(
    `insert into automation_steps (workspace_id, run_id, action, kind, outcome, reason, detail, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, run_id, action) do update set outcome = $5, reason = $6, detail = $7, at = $8`,
    [tx.workspaceId, runId, action, kind, outcome, reason, detail, at],
  );
}

/** Takes back the note of a message that was not handed over. */
export async function deleteStep(tx: WorkspaceTransaction, runId: string, action: number): Promise<void> {
  await tx.query('delete from automation_steps where run_id = $1 and action = $2', [runId, action]);
}

/** What the actions of runs came to, in order. */
export async function stepsOf(tx: WorkspaceTransaction, runIds: readonly string[]): Promise<Step[]> {
  return tx.query(
    `select run_id as "runId", action, kind, outcome, reason, detail, at from automation_steps
     where run_id = any($1::uuid[]) order by run_id, action`,
    [runIds],
  );
}

/** What a contact has had: goings through this automation, and messages of all of them. */
export async function hadBy(
  tx: WorkspaceTransaction,
  {
    contactIds,
    automationId,
    but,
    runsSince,
    emailsSince,
  }: {
    contactIds: readonly string[];
    automationId: string;
    /** The run that asks. */
    but: string;
    runsSince: Date;
    emailsSince: Date;
  },
): Promise<{ ever: number; runs: number; emails: number }> {
  const [row] = await tx.query<{ ever: number; runs: number; emails: number }>(
    `select
       (select count(*)::int from automation_runs
        where contact_id = any($1::uuid[]) and automation_id = $2 and id <> $3 and status = 'done') as ever,
       (select count(*)::int from automation_runs
        where contact_id = any($1::uuid[]) and automation_id = $2 and id <> $3 and status = 'done'
          and finished_at > $4) as runs,
       (select count(*)::int from automation_runs as r join automation_steps as s on s.run_id = r.id
        where r.contact_id = any($1::uuid[]) and s.kind = 'email' and s.outcome in ('sending', 'done', 'in_doubt')
          and s.at > $5) as emails`,
    [contactIds, automationId, but, runsSince, emailsSince],
  );
  return row!;
}

/** Which runs to list. */
export interface RunFilter {
  automationId?: string | undefined;
  contactIds?: readonly string[] | undefined;
  statuses?: readonly RunStatus[] | undefined;
  reasons?: readonly Reason[] | undefined;
}

/** Runs, the latest first, after the one named. */
export async function listRuns(
  tx: WorkspaceTransaction,
  { automationId, contactIds, statuses, reasons }: RunFilter,
  after: [enteredAt: string, id: string] | undefined,
  limit: number,
): Promise<RunRow[]> {
  return tx.query(
    `select ${columns}, entered_at::text as "enteredExactly" from automation_runs
     where ($1::text is null or (entered_at, id) < ($1::timestamptz, $2::uuid))
       and ($4::uuid is null or automation_id = $4) and ($5::uuid[] is null or contact_id = any($5::uuid[]))
       and ($6::text[] is null or status = any($6::text[])) and ($7::text[] is null or reason = any($7::text[]))
     order by entered_at desc, id desc limit $3`,
    [
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit,
      automationId ?? null,
      contactIds ?? null,
      statuses ?? null,
      reasons ?? null,
    ],
  );
}

/** How many runs of each automation came to what. */
export async function countRuns(
  tx: WorkspaceTransaction,
  automationIds: readonly string[],
): Promise<{ automationId: string; status: RunStatus; reason: Reason | null; count: number }[]> {
  return tx.query(
    `select automation_id as "automationId", status, reason, count(*)::int as count from automation_runs
     where automation_id = any($1::uuid[]) group by 1, 2, 3 order by 1, 2, 3`,
    [automationIds],
  );
}

/** Deletes some runs that ended before this. @returns how many. */
export async function expireRuns(tx: WorkspaceTransaction, before: Date, limit: number): Promise<number> {
  const rows = await tx.query<{ deleted: number }>(
    `with gone as (
       delete from automation_runs where (workspace_id, id) in (
         select workspace_id, id from automation_runs where finished_at < $1 limit $2) returning 1
     )
     select count(*)::int as deleted from gone`,
    [before, limit],
  );
  return rows[0]!.deleted;
}
