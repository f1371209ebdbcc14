import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { MergeReason } from './merge-reason.js';
import type { UndoData } from './take-over.js';

/** How long a merge can be undone, in days. What the loser held is kept no longer. */
export const undoDays = 30;

/** A contact that became part of another. */
export interface ContactMerge {
  id: string;
  /** The contact that the winner is or has become part of, by ordinal. */
  holder: number;
  winnerId: string;
  winnerOrdinal: number;
  loserId: string;
  loserOrdinal: number;
  reason: MergeReason;
  /** `user:<id>`, `key:<id>` or `system`. */
  mergedBy: string;
  mergedAt: Date;
  undoneBy: string | null;
  undoneAt: Date | null;
  /** Whether it still holds what an undo needs. */
  undoable: boolean;
  /** `mergedAt` in full precision, for cursors. */
  mergedExactly: string;
}

/** The merge that a page comes after: when it was made, in full precision, and its id. */
export type MergeCursor = readonly [instant: string, id: string];

const columns = `id, holder, winner_id as "winnerId", winner_ordinal as "winnerOrdinal", loser_id as "loserId",
  loser_ordinal as "loserOrdinal", reason, merged_by as "mergedBy", merged_at as "mergedAt",
  undone_by as "undoneBy", undone_at as "undoneAt", undo is not null as undoable,
  merged_at::text as "mergedExactly"`;

/** A merge about to be stored. */
export type NewMerge = Pick<
  ContactMerge,
  'id' | 'holder' | 'winnerId' | 'winnerOrdinal' | 'loserId' | 'loserOrdinal' | 'reason'
> & { undo: UndoData };

/** Writes merges down, in one statement. */
export async function insertMerges(
  tx: WorkspaceTransaction,
  merges: readonly NewMerge[],
  by: string,
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into contact_merges (workspace_id, id, holder, winner_id, winner_ordinal, loser_id, loser_ordinal, reason,
                                 undo, merged_by, merged_at)
     select $1, new.*, $10, $11
     from unnest($2::uuid[], $3::int[], $4::uuid[], $5::int[], $6::uuid[], $7::int[], $8::text[], $9::jsonb[]) as new`,
    [
      tx.workspaceId,
      merges.map((merge) => merge.id),
      merges.map((merge) => merge.holder),
      merges.map((merge) => merge.winnerId),
      merges.map((merge) => merge.winnerOrdinal),
      merges.map((merge) => merge.loserId),
      merges.map((merge) => merge.loserOrdinal),
      merges.map((merge) => merge.reason),
      merges.map((merge) => JSON.stringify(merge.undo)),
      by,
      now.toISOString(),
    ],
  );
}

/** Which contact became part of which. */
export type Joining = Pick<ContactMerge, 'id' | 'winnerOrdinal' | 'loserOrdinal'>;

/** The merges that made these contacts, by ordinal, what they are: theirs and those of the contacts in them. */
export async function mergesInForce(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<Joining[]> {
  return tx.query(
    `select id, winner_ordinal as "winnerOrdinal", loser_ordinal as "loserOrdinal" from contact_merges
     where holder = any($1::int[]) and undone_at is null`,
    [ordinals],
  );
}

/** One merge; undefined when there is none. */
export async function mergeById(tx: WorkspaceTransaction, id: string): Promise<ContactMerge | undefined> {
  const rows = await tx.query<ContactMerge>(`select ${columns} from contact_merges where id = $1`, [id]);
  return rows[0];
}

/** The id of the contact that the one with this id has become part of; undefined when it has not. */
export async function mergedInto(tx: WorkspaceTransaction, id: string): Promise<string | undefined> {
  const rows = await tx.query<{ id: string }>(
    `select c.id from contact_merges as m join contacts as c on c.ordinal = m.holder
     where m.loser_id = $1 and m.undone_at is null`,
    [id],
  );
  return rows[0]?.id;
}

/** Which merges of a workspace to list. */
export interface MergeFilter {
  reason: MergeReason | null;
  /** Only those that were undone, or only those that were not. */
  undone: boolean | null;
}

/** All merges, the latest first, after the one named. */
export async function listAllMerges(
  tx: WorkspaceTransaction,
  { reason, undone }: MergeFilter,
  after: MergeCursor | undefined,
  limit: number,
): Promise<ContactMerge[]> {
  return tx.query(
    `select ${columns} from contact_merges
     where ($1::text is null or reason = $1) and ($2::boolean is null or (undone_at is not null) = $2)
       and ($3::timestamptz is null or (merged_at, id) < ($3, $4::uuid))
     order by merged_at desc, id desc limit $5`,
    [reason, undone, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Merges that contacts, by ordinal, were part of: a page for each, the latest first, after the one named. */
export async function listMerges(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  after: MergeCursor | undefined,
  limit: number,
): Promise<Map<number, ContactMerge[]>> {
  const rows = await tx.query<ContactMerge & { asked: number }>(
    `select asked.ordinal as asked, merge.* from unnest($1::int[]) as asked (ordinal), lateral (
       select ${columns} from contact_merges
       where (holder = asked.ordinal or (loser_ordinal = asked.ordinal and undone_at is not null))
         and ($2::timestamptz is null or (merged_at, id) < ($2, $3::uuid))
       order by merged_at desc, id desc limit $4
     ) as merge`,
    [ordinals, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return Map.groupBy(rows, (row) => row.asked);
}

/** Of these contacts, by ordinal, those that were one until somebody undid it. */
export async function partedAmong(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<{ winner: number; loser: number }[]> {
  return tx.query(
    `select holder as winner, loser_ordinal as loser from contact_merges
     where undone_at is not null and loser_ordinal = any($1::int[]) and holder = any($1::int[])`,
    [ordinals],
  );
}

/** The ordinals of a contact that was merged away and of everything that had become part of it before. */
export async function lineageOf(tx: WorkspaceTransaction, ordinal: number): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    `with recursive lineage (ordinal) as (
       select $1::int
       union
       select m.loser_ordinal from lineage join contact_merges as m on m.winner_ordinal = lineage.ordinal
       where m.undone_at is null
     )
     select ordinal from lineage`,
    [ordinal],
  );
  return rows.map((row) => row.ordinal);
}

/** What a merge's loser held. */
export async function undoDataOf(tx: WorkspaceTransaction, id: string): Promise<UndoData | null> {
  const rows = await tx.query<{ undo: UndoData | null }>('select undo from contact_merges where id = $1', [
    id,
  ]);
  return rows[0]?.undo ?? null;
}

/** What the losers of later merges into the same winner held, in order: it takes the place of what an undo takes away. */
export async function laterUndoData(
  tx: WorkspaceTransaction,
  { id, winnerOrdinal }: Pick<ContactMerge, 'id' | 'winnerOrdinal'>,
): Promise<{ loserOrdinal: number; undo: UndoData }[]> {
  return tx.query(
    `select loser_ordinal as "loserOrdinal", undo from contact_merges
     where winner_ordinal = $1 and id > $2 and undone_at is null and undo is not null order by id`,
    [winnerOrdinal, id],
  );
}

/** Notes that a merge was undone, and gives the loser back the merges that were its own. */
export async function markUndone(
  tx: WorkspaceTransaction,
  { id, winnerOrdinal, loserOrdinal }: Joining,
  lineage: readonly number[],
  by: string,
  now: Date,
): Promise<void> {
  await tx.query('update contact_merges set undone_by = $2, undone_at = $3, undo = null where id = $1', [
    id,
    by,
    now.toISOString(),
  ]);
  await tx.query(
    'update contact_merges set holder = $1 where holder = $2 and winner_ordinal = any($3::int[])',
    [loserOrdinal, winnerOrdinal, lineage],
  );
}

/** Forgets what losers held where it is too late for an undo; gives how many there were, at most `limit`. */
export async function purgeUndoData(tx: WorkspaceTransaction, before: Date, limit: number): Promise<number> {
  const rows = await tx.query<{ purged: number }>(
    `with purged as (
       update contact_merges set undo = null
       where id in (
         select id from contact_merges where undo is not null and merged_at < $1 order by merged_at limit $2)
       returning 1
     )
     select count(*)::int as purged from purged`,
    [before.toISOString(), limit],
  );
  return rows[0]!.purged;
}
