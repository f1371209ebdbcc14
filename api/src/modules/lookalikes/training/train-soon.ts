import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Enqueue } from '../../../platform/module.js';

/** The name of the job that grows one lookalike. */
export const trainLookalikeTask = 'train-lookalike';

/** What the job is given. */
export interface TrainPayload {
  workspaceId: string;
  id: string;
}

/** Has a lookalike grown, in the transaction that asks for it. Lookalikes of a workspace are grown one after another. */
export async function trainSoon(
  enqueue: Enqueue,
  { manager, workspaceId }: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  id: string,
): Promise<void> {
  const payload = { workspaceId, id } satisfies TrainPayload;
  const names = { key: `${trainLookalikeTask}:${id}`, queue: `${trainLookalikeTask}:${workspaceId}` };
  await enqueue(manager, trainLookalikeTask, payload, names);
}
