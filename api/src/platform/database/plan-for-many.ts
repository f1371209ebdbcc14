import type { WorkspaceTransaction } from './with-workspace.js';

/**
 * Has the rest of the transaction planned for joins of large sets. Right after a large import the tables' statistics are
 * out of date, and a nested loop that looks cheap to PostgreSQL then takes the square of the time.
 */
export async function planForMany(tx: WorkspaceTransaction): Promise<void> {
  await tx.query('set local enable_nestloop = off');
}
