import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Transition } from './membership.js';

/** Transitions that one statement writes: what it is given takes some MB. */
const mostAtOnce = 50_000;

/** Transitions of one segment that follow each other, by ordinal. */
export interface NewTransitions {
  segmentId: string;
  /** The transition that they come after. */
  after: number;
  exited: Uint32Array;
  entered: Uint32Array;
  byDefinition: boolean;
}

/** Appends to the logs of segments: of each, first who left, then who entered. */
export async function appendTransitions(
  tx: WorkspaceTransaction,
  all: readonly NewTransitions[],
  { version, at }: { version: number; at: Date },
): Promise<void> {
  const stamp = [version, at.toISOString()];
  const logs = [
    all.map(({ segmentId }) => segmentId),
    all.map(({ after }) => after),
    all.map(({ byDefinition }) => byDefinition),
  ];
  for (const rows of chunksOf(all)) await append(tx, [...stamp, ...logs], rows);
}

/** Columns of rows: the place of the segment among those that are written, from 1, and what is to be its place in the log. */
interface Rows {
  log: number[];
  place: number[];
  ordinal: number[];
  entered: boolean[];
}

function* chunksOf(all: readonly NewTransitions[]): Generator<Rows> {
  let rows: Rows = { log: [], place: [], ordinal: [], entered: [] };
  for (const [index, { exited, entered }] of all.entries()) {
    let place = 0;
    for (const [isEntry, ordinals] of [
      [false, exited],
      [true, entered],
    ] as const) {
      for (const ordinal of ordinals) {
        rows.log.push(index + 1);
        rows.place.push((place += 1));
        rows.ordinal.push(ordinal);
        rows.entered.push(isEntry);
        if (rows.log.length < mostAtOnce) continue;
        yield rows;
        rows = { log: [], place: [], ordinal: [], entered: [] };
      }
    }
  }
  if (rows.log.length > 0) yield rows;
}

/**
 * A contact that is gone is called by the id that it had: as far as a merge or the log still knows it. Arrays are written
 * out here, which takes a fraction of the time that it takes item by item.
 */
async function append(tx: WorkspaceTransaction, shared: readonly unknown[], rows: Rows): Promise<void> {
  await tx.query(
    `insert into segment_transitions
       (workspace_id, segment_id, sequence, ordinal, contact_id, entered, by_definition, version, at)
     select $1, ($4::uuid[])[r.log], ($5::bigint[])[r.log] + r.place, r.ordinal,
       coalesce(c.id,
         (select m.loser_id from contact_merges as m where m.loser_ordinal = r.ordinal and m.undone_at is null limit 1),
         (select t.contact_id from segment_transitions as t
          where t.ordinal = r.ordinal and t.contact_id is not null limit 1)),
       r.entered, ($6::boolean[])[r.log], $2, $3
     from unnest($7::int[], $8::int[], $9::int[], $10::boolean[]) as r (log, place, ordinal, entered)
     left join contacts as c on c.ordinal = r.ordinal`,
    [
      tx.workspaceId,
      ...shared,
      `{${rows.log.join(',')}}`,
      `{${rows.place.join(',')}}`,
      `{${rows.ordinal.join(',')}}`,
      `{${rows.entered.join(',')}}`,
    ],
  );
}

interface Row extends Omit<Transition, 'sequence' | 'version'> {
  sequence: string;
  version: string;
}

/** Which transitions of a segment to read. */
export interface LogPage {
  /** The transition that they come after, or before when the latest come first. */
  after?: number | undefined;
  latestFirst?: boolean;
  limit: number;
}

/** Reads some of the log of a segment, in order. */
export async function readTransitions(
  tx: WorkspaceTransaction,
  segmentId: string,
  { after, latestFirst = false, limit }: LogPage,
): Promise<Transition[]> {
  const [beyond, order] = latestFirst ? ['<', 'desc'] : ['>', 'asc'];
  const rows = await tx.query<Row>(
    `select sequence, ordinal, contact_id as "contactId", entered, by_definition as "byDefinition", version, at
     from segment_transitions
     where segment_id = $1 and ($2::bigint is null or sequence ${beyond} $2)
     order by sequence ${order} limit $3`,
    [segmentId, after ?? null, limit],
  );
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence), version: Number(row.version) }));
}

/** Says nobody's number and id any more in what these contacts did. @returns how many transitions that were. */
export async function blankTransitions(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<number> {
  const rows = await tx.query<{ blanked: number }>(
    `with blanked as (
       update segment_transitions set ordinal = null, contact_id = null where ordinal = any($1::int[]) returning 1
     )
     select count(*)::int as blanked from blanked`,
    [ordinals],
  );
  return rows[0]!.blanked;
}

/** Segments whose base is from before transitions that are older than this: without those it could not be brought forward. */
export async function staleBases(tx: WorkspaceTransaction, before: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select m.segment_id as id from segment_memberships as m
     where m.sequence > m.base_sequence and exists (
       select from segment_transitions as t
       where t.segment_id = m.segment_id and t.sequence = m.base_sequence + 1 and t.at < $1)
     order by m.segment_id`,
    [before.toISOString()],
  );
  return rows.map(({ id }) => id);
}

/** Deletes some of the oldest transitions of each segment, as far as they are from before this. @returns how many. */
export async function expireTransitions(
  tx: WorkspaceTransaction,
  before: Date,
  limit: number,
): Promise<number> {
  const rows = await tx.query<{ deleted: number }>(
    `with old as (
       select o.segment_id, o.sequence from segment_memberships as m, lateral (
         select t.segment_id, t.sequence, t.at from segment_transitions as t
         where t.segment_id = m.segment_id and t.sequence <= m.base_sequence order by t.sequence limit $2
       ) as o where o.at < $1 limit $2
     ), gone as (
       delete from segment_transitions as t using old
       where t.segment_id = old.segment_id and t.sequence = old.sequence returning 1
     )
     select count(*)::int as deleted from gone`,
    [before.toISOString(), limit],
  );
  return rows[0]!.deleted;
}
