import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { packBlocks, unpackBlocks } from './blocks.js';

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
  const rows = await tx.query<{ facet: string; blocks: Buffer | null; first: string; entries: number }>(
    `with slice as materialized (
       select version, ordinal, facet from changes where version > $1 order by version limit $2
     ), about as (
       select min(version) as first, count(*)::int as entries from slice
     ), people as (
       select facet, ${packBlocks} as blocks from (
         select facet, ordinal >> 6 as block, bit_or(1::bigint << (ordinal & 63)) as bits
         from slice where ordinal >= 0 group by 1, 2
       ) as b group by facet
     )
     select facet, blocks, first, entries from about, (
       select facet, blocks from people union all select distinct facet, null::bytea from slice where ordinal < 0
     ) as facets`,
    [after, most + 1],
  );
  const [row] = rows;
  if (!row || Number(row.first) !== after + 1 || row.entries > most) return undefined;
  const changes = new Map<string, Bitmap>();
  for (const { facet, blocks } of rows) {
    changes.set(facet, (changes.get(facet) ?? Bitmap.empty).or(unpackBlocks(blocks)));
  }
  return changes;
}
