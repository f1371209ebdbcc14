import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Enqueue } from '../../../platform/module.js';

/** The name of the job that brings the memberships of a workspace up to date. */
export const materialiseTask = 'materialise-segments';

/** What the job is given. */
export interface MaterialisePayload {
  workspaceId: string;
  /** How many seconds it has waited since the last look. */
  waited: number;
}

/** Has the memberships of the workspace brought up to date, at once or so many seconds later, in place of what was meant before. */
export async function materialiseSoon(
  enqueue: Enqueue,
  tx: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  wait = 0,
): Promise<void> {
  const { manager, workspaceId } = tx;
  const payload = { workspaceId, waited: wait } satisfies MaterialisePayload;
  // One after another: two runs of a workspace would do the same.
  const name = `${materialiseTask}:${workspaceId}`;
  // The queue goes by the time of the database: with the clock of who asks, which may be behind, nothing would ever wait.
  const later = wait > 0 ? { runAt: new Date(Date.now() + wait * 1000) } : {};
  await enqueue(manager, materialiseTask, payload, { key: name, queue: name, ...later });
}
