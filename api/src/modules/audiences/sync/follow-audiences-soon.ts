import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Enqueue } from '../../../platform/module.js';

/** The name of the job that looks after the audiences of a workspace. */
export const followTask = 'follow-audiences';

/** What the job is given. */
export interface FollowPayload {
  workspaceId: string;
  /** How many seconds it has waited since the last look. */
  waited: number;
}

/** Has the audiences of the workspace looked at, at once or so many seconds later, in place of what was meant before. */
export async function followSoon(
  enqueue: Enqueue,
  { manager, workspaceId }: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  wait = 0,
): Promise<void> {
  const payload = { workspaceId, waited: wait } satisfies FollowPayload;
  const name = `${followTask}:${workspaceId}`;
  const later = wait > 0 ? { runAt: new Date(Date.now() + wait * 1000) } : {};
  await enqueue(manager, followTask, payload, { key: name, queue: name, ...later });
}
