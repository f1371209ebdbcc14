import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { LoadSet } from './evaluate.js';

/** Loads sets in this transaction: one packed value each, not a row for each contact. */
export function loadSets(tx: WorkspaceTransaction): LoadSet {
  return async ({ text, values }) => {
    const packing = `select string_agg(int4send(s.ordinal), ''::bytea) as packed from (${text}) s (ordinal)`;
    const rows = await tx.query<{ packed: Buffer | null }>(packing, values);
    const packed = rows[0]?.packed;
    return packed ? Bitmap.fromPacked(packed) : Bitmap.empty;
  };
}
