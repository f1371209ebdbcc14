import { longStatementSeconds, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Services } from '../../platform/module.js';

/** Does a piece of work again and again, a transaction each time, until it finds less than `size` to do; gives how much. */
export async function inBatches(
  { withWorkspace, signal }: Pick<Services, 'withWorkspace'> & { signal: AbortSignal },
  workspaceId: string,
  size: number,
  work: (tx: WorkspaceTransaction) => Promise<number>,
): Promise<number> {
  for (let total = 0; ;) {
    signal.throwIfAborted();
    const done = await withWorkspace(workspaceId, work, { statementSeconds: longStatementSeconds });
    total += done;
    if (done < size) return total;
  }
}

/** The ids of all workspaces. */
export async function allWorkspaces({ directory }: Pick<Services, 'directory'>): Promise<string[]> {
  const rows: { id: string }[] = await directory.query('select id from workspaces');
  return rows.map(({ id }) => id);
}
