import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** Forgets some of the messages that came before this: sent again, they would be stored once more. @returns how many. */
export async function forgetMessages(tx: WorkspaceTransaction, before: Date, limit: number): Promise<number> {
  const rows = await tx.query<{ forgotten: number }>(
    `with old as (
       select message_key from event_messages where received_at < $1 limit $2
     ), gone as (
       delete from event_messages as m using old where m.message_key = old.message_key returning 1
     )
     select count(*)::int as forgotten from gone`,
    [before.toISOString(), limit],
  );
  return rows[0]!.forgotten;
}

/** Deletes the oldest events in quarantine beyond so many. @returns how many there were. */
export async function dropBeyond(tx: WorkspaceTransaction, most: number, limit: number): Promise<number> {
  const rows = await tx.query<{ dropped: number }>(
    `with gone as (
       delete from quarantined_events where id in (
         select id from quarantined_events
         order by id limit greatest(0, least((select count(*) from quarantined_events) - $1, $2)))
       returning 1
     )
     select count(*)::int as dropped from gone`,
    [most, limit],
  );
  return rows[0]!.dropped;
}

/** Notes which version the workspace has now, unless that was noted since. */
export async function markFeed(
  tx: WorkspaceTransaction,
  { now, unlessSince }: { now: Date; unlessSince: Date },
): Promise<void> {
  await tx.query(
    `insert into feed_marks (workspace_id, at, version)
     select $1, $2, version from workspace_versions
     where not exists (select from feed_marks where at > $3) on conflict do nothing`,
    [tx.workspaceId, now.toISOString(), unlessSince.toISOString()],
  );
}

/** The version that the workspace had at this moment at least; undefined when that is not known any more, or not yet. */
export async function versionAt(tx: WorkspaceTransaction, moment: Date): Promise<number | undefined> {
  const rows = await tx.query<{ version: string }>(
    'select version from feed_marks where at <= $1 order by at desc limit 1',
    [moment.toISOString()],
  );
  return rows[0] && Number(rows[0].version);
}

/**
 * Deletes the oldest entries of the change feed up to a version, about as many as said. Versions go whole, the oldest
 * first, and each has an entry: so the feed has no gap but at its beginning, and whoever follows it and does not find the
 * version after the last one that they know has fallen behind, and knows it.
 * @returns how many were deleted.
 */
export async function trimFeed(tx: WorkspaceTransaction, upTo: number, limit: number): Promise<number> {
  const rows = await tx.query<{ deleted: number }>(
    `with gone as (
       delete from changes where version <= (
         select max(version) from (
           select version from changes where version <= $1 order by version limit $2) as oldest)
       returning 1
     )
     select count(*)::int as deleted from gone`,
    [upTo, limit],
  );
  return rows[0]!.deleted;
}

/** Deletes marks from before this that are not needed to know what was at this moment. */
export async function forgetMarks(tx: WorkspaceTransaction, moment: Date): Promise<void> {
  await tx.query('delete from feed_marks where at < (select max(at) from feed_marks where at <= $1)', [
    moment.toISOString(),
  ]);
}
