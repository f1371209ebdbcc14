import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { eachWorkspace } from '../../../platform/jobs/batches.js';
import type { Enqueue, Services, Task } from '../../../platform/module.js';
import { outsideOperation } from '../../../platform/operation.js';
import { lookalikesDue } from '../lookalike.repository.js';
import { trainLookalike, type TrainServices } from './train-lookalike.js';

/** The name of the job that grows one lookalike. */
export const trainLookalikeTask = 'train-lookalike';

/** The name of the job that has lookalikes grown whose time has come, or whose growing was given up. */
export const trainLookalikesDueTask = 'train-lookalikes-due';

interface Payload {
  workspaceId: string;
  id: string;
}

/** Has a lookalike grown, in the transaction that asks for it. Lookalikes of a workspace are grown one after another. */
export async function trainSoon(
  enqueue: Enqueue,
  { manager, workspaceId }: Pick<WorkspaceTransaction, 'manager' | 'workspaceId'>,
  id: string,
): Promise<void> {
  const payload = { workspaceId, id } satisfies Payload;
  const names = { key: `${trainLookalikeTask}:${id}`, queue: `${trainLookalikeTask}:${workspaceId}` };
  await enqueue(manager, trainLookalikeTask, payload, names);
}

/** Makes the job. */
export function createTrainTask(services: TrainServices): Task {
  return (payload, { signal }) =>
    outsideOperation(() => trainLookalike(services, payload as Payload, signal));
}

/** Looks at each workspace in turn. */
export function createTrainDueTask({
  directory,
  withWorkspace,
  clock,
  enqueue,
}: Pick<Services, 'directory' | 'withWorkspace' | 'clock' | 'enqueue'>): Task {
  return (_payload, { signal }) =>
    outsideOperation(() =>
      eachWorkspace(
        { directory },
        signal,
        (id) =>
          withWorkspace(id, async (tx) => {
            for (const due of await lookalikesDue(tx, clock.now())) await trainSoon(enqueue, tx, due);
          }),
        'unarchived',
      ),
    );
}
