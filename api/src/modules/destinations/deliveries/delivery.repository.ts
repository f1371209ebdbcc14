import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Delivery, DeliveryStatus } from './delivery.js';

/** A delivery with its time of creation in full precision, for cursors. */
export type DeliveryRow = Delivery & { createdExactly: string };

const columns = `id, destination_id as "destinationId", type, data, occurred_at as "occurredAt", status, attempts,
  next_attempt_at as "nextAttemptAt", last_status as "lastStatus", last_trouble as "lastTrouble",
  last_answer as "lastAnswer", created_at as "createdAt", settled_at as "settledAt"`;

/** A delivery as it is stored first. */
export interface NewDelivery {
  id: string;
  key: string;
  type: string;
  data: object;
  contactId: string | null;
  occurredAt: Date;
}

/**
 * Stores deliveries that there are none of yet.
 * @param trouble why they are given up at once; null when they are sent.
 * @returns for each key the id of its delivery, and whether it is new.
 */
export async function insertDeliveries(
  tx: WorkspaceTransaction,
  destinationId: string,
  deliveries: readonly NewDelivery[],
  { trouble, now }: { trouble: string | null; now: Date },
): Promise<Map<string, { id: string; isNew: boolean }>> {
  const rows = await tx.query<{ key: string; id: string }>(
    `insert into webhook_deliveries (workspace_id, id, destination_id, key, type, data, contact_id, occurred_at,
       status, next_attempt_at, last_trouble, created_at, settled_at)
     select $1, d.id, $2, d.key, d.type, d.data, d.contact_id, d.occurred_at,
       case when $3::text is null then 'pending' else 'dead' end, case when $3 is null then $4::timestamptz end, $3,
       $4, case when $3 is not null then $4::timestamptz end
     from unnest($5::uuid[], $6::text[], $7::text[], $8::jsonb[], $9::uuid[], $10::timestamptz[])
       as d (id, key, type, data, contact_id, occurred_at)
     on conflict (workspace_id, destination_id, key) do nothing
     returning key, id`,
    [
      tx.workspaceId,
      destinationId,
      trouble,
      now,
      deliveries.map(({ id }) => id),
      deliveries.map(({ key }) => key),
      deliveries.map(({ type }) => type),
      deliveries.map(({ data }) => JSON.stringify(data)),
      deliveries.map(({ contactId }) => contactId),
      deliveries.map(({ occurredAt }) => occurredAt.toISOString()),
    ],
  );
  const known = new Map(rows.map(({ key, id }) => [key, { id, isNew: true }]));
  const others = deliveries.filter(({ key }) => !known.has(key)).map(({ key }) => key);
  if (others.length === 0) return known;
  const before = await tx.query<{ key: string; id: string }>(
    'select key, id from webhook_deliveries where destination_id = $1 and key = any($2::text[])',
    [destinationId, others],
  );
  for (const { key, id } of before) known.set(key, { id, isNew: false });
  return known;
}

/** What is due of a destination, the longest waiting first. */
export async function dueDeliveries(
  tx: WorkspaceTransaction,
  destinationId: string,
  { now, limit }: { now: Date; limit: number },
): Promise<Delivery[]> {
  return tx.query(
    `select ${columns} from webhook_deliveries
     where destination_id = $1 and status = 'pending' and next_attempt_at <= $2
     order by next_attempt_at limit $3`,
    [destinationId, now, limit],
  );
}

/** When something of a destination is due next; null when nothing is on its way. */
export async function nextDue(tx: WorkspaceTransaction, destinationId: string): Promise<Date | null> {
  const [row] = await tx.query<{ next: Date | null }>(
    `select min(next_attempt_at) as next from webhook_deliveries where destination_id = $1 and status = 'pending'`,
    [destinationId],
  );
  return row?.next ?? null;
}

/** The destinations of which something is due. */
export async function destinationsWithDue(tx: WorkspaceTransaction, now: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select distinct destination_id as id from webhook_deliveries where status = 'pending' and next_attempt_at <= $1`,
    [now],
  );
  return rows.map(({ id }) => id);
}

/** What an attempt came to. */
export interface Attempt {
  status: DeliveryStatus;
  nextAttemptAt: Date | null;
  lastStatus: number | null;
  lastTrouble: string | null;
  lastAnswer: string | null;
}

/**
 * Writes down what an attempt came to.
 * @param attempts as they were before it: when somebody else has been at it meanwhile, what they wrote stands.
 */
export async function noteAttempt(
  tx: WorkspaceTransaction,
  { id, attempts }: Pick<Delivery, 'id' | 'attempts'>,
  { status, nextAttemptAt, lastStatus, lastTrouble, lastAnswer }: Attempt,
  now: Date,
): Promise<void> {
  await tx.query(
    `update webhook_deliveries
     set status = $3, attempts = attempts + 1, next_attempt_at = $4, last_status = $5, last_trouble = $6,
       last_answer = $7, settled_at = case when $3 = 'pending' then null else $8::timestamptz end,
       first_failed_at = case when $3 = 'delivered' then first_failed_at else coalesce(first_failed_at, $8) end
     where id = $1 and status = 'pending' and attempts = $2`,
    [id, attempts, status, nextAttemptAt, lastStatus, lastTrouble, lastAnswer, now],
  );
}

/** Gives up whatever is on its way to a destination, with the reason in words. */
export async function giveUpPending(
  tx: WorkspaceTransaction,
  destinationId: string,
  { because, now }: { because: string; now: Date },
): Promise<void> {
  await tx.query(
    `update webhook_deliveries set status = 'dead', next_attempt_at = null, last_trouble = $2, settled_at = $3
     where destination_id = $1 and status = 'pending'`,
    [destinationId, because, now],
  );
}

/** Whether a destination has taken nothing since a moment before which it had begun to fail already. */
export async function isHopeless(
  tx: WorkspaceTransaction,
  destinationId: string,
  since: Date,
): Promise<boolean> {
  const [row] = await tx.query<{ hopeless: boolean }>(
    `select not exists (
         select from webhook_deliveries
         where destination_id = $1 and status = 'delivered' and settled_at > $2
       ) and exists (
         select from webhook_deliveries as failed
         where destination_id = $1 and status <> 'delivered' and first_failed_at <= $2
           and not exists (
             select from webhook_deliveries as taken
             where taken.destination_id = $1 and taken.status = 'delivered'
               and taken.settled_at > failed.first_failed_at)
       ) as hopeless`,
    [destinationId, since],
  );
  return row!.hopeless;
}

/** Which deliveries are sent once more. */
export type Replayed = { ids: readonly string[] } | { since: Date };

/**
 * Puts deliveries of a destination back on their way: those that are named and settled, or all that were given up since a
 * moment.
 * @returns how many.
 */
export async function replaySettled(
  tx: WorkspaceTransaction,
  destinationId: string,
  which: Replayed,
  now: Date,
): Promise<number> {
  const rows = await tx.query<{ replayed: number }>(
    `with replayed as (
       update webhook_deliveries
       set status = 'pending', attempts = 0, next_attempt_at = $2, settled_at = null, first_failed_at = null
       where destination_id = $1
         and case when $3::uuid[] is null then status = 'dead' and settled_at >= $4
             else status <> 'pending' and id = any($3) end
       returning 1
     ) select count(*)::int as replayed from replayed`,
    [destinationId, now, 'ids' in which ? which.ids : null, 'since' in which ? which.since : null],
  );
  return rows[0]!.replayed;
}

/** A page of the deliveries of each of these destinations, the newest first, by destination. */
export async function listDeliveries(
  tx: WorkspaceTransaction,
  destinationIds: readonly string[],
  page: {
    status: DeliveryStatus | undefined;
    after: [createdAt: string, id: string] | undefined;
    limit: number;
  },
): Promise<Map<string, DeliveryRow[]>> {
  const { status, after, limit } = page;
  const rows = await tx.query<DeliveryRow>(
    `select d.* from unnest($1::uuid[]) as asked (asked_id), lateral (
       select ${columns}, created_at::text as "createdExactly" from webhook_deliveries
       where destination_id = asked_id and ($2::text is null or status = $2)
         and ($3::text is null or (created_at, id) < ($3::timestamptz, $4::uuid))
       order by created_at desc, id desc limit $5
     ) as d`,
    [destinationIds, status ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return Map.groupBy(rows, (row) => row.destinationId);
}

/** The delivery, or undefined when there is none. */
export async function findDelivery(tx: WorkspaceTransaction, id: string): Promise<Delivery | undefined> {
  const [row] = await tx.query<Delivery>(`select ${columns} from webhook_deliveries where id = $1`, [id]);
  return row;
}

/** Deletes some of what was settled before a moment. @returns how many. */
export async function deleteSettled(
  tx: WorkspaceTransaction,
  { delivered, dead, limit }: { delivered: Date; dead: Date; limit: number },
): Promise<number> {
  const rows = await tx.query<{ deleted: number }>(
    `with old as (
       select id from webhook_deliveries
       where (status = 'delivered' and settled_at < $1) or (status = 'dead' and settled_at < $2) limit $3
     ), gone as (
       delete from webhook_deliveries as d using old where d.id = old.id returning 1
     ) select count(*)::int as deleted from gone`,
    [delivered, dead, limit],
  );
  return rows[0]!.deleted;
}
