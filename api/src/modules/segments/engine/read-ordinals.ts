import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Statement } from './sql.js';

/** Reads the ordinals that a statement gives, as one packed value, not a row for each; null where there are none. */
export async function readPacked(
  tx: WorkspaceTransaction,
  { text, values }: Statement,
): Promise<Buffer | null> {
  const packing = `select string_agg(int4send(s.ordinal), ''::bytea) as packed from (${text}) as s (ordinal)`;
  const [row] = await tx.query<{ packed: Buffer | null }>(packing, values);
  return row?.packed ?? null;
}

/**
 * Does it with several workers of PostgreSQL, where that costs more to find out of each row than to hand it over: it has
 * no idea of what functions on text and JSON cost.
 */
export async function withWorkers<Result>(
  tx: WorkspaceTransaction,
  read: () => Promise<Result>,
): Promise<Result> {
  const settings = `select set_config('parallel_tuple_cost', $1, true), set_config('parallel_setup_cost', $2, true)`;
  await tx.query(settings, ['0', '0']);
  const found = await read();
  await tx.query(settings, ['0.1', '1000']);
  return found;
}

/**
 * What was read, as a set.
 * @param holds by how often an ordinal is given, whether it is meant: counting here is twice as fast as grouping there.
 */
export function setOf(packed: Buffer | null, holds?: (times: number) => boolean): Bitmap {
  return packed ? Bitmap.fromPacked(packed, holds) : Bitmap.empty;
}

/**
 * Makes the transaction fit to read much at once: memory to group a million rows, and no compilation of plans, which
 * takes longer than it saves on statements that are run once.
 */
export async function prepareToReadMuch(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`);
}
