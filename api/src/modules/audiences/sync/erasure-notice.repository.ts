import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** A destination that an erasure had to tell. */
export interface ErasureNotice {
  requestId: string;
  /** What the destination is called. */
  destination: string;
  /** What the audience is called. */
  audience: string;
  notedAt: Date;
  /** When the platform had taken the removal; null before. */
  confirmedAt: Date | null;
}

/** The audiences, and where they go, of which a platform may know some contacts; all audiences are locked. */
export async function audiencesKnowing(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<{ audienceId: string; destinationId: string }[]> {
  // In the order in which everybody locks audiences.
  await tx.query('select from audience_deliveries order by audience_id for no key update');
  return tx.query(
    `select distinct m.audience_id as "audienceId", d.destination_id as "destinationId"
     from audience_members as m join audience_deliveries as d on d.audience_id = m.audience_id
     where m.ordinal = any($1::int[]) and m.told and d.destination_id is not null order by 1`,
    [ordinals],
  );
}

/**
 * Marks what platforms may know of contacts who are about to be erased: it is removed there, and forgotten here as soon as
 * they have confirmed. What nobody was told yet is forgotten at once.
 */
export async function markErased(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  requestId: string,
): Promise<void> {
  await tx.query('delete from audience_members where ordinal = any($1::int[]) and not told', [ordinals]);
  await tx.query(
    `update audience_members set state = 'leaving', erasure_id = $2,
       batch = case when state = 'leaving' then batch end
     where ordinal = any($1::int[])`,
    [ordinals, requestId],
  );
}

/** Notes that an erasure has to tell a destination. */
export async function insertNotice(
  tx: WorkspaceTransaction,
  notice: { requestId: string; audienceId: string; destinationName: string; now: Date },
): Promise<void> {
  await tx.query(
    `insert into erasure_notices (workspace_id, request_id, audience_id, destination_name, noted_at)
     values ($1, $2, $3, $4, $5)
     on conflict (workspace_id, request_id, audience_id) do update set confirmed_at = null`,
    [tx.workspaceId, notice.requestId, notice.audienceId, notice.destinationName, notice.now.toISOString()],
  );
}

/** Notes of erasures that waited for an audience that nobody of theirs is in any more. */
export async function confirmErasures(tx: WorkspaceTransaction, audienceId: string): Promise<void> {
  await tx.query(
    `update erasure_notices as n set confirmed_at = clock_timestamp()
     where n.audience_id = $1 and n.confirmed_at is null and not exists (
       select from audience_members as m where m.audience_id = n.audience_id and m.erasure_id = n.request_id)`,
    [audienceId],
  );
}

/** The destinations that erasures had to tell. */
export async function noticesOf(
  tx: WorkspaceTransaction,
  requestIds: readonly string[],
): Promise<ErasureNotice[]> {
  return tx.query(
    `select n.request_id as "requestId", n.destination_name as destination, a.name as audience, n.noted_at as "notedAt",
       n.confirmed_at as "confirmedAt"
     from erasure_notices as n join custom_audiences as a on a.id = n.audience_id
     where n.request_id = any($1::uuid[]) order by n.destination_name, a.name, n.audience_id`,
    [requestIds],
  );
}
