import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** What has changed between two versions: whom each facet was written for, nobody where it concerns no contact. */
export type Changes = ReadonlyMap<string, Bitmap>;

/**
 * Reads the change feed after a version up to that of the transaction. Undefined when it has a gap, because it was cut
 * since, or has more than `most` entries: then whoever follows it begins anew.
 */
export async function readFeed(
  tx: WorkspaceTransaction,
  { after, most }: { after: number; most: number },
): Promise<Changes | undefined> {
  const rows = await tx.query<{ facet: string; packed: Buffer | null; first: string; entries: number }>(
    `with slice as materialized (
       select version, ordinal, facet from changes where version > $1 order by version limit $2
     )
     select facet, string_agg(int4send(ordinal), ''::bytea) filter (where ordinal >= 0) as packed,
       min(min(version)) over () as first, (sum(count(*)) over ())::int as entries
     from slice group by facet`,
    [after, most + 1],
  );
  const [row] = rows;
  if (!row || Number(row.first) !== after + 1 || row.entries > most) return undefined;
  return new Map(rows.map(({ facet, packed }) => [facet, packed ? Bitmap.fromPacked(packed) : Bitmap.empty]));
}
