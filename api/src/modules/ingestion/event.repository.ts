import { createHash } from 'node:crypto';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** A row of `events` about to be written. Properties are JSON text. */
export interface NewEvent {
  id: string;
  ordinal: number;
  /** The contact that did it, by ordinal, if it has become part of this one in the same batch. */
  mergedFrom: number | null;
  name: string;
  foldedName: string;
  target: string | null;
  foldedTarget: string | null;
  properties: string;
  occurredAt: Date;
  messageId: string;
  /** What sent it. */
  source: string;
  receivedAt: Date;
}

/** A row of `events` as it is read. */
export interface EventRow {
  id: string;
  ordinal: number;
  name: string;
  target: string | null;
  properties: Record<string, unknown>;
  source: string;
  message_id: string;
  occurred_at: Date;
  received_at: Date;
  /** `occurred_at` in full precision, for cursors. */
  occurred_exactly: string;
}

/** A name that events were recorded under. */
export interface EventNameRow {
  name: string;
  folded_name: string;
  count: string;
  last_seen_at: Date;
}

/** What a timeline is narrowed to. */
export interface EventFilter {
  /** Folded name. */
  foldedName?: string;
  /** From this moment on. */
  since?: Date;
  /** Before this moment. */
  until?: Date;
}

/** The key under which a message is known: the first 128 bits of SHA-256 of its id, as a UUID in lower case. */
export function messageKey(messageId: string): string {
  const hex = createHash('sha256').update(messageId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Claims messages for this transaction. A message that another transaction is storing right now is waited for.
 * @returns the keys that were not known before: only these are to be stored.
 */
export async function claimMessages(
  transaction: WorkspaceTransaction,
  keys: readonly string[],
  receivedAt: Date,
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  // Sorted, so that two batches which share messages wait for each other instead of deadlocking.
  const sorted = [...new Set(keys)].sort();
  const rows = await transaction.query<{ message_key: string }>(
    `insert into event_messages (workspace_id, message_key, received_at)
     select $1, message_key, $3 from unnest($2::uuid[]) as message_key
     on conflict do nothing
     returning message_key`,
    [transaction.workspaceId, sorted, receivedAt],
  );
  return new Set(rows.map((row) => row.message_key));
}

/** Gives up claims of this transaction, so that these messages may come again. */
export async function releaseMessages(
  transaction: WorkspaceTransaction,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await transaction.query('delete from event_messages where message_key = any($1::uuid[])', [keys]);
}

/** Writes events whose messages were claimed and whose months have partitions. */
export async function insertEvents(
  transaction: WorkspaceTransaction,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  // Properties as one JSON array: in an array of texts each quotation mark would have to be escaped, and read back.
  await transaction.query(
    `insert into events (workspace_id, id, ordinal, name, folded_name, target, folded_target, occurred_at,
                         message_id, source, received_at, merged_from, properties)
     select $1, event.*
     from rows from (
       unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
              $9::text[], $10::text[], $11::timestamptz[], $12::int[]),
       jsonb_array_elements($13::jsonb)
     ) as event`,
    [
      transaction.workspaceId,
      events.map((event) => event.id),
      events.map((event) => event.ordinal),
      events.map((event) => event.name),
      events.map((event) => event.foldedName),
      events.map((event) => event.target),
      events.map((event) => event.foldedTarget),
      events.map((event) => event.occurredAt.toISOString()),
      events.map((event) => event.messageId),
      events.map((event) => event.source),
      events.map((event) => event.receivedAt.toISOString()),
      events.map((event) => event.mergedFrom),
      `[${events.map((event) => event.properties).join(',')}]`,
    ],
  );
}

/** One page of what a contact did. */
export interface TimelinePage {
  ordinal: number;
  filter: EventFilter;
  /** The (occurred_exactly, id) of the last event seen. */
  after: readonly [string, string] | undefined;
  limit: number;
}

/** What each of several contacts did, the newest first: pages that differ in nothing but the contact. */
export async function listEvents(
  transaction: WorkspaceTransaction,
  ordinals: readonly number[],
  { filter, after, limit }: Omit<TimelinePage, 'ordinal'>,
): Promise<EventRow[]> {
  return transaction.query<EventRow>(
    `select event.* from unnest($1::int[]) as asked (ordinal) cross join lateral (
       select id, ordinal, name, target, properties, source, message_id, occurred_at, received_at,
              occurred_at::text as occurred_exactly
       from events
       where ordinal = asked.ordinal
         and ($2::text is null or folded_name = $2)
         and ($3::timestamptz is null or occurred_at >= $3)
         and ($4::timestamptz is null or occurred_at < $4)
         and ($5::timestamptz is null or (occurred_at, id) < ($5, $6::uuid))
       order by occurred_at desc, id desc
       limit $7
     ) as event
     order by event.ordinal, event.occurred_at desc, event.id desc`,
    [ordinals, filter.foldedName, filter.since, filter.until, after?.[0], after?.[1], limit],
  );
}

/**
 * The names that events were recorded under, in the order of their folded form. The names are found by jumping through
 * the index from one to the next, however many events each has; only those of this page are then counted.
 * @param search folded text that the name must contain; empty for all.
 */
export async function listEventNames(
  transaction: WorkspaceTransaction,
  search: string,
  after: string | undefined,
  limit: number,
): Promise<EventNameRow[]> {
  return transaction.query<EventNameRow>(
    `with recursive found as (
       (select folded_name from events where folded_name > $2 order by folded_name limit 1)
       union all
       select (select event.folded_name from events as event
               where event.folded_name > found.folded_name order by event.folded_name limit 1)
       from found where found.folded_name is not null
     ), page as materialized (
       select folded_name from found
       where folded_name is not null and strpos(folded_name, $1) > 0
       order by folded_name limit $3
     )
     select spelled.name, page.folded_name, counted.count, counted.last_seen_at
     from page
     cross join lateral (
       select count(*) as count, max(event.occurred_at) as last_seen_at from events as event
       where event.folded_name = page.folded_name
     ) as counted
     cross join lateral (
       select event.name from events as event where event.folded_name = page.folded_name limit 1
     ) as spelled
     order by page.folded_name`,
    [search, after ?? '', limit],
  );
}
