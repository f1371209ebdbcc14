import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** How a segment moved over some days. */
export interface Move {
  segmentId: string;
  /** Now. */
  size: number;
  /** At the end of each day, the oldest first, now the last; null before it was known. */
  sizes: (number | null)[];
  /** Since the first of them that is known. */
  change: number;
}

/** Those that grew and those that shrank, each with the one first that moved most. */
export interface Moves {
  growing: Move[];
  shrinking: Move[];
}

/** The active segments that moved most over some days: so many of those that grew, and of those that shrank. */
export async function readMoves(
  tx: WorkspaceTransaction,
  { days, now, limit }: { days: number; now: Date; limit: number },
): Promise<Moves> {
  const rows = await tx.query<Omit<Move, 'change'>>(
    `select s.id as "segmentId", m.size, array(
       select (select z.size from segment_sizes z
               where z.segment_id = s.id and z.at <= $1::timestamptz - ago * interval '1 day'
               order by z.at desc limit 1)
       from generate_series($2::int, 0, -1) as ago) as sizes
     from segments s join segment_memberships m on m.segment_id = s.id
     where s.archived_at is null and m.size is not null
     order by s.name, s.id`,
    [now.toISOString(), days],
  );
  const moved = rows.map((row) => ({ ...row, change: changeOf(row) }));
  const most = (direction: 1 | -1): Move[] =>
    moved
      .filter(({ change }) => Math.sign(change) === direction)
      .toSorted((one, other) => (other.change - one.change) * direction)
      .slice(0, limit);
  return { growing: most(1), shrinking: most(-1) };
}

function changeOf({ size, sizes }: Omit<Move, 'change'>): number {
  const before = sizes.find((each) => each !== null);
  return before == null ? 0 : size - before;
}
