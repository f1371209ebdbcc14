import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { AudienceSync, PlanCounts } from './audience-sync.js';

interface SyncRow extends Omit<AudienceSync, 'plan'>, Record<keyof PlanCounts, number | null> {}

const columns = `id, audience_id as "audienceId", destination_id as "destinationId", cause, created_by as "createdBy", status,
  phase, started_at as "startedAt", finished_at as "finishedAt", resume_at as "resumeAt", attempts, trouble, session, sequence,
  open_action as "openAction", open_is_last as "openIsLast", total, members, without_consent as "withoutConsent", suppressed,
  eligible, without_identifier as "withoutIdentifier", refused, duplicates, unchanged, to_add as "toAdd",
  to_remove as "toRemove", added, removed, rejected`;

function toSync(row: SyncRow): AudienceSync {
  const { members, withoutConsent, suppressed, eligible, withoutIdentifier, ...rest } = row;
  const { refused, duplicates, unchanged, ...sync } = rest;
  const counts = {
    members,
    withoutConsent,
    suppressed,
    eligible,
    withoutIdentifier,
    refused,
    duplicates,
    unchanged,
  };
  return { ...sync, plan: members === null ? null : (counts as PlanCounts) };
}

/** Stores a new run. Another one of the audience must not be under way. */
export async function insertSync(
  tx: WorkspaceTransaction,
  sync: Pick<
    AudienceSync,
    'id' | 'audienceId' | 'destinationId' | 'cause' | 'createdBy' | 'phase' | 'startedAt' | 'session'
  >,
): Promise<void> {
  await tx.query(
    `insert into audience_syncs (workspace_id, id, audience_id, destination_id, cause, created_by, status, phase,
       started_at, session)
     values ($1, $2, $3, $4, $5, $6, 'running', $7, $8, $9)`,
    [
      tx.workspaceId,
      sync.id,
      sync.audienceId,
      sync.destinationId,
      sync.cause,
      sync.createdBy,
      sync.phase,
      sync.startedAt.toISOString(),
      sync.session,
    ],
  );
}

/** A run. @param lock keeps others from changing it until the transaction ends. */
export async function findSync(
  tx: WorkspaceTransaction,
  id: string,
  lock: '' | 'for update' = '',
): Promise<AudienceSync | undefined> {
  const rows = await tx.query<SyncRow>(`select ${columns} from audience_syncs where id = $1 ${lock}`, [id]);
  return rows[0] && toSync(rows[0]);
}

/** The run of an audience that is under way. */
export async function openSyncOf(
  tx: WorkspaceTransaction,
  audienceId: string,
): Promise<AudienceSync | undefined> {
  const rows = await tx.query<SyncRow>(
    `select ${columns} from audience_syncs where audience_id = $1 and finished_at is null`,
    [audienceId],
  );
  return rows[0] && toSync(rows[0]);
}

/** Every run of the workspace that is under way. */
export async function openSyncs(tx: WorkspaceTransaction): Promise<AudienceSync[]> {
  const rows = await tx.query<SyncRow>(`select ${columns} from audience_syncs where finished_at is null`);
  return rows.map(toSync);
}

/** Stores how far a run has come. */
export async function saveSync(tx: WorkspaceTransaction, sync: AudienceSync): Promise<void> {
  const { plan } = sync;
  await tx.query(
    `update audience_syncs set status = $2, phase = $3, finished_at = $4, resume_at = $5, attempts = $6, trouble = $7,
       session = $8, sequence = $9, open_action = $10, open_is_last = $11, total = $12, members = $13,
       without_consent = $14, suppressed = $15, eligible = $16, without_identifier = $17, refused = $18,
       duplicates = $19, unchanged = $20, to_add = $21, to_remove = $22, added = $23, removed = $24, rejected = $25
     where id = $1`,
    [
      sync.id,
      sync.status,
      sync.phase,
      sync.finishedAt?.toISOString() ?? null,
      sync.resumeAt?.toISOString() ?? null,
      sync.attempts,
      sync.trouble,
      sync.session,
      sync.sequence,
      sync.openAction,
      sync.openIsLast,
      sync.total,
      plan?.members ?? null,
      plan?.withoutConsent ?? null,
      plan?.suppressed ?? null,
      plan?.eligible ?? null,
      plan?.withoutIdentifier ?? null,
      plan?.refused ?? null,
      plan?.duplicates ?? null,
      plan?.unchanged ?? null,
      sync.toAdd,
      sync.toRemove,
      sync.added,
      sync.removed,
      sync.rejected,
    ],
  );
}

/** A run with its time of start in full precision, for cursors. */
export type SyncOnPage = AudienceSync & { startedExactly: string };

/** The runs of an audience, the newest first, after the one named. */
export async function listSyncs(
  tx: WorkspaceTransaction,
  audienceId: string,
  after: [startedAt: string, id: string] | undefined,
  limit: number,
): Promise<SyncOnPage[]> {
  const rows = await tx.query<SyncRow & { startedExactly: string }>(
    `select ${columns}, started_at::text as "startedExactly" from audience_syncs
     where audience_id = $1 and ($2::text is null or (started_at, id) < ($2::timestamptz, $3::uuid))
     order by started_at desc, id desc limit $4`,
    [audienceId, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return rows.map((row) => ({ ...toSync(row), startedExactly: row.startedExactly }) as SyncOnPage);
}

/** The latest run of each audience, by audience. */
export async function lastSyncs(
  tx: WorkspaceTransaction,
  audienceIds: readonly string[],
): Promise<Map<string, AudienceSync>> {
  const rows = await tx.query<SyncRow>(
    `select latest.* from unnest($1::uuid[]) as asked (id), lateral (
       select ${columns} from audience_syncs as s where s.audience_id = asked.id
       order by started_at desc, s.id desc limit 1
     ) as latest`,
    [audienceIds],
  );
  return new Map(rows.map((row) => [row.audienceId, toSync(row)]));
}
