import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { EventRetention, RetainedEvents } from './event-retention.js';

/** A setting with what it is found by. */
export type EventRetentionRow = EventRetention & { foldedName: string };

const columns = `folded_name as "foldedName", nullif(name, '') as name, days, set_by as "setBy", set_at as "setAt"`;

/** Sets how long events are kept. */
export async function saveRetention(
  tx: WorkspaceTransaction,
  { name, foldedName }: RetainedEvents,
  { days, setBy, setAt }: Omit<EventRetention, 'name'>,
): Promise<EventRetention> {
  const rows = await tx.query<EventRetentionRow>(
    `insert into event_retention (workspace_id, folded_name, name, days, set_by, set_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, folded_name) do update set
       name = excluded.name, days = excluded.days, set_by = excluded.set_by, set_at = excluded.set_at
     returning ${columns}`,
    [tx.workspaceId, foldedName, name ?? '', days, setBy, setAt.toISOString()],
  );
  return rows[0]!;
}

/** Takes a setting away; gives what it was, undefined when there was none. */
export async function removeRetention(
  tx: WorkspaceTransaction,
  { foldedName }: RetainedEvents,
): Promise<EventRetention | undefined> {
  const rows = await tx.query<EventRetentionRow>(
    `with gone as (delete from event_retention where folded_name = $1 returning *) select ${columns} from gone`,
    [foldedName],
  );
  return rows[0];
}

/** Settings in the order of the names, that of all others first, after the one named. */
export async function listRetention(
  tx: WorkspaceTransaction,
  after: string | undefined,
  limit: number,
): Promise<EventRetentionRow[]> {
  return tx.query(
    `select ${columns} from event_retention where $1::text is null or folded_name > $1 order by folded_name limit $2`,
    [after ?? null, limit],
  );
}

/** All settings. */
export async function allRetention(tx: WorkspaceTransaction): Promise<EventRetentionRow[]> {
  return tx.query(`select ${columns} from event_retention order by folded_name`);
}

/** The condition of events that are too old, over parameters $1 to $3: the name, the names with settings of their own. */
const tooOld = `case when $1 <> '' then folded_name = $1 else folded_name <> all($2::text[]) end and occurred_at < $3`;

/** Events of a name, or of all names but some, that are older than this. */
export interface OldEvents {
  foldedName: string;
  /** Those that have a setting of their own. */
  others: readonly string[];
  before: Date;
}

/** How many events are too old. */
export async function countOldEvents(
  tx: WorkspaceTransaction,
  { foldedName, others, before }: OldEvents,
): Promise<number> {
  const rows = await tx.query<{ count: string }>(`select count(*) as count from events where ${tooOld}`, [
    foldedName,
    others,
    before.toISOString(),
  ]);
  return Number(rows[0]!.count);
}

/** Deletes some of the events that are too old, and notes whose they were. @returns how many. */
export async function deleteOldEvents(
  tx: WorkspaceTransaction,
  { foldedName, others, before }: OldEvents,
  limit: number,
): Promise<number> {
  // What was deleted says whose it was: with a merge under way, that may be another than when it was looked for.
  const rows = await tx.query<{ facet: string; ordinals: number[]; deleted: number }>(
    `with old as (
       select occurred_at, id from events where ${tooOld} limit $4
     ), gone as (
       delete from events as e using old where e.occurred_at = old.occurred_at and e.id = old.id
       returning e.ordinal, e.folded_name
     )
     select 'event:' || folded_name as facet, array_agg(distinct ordinal) as ordinals, count(*)::int as deleted
     from gone group by folded_name`,
    [foldedName, others, before.toISOString(), limit],
  );
  for (const { facet, ordinals } of rows) tx.changed(ordinals, facet);
  return rows.reduce((sum, { deleted }) => sum + deleted, 0);
}
