import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Enqueue } from '../../platform/module.js';

/** The name of the job that computes the attributes of a workspace; it is in modules/computed-attributes. */
export const computeAttributesTask = 'compute-attributes';

/** What the job is given. */
export interface ComputePayload {
  workspaceId: string;
  /** How many seconds it waits after this run if there is nothing to do. */
  pause: number;
}

/** Has the attributes of the workspace computed at a time, in place of the time that was meant before. */
export async function computeSoon(
  enqueue: Enqueue,
  tx: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  runAt: Date,
  pause = 1,
): Promise<void> {
  const { manager, workspaceId } = tx;
  // One after another: two runs of a workspace would do the same.
  const options = {
    key: `compute-attributes:${workspaceId}`,
    queue: `compute-attributes:${workspaceId}`,
    runAt,
  };
  await enqueue(manager, computeAttributesTask, { workspaceId, pause } satisfies ComputePayload, options);
}
