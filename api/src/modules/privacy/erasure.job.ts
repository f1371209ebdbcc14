import type { Services, Task } from '../../platform/module.js';
import { outsideOperation } from '../../platform/operation.js';
import { erasePerson, type ErasureFollower } from './erase-person.js';
import { createRequestTask, enqueueRequest } from './request-job.js';

/** After so many seconds it is looked again whether what was under way has ended. */
const lookAgainAfter = 10;

/** Erases somebody. */
export function createErasureTask(
  services: Pick<Services, 'withWorkspace' | 'enqueue' | 'clock'>,
  followers: readonly ErasureFollower[],
): Task {
  const { withWorkspace, enqueue, clock } = services;
  return createRequestTask(services, async (run) => {
    if (await erasePerson({ ...run, withWorkspace, followers, now: () => clock.now() })) return;
    // Not by failing: an import may take hours, and attempts are for defects.
    const runAt = new Date(clock.now().getTime() + lookAgainAfter * 1000);
    await outsideOperation(() =>
      withWorkspace(run.workspaceId, (tx) =>
        enqueueRequest(enqueue, tx, { id: run.requestId, kind: 'erasure', runAt }),
      ),
    );
  });
}
