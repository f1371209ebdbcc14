import { eachWorkspace } from '../../../platform/jobs/batches.js';
import type { Services, Task } from '../../../platform/module.js';
import { outsideOperation } from '../../../platform/operation.js';
import { queueDue } from '../lookalike.repository.js';
import { trainLookalike, type TrainServices } from './train-lookalike.js';
import { trainSoon, type TrainPayload } from './train-soon.js';

/** The name of the job that has lookalikes grown whose time has come, or whose growing was given up. */
export const trainLookalikesDueTask = 'train-lookalikes-due';

/** Makes the job. */
export function createTrainTask(services: TrainServices): Task {
  return (payload, run) => outsideOperation(() => trainLookalike(services, payload as TrainPayload, run));
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
            for (const due of await queueDue(tx, clock.now())) await trainSoon(enqueue, tx, due);
          }),
        'unarchived',
      ),
    );
}
