import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Statement } from './sql.js';

/**
 * Reads the ordinals that a statement gives, as one packed value, not a row for each.
 * @param holds by how often an ordinal is given, whether it is meant: counting here is twice as fast as grouping there.
 */
export async function readOrdinals(
  tx: WorkspaceTransaction,
  { text, values }: Statement,
  holds?: (times: number) => boolean,
): Promise<Bitmap> {
  const packing = `select string_agg(int4send(s.ordinal), ''::bytea) as packed from (${text}) as s (ordinal)`;
  const [row] = await tx.query<{ packed: Buffer | null }>(packing, values);
  return row?.packed ? Bitmap.fromPacked(row.packed, holds) : Bitmap.empty;
}

/**
 * Makes the transaction fit to read much at once: memory to group a million rows, and no compilation of plans, which
 * takes longer than it saves on statements that are run once.
 */
export async function prepareToReadMuch(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`);
}
