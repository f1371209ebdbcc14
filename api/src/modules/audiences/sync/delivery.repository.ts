import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { noDelivery, type Delivery } from './delivery.js';

interface DeliveryRow extends Omit<Delivery, 'plannedVersion' | 'plannedSequence'> {
  plannedVersion: string | null;
  plannedSequence: string | null;
}

const columns = `audience_id as "audienceId", destination_id as "destinationId", schedule, daily_hour as "dailyHour",
  paused_at as "pausedAt", remote_id as "remoteId", remote_ready_at as "remoteReadyAt", next_sync_at as "nextSyncAt",
  planned_version as "plannedVersion", planned_sequence as "plannedSequence"`;

function toDelivery(row: DeliveryRow): Delivery {
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  return {
    ...row,
    plannedVersion: number(row.plannedVersion),
    plannedSequence: number(row.plannedSequence),
  };
}

/** Where audiences go, in their order. */
export async function deliveriesOf(
  tx: WorkspaceTransaction,
  audienceIds: readonly string[],
): Promise<Delivery[]> {
  const rows = await tx.query<DeliveryRow>(
    `select ${columns} from audience_deliveries where audience_id = any($1::uuid[])`,
    [audienceIds],
  );
  const found = new Map(rows.map((row) => [row.audienceId, toDelivery(row)]));
  return audienceIds.map((id) => found.get(id) ?? noDelivery(id));
}

/** Takes an audience for this transaction: nobody else moves its members, or begins a run, before it ends. */
export async function lockDelivery(tx: WorkspaceTransaction, audienceId: string): Promise<Delivery> {
  const rows = await tx.query<DeliveryRow>(
    `select ${columns} from audience_deliveries where audience_id = $1 for no key update`,
    [audienceId],
  );
  return rows[0] ? toDelivery(rows[0]) : noDelivery(audienceId);
}

/** Stores where an audience goes. */
export async function saveDelivery(tx: WorkspaceTransaction, delivery: Delivery): Promise<void> {
  await tx.query(
    `insert into audience_deliveries (workspace_id, audience_id, destination_id, schedule, daily_hour, paused_at,
       remote_id, remote_ready_at, next_sync_at, planned_version, planned_sequence)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (workspace_id, audience_id) do update set destination_id = excluded.destination_id,
       schedule = excluded.schedule, daily_hour = excluded.daily_hour, paused_at = excluded.paused_at,
       remote_id = excluded.remote_id, remote_ready_at = excluded.remote_ready_at, next_sync_at = excluded.next_sync_at,
       planned_version = excluded.planned_version, planned_sequence = excluded.planned_sequence`,
    [
      tx.workspaceId,
      delivery.audienceId,
      delivery.destinationId,
      delivery.schedule,
      delivery.dailyHour,
      delivery.pausedAt?.toISOString() ?? null,
      delivery.remoteId,
      delivery.remoteReadyAt?.toISOString() ?? null,
      delivery.nextSyncAt?.toISOString() ?? null,
      delivery.plannedVersion,
      delivery.plannedSequence,
    ],
  );
}

/** Says that who an audience has, or what is said of them, is another matter from now on: it is to be planned anew. */
export async function forgetPlan(tx: WorkspaceTransaction, audienceId: string): Promise<void> {
  await tx.query('update audience_deliveries set planned_version = null where audience_id = $1', [
    audienceId,
  ]);
}

/** An audience that goes somewhere, as the follower sees it. */
export interface FollowedAudience extends Delivery {
  isArchived: boolean;
  segmentId: string;
  /** Whether a run is under way. */
  isRunning: boolean;
  /** Whether anybody waits to be removed. */
  hasLeaving: boolean;
  /** Of the latest run. */
  lastStartedAt: Date | null;
  lastFinishedAt: Date | null;
  lastFailed: boolean;
}

/** Every audience that goes somewhere, or of which a platform may hold somebody, archived ones too. */
export async function followedAudiences(tx: WorkspaceTransaction): Promise<FollowedAudience[]> {
  const rows = await tx.query<DeliveryRow & Omit<FollowedAudience, keyof Delivery>>(
    `select ${columns
      .split(',')
      .map((column) => `d.${column.trim()}`)
      .join(', ')},
       a.archived_at is not null as "isArchived", a.segment_id as "segmentId",
       exists (select from audience_syncs as s where s.audience_id = d.audience_id and s.finished_at is null)
         as "isRunning",
       exists (select from audience_members as m where m.audience_id = d.audience_id and m.state = 'leaving')
         as "hasLeaving",
       last.started_at as "lastStartedAt", last.finished_at as "lastFinishedAt",
       coalesce(last.status = 'failed', false) as "lastFailed"
     from audience_deliveries as d join custom_audiences as a on a.id = d.audience_id
     left join lateral (
       select started_at, finished_at, status from audience_syncs as s where s.audience_id = d.audience_id
       order by started_at desc, id desc limit 1
     ) as last on true
     where d.destination_id is not null
     order by d.audience_id`,
  );
  return rows.map((row) => ({ ...row, ...toDelivery(row) }));
}

/** Whether any audience of the workspace goes somewhere. */
export async function hasDeliveries(tx: WorkspaceTransaction): Promise<boolean> {
  const rows = await tx.query('select from audience_deliveries where destination_id is not null limit 1');
  return rows.length > 0;
}

/** The audiences that go to a destination, by name. */
export async function audiencesGoingTo(
  tx: WorkspaceTransaction,
  destinationId: string,
): Promise<{ id: string; name: string }[]> {
  return tx.query(
    `select a.id, a.name from custom_audiences as a join audience_deliveries as d on d.audience_id = a.id
     where d.destination_id = $1 order by a.name, a.id`,
    [destinationId],
  );
}

/**
 * Takes the next turn at a destination, over all its audiences and processes.
 * @param every milliseconds between two batches.
 * @returns how many milliseconds to wait before it.
 */
export async function takePace(
  tx: WorkspaceTransaction,
  destinationId: string,
  every: number,
): Promise<number> {
  const rows = await tx.query<{ wait: number }>(
    `insert into destination_paces as p (workspace_id, destination_id, next_at)
     values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
     on conflict (workspace_id, destination_id) do update
     set next_at = greatest(p.next_at, clock_timestamp()) + $3 * interval '1 millisecond'
     returning greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000 - $3)::float8 as wait`,
    [tx.workspaceId, destinationId, every],
  );
  return rows[0]!.wait;
}
