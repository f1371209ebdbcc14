import { minuteOf } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** How large a segment was at a time, and what had happened since the point before. */
export interface SizePoint {
  at: Date;
  size: number;
  entered: number;
  exited: number;
  version: number;
}

/** What a step did to the size of a segment. */
export interface NewSize extends Omit<SizePoint, 'at' | 'version'> {
  segmentId: string;
}

/** Adds to the size history: what happens within one minute makes one point. */
export async function addSizes(
  tx: WorkspaceTransaction,
  sizes: readonly NewSize[],
  { version, at }: { version: number; at: Date },
): Promise<void> {
  await tx.query(
    `insert into segment_sizes as known (workspace_id, segment_id, at, size, entered, exited, version)
     select $1, row."segmentId", $3, row.size, row.entered, row.exited, $4
     from jsonb_to_recordset($2) as row ("segmentId" uuid, size integer, entered integer, exited integer)
     on conflict (workspace_id, segment_id, at) do update
     set size = excluded.size, version = excluded.version, entered = known.entered + excluded.entered,
       exited = known.exited + excluded.exited`,
    [tx.workspaceId, JSON.stringify(sizes), minuteOf(at).toISOString(), version],
  );
}

/** Points that are read at once, at most. */
export const mostPoints = 1_000;

/** How far apart points can be, in seconds: a minute, an hour, a day, thirty days. */
const distances = [60, 3_600, 86_400, 2_592_000];

/**
 * The sizes of a segment from one time to another, after the last one before that: in steps of a minute, an hour, a day or
 * thirty, the least that makes no more than {@link mostPoints}; each step shows its end, and all that happened in it.
 */
export async function readSizes(
  tx: WorkspaceTransaction,
  segmentId: string,
  { from, to }: { from: Date; to: Date },
): Promise<SizePoint[]> {
  const seconds = (to.getTime() - from.getTime()) / 1000;
  const distance = distances.find((each) => seconds / each < mostPoints) ?? distances.at(-1)!;
  const rows = await tx.query<Omit<SizePoint, 'version'> & { version: string }>(
    `(select at, size, entered, exited, version from segment_sizes
      where segment_id = $1 and at < $2 order by at desc limit 1)
     union all
     select max(at), (array_agg(size order by at desc))[1], sum(entered)::int, sum(exited)::int, max(version)
     from segment_sizes where segment_id = $1 and at >= $2 and at <= $3
     group by date_bin($4 * interval '1 second', at, 'epoch'::timestamptz)
     order by at limit $5`,
    [segmentId, from.toISOString(), to.toISOString(), distance, mostPoints],
  );
  return rows.map((row) => ({ ...row, version: Number(row.version) }));
}

/** A way to thin points that are older than something: to one in each hour, or each day. */
export interface Thinning {
  grain: 1 | 2;
  to: 'hour' | 'day';
  before: Date;
}

/**
 * Thins the oldest points of a workspace: of those in one hour or day the last one stays, with what happened in all of
 * them. Whole days at a time, so that nothing is thinned in halves. @returns how many points it looked at.
 */
export async function thinSizes(
  tx: WorkspaceTransaction,
  { grain, to, before }: Thinning,
  limit: number,
): Promise<number> {
  const rows = await tx.query<{ looked: number }>(
    `with up_to as (
       select date_trunc('day', max(at), 'UTC') + interval '1 day' as day from (
         select at from segment_sizes where grain < $1 and at < $2 order by at limit $4) as oldest
     ), old as (
       select segment_id, at, row_number() over span as place,
         sum(entered) over whole as entered, sum(exited) over whole as exited
       from segment_sizes, up_to where grain < $1 and at < least($2, up_to.day)
       window span as (partition by segment_id, date_trunc($3, at, 'UTC') order by at desc),
         whole as (partition by segment_id, date_trunc($3, at, 'UTC'))
     ), kept as (
       update segment_sizes as s set grain = $1, entered = old.entered, exited = old.exited
       from old where old.place = 1 and s.segment_id = old.segment_id and s.at = old.at
     ), gone as (
       delete from segment_sizes as s using old
       where old.place > 1 and s.segment_id = old.segment_id and s.at = old.at
     )
     select count(*)::int as looked from old`,
    [grain, before.toISOString(), to, limit],
  );
  return rows[0]!.looked;
}
