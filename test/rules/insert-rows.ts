import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';

/**
 * Inserts rows as they are, past every use case: a test of what a rule means must not depend on how data comes in.
 * All rows have the columns of the first.
 */
export async function insertRows(
  tx: WorkspaceTransaction,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = ['workspace_id', ...Object.keys(first)].join(', ');
  const withWorkspace = rows.map((row) => ({ workspace_id: tx.workspaceId, ...row }));
  await tx.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(withWorkspace)],
  );
}

/** Makes sure that events of these months can be stored. */
export async function ensurePartitions(tx: WorkspaceTransaction, instants: readonly Date[]): Promise<void> {
  const months = new Set(instants.map((instant) => `${instant.toISOString().slice(0, 7)}-01T00:00:00Z`));
  for (const month of [...months].sort()) {
    await tx.query('select ensure_event_partition($1::timestamptz)', [month]);
  }
}
