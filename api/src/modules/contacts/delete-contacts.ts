import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** Removes contacts, by their ordinals, with everything that hangs on them; suppressions stay. */
export async function deleteContacts(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<void> {
  if (ordinals.length === 0) return;
  await tx.query('delete from contacts where ordinal = any($1::int[])', [ordinals]);
  tx.changed(ordinals, '*');
}
