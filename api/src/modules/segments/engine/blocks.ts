import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Statement } from './sql.js';

/** Packs rows `{block, bits}` of the table `b` into one value; see Bitmap.fromBlocks. */
export const packBlocks = `string_agg(int4send(b.block) || int8send(b.bits), ''::bytea)`;

/** The set that was packed so; nobody when there was nothing to pack. */
export function unpackBlocks(blocks: Buffer | null | undefined): Bitmap {
  return blocks ? Bitmap.fromBlocks(blocks) : Bitmap.empty;
}

/**
 * Reads the ordinals that a statement gives, as one packed value. They are gathered by blocks of 64 where they are found:
 * a million of them come as 190 kB instead of 4 MB, and PostgreSQL may gather them with several workers.
 */
export async function readOrdinals(tx: WorkspaceTransaction, { text, values }: Statement): Promise<Bitmap> {
  const packing = `select ${packBlocks} as blocks from (
      select s.ordinal >> 6 as block, bit_or(1::bigint << (s.ordinal & 63)) as bits
      from (${text}) as s (ordinal) group by 1
    ) as b`;
  const rows = await tx.query<{ blocks: Buffer | null }>(packing, values);
  return unpackBlocks(rows[0]?.blocks);
}
