import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Enqueue } from '../../../platform/module.js';

/** The name of the job that brings the memberships of a workspace up to date. */
export const materialiseTask = 'materialise-segments';

/** What the job is given. */
export interface MaterialisePayload {
  workspaceId: string;
  /** How many seconds it waits after this run if there was nothing to do. */
  pause: number;
}

/** Has the memberships of the workspace brought up to date at a time, in place of the time that was meant before. */
export async function materialiseSoon(
  enqueue: Enqueue,
  tx: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  runAt: Date,
  pause = 1,
): Promise<void> {
  const { manager, workspaceId } = tx;
  const payload = { workspaceId, pause } satisfies MaterialisePayload;
  // One after another: two runs of a workspace would do the same.
  const name = `${materialiseTask}:${workspaceId}`;
  await enqueue(manager, materialiseTask, payload, { key: name, queue: name, runAt });
}
