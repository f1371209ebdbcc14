import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** How many events contacts have, by ordinal; one without any is left out. */
export async function countEvents(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<Map<number, number>> {
  const rows = await tx.query<{ ordinal: number; count: number }>(
    `select ordinal, count(*)::int as count from events where ordinal = any($1::int[]) group by ordinal`,
    [ordinals],
  );
  return new Map(rows.map((row) => [row.ordinal, row.count]));
}
