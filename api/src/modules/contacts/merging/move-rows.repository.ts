import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** Tables whose rows move from contact to contact. */
export const movedTables = ['contact_identities', 'events', 'consent_history', 'contact_signals'];

/**
 * Moves rows of contacts to others: `from[i]` to `into[i]`. Each row remembers whose it was first. What the losers'
 * earlier merges brought goes with them.
 */
export async function moveRows(
  tx: WorkspaceTransaction,
  from: readonly number[],
  into: readonly number[],
): Promise<void> {
  for (const table of movedTables) {
    await tx.query(
      `update ${table} as moved set ordinal = merge.target, merged_from = coalesce(moved.merged_from, moved.ordinal)
       from unnest($1::int[], $2::int[]) as merge (source, target) where moved.ordinal = merge.source`,
      [from, into],
    );
  }
  await tx.query(
    `update contact_merges as m set holder = merge.target
     from unnest($1::int[], $2::int[]) as merge (source, target) where m.holder = merge.source`,
    [from, into],
  );
}

/**
 * Moves back what was first of the contacts of a lineage: to the one that they had become part of, which is among them.
 */
export async function moveRowsBack(
  tx: WorkspaceTransaction,
  from: number,
  to: number,
  lineage: readonly number[],
): Promise<void> {
  for (const table of movedTables) {
    await tx.query(
      `update ${table} set ordinal = $2, merged_from = nullif(merged_from, $2)
       where ordinal = $1 and merged_from = any($3::int[])`,
      [from, to, lineage],
    );
  }
}
