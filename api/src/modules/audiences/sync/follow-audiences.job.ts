import { eachWorkspace } from '../../../platform/jobs/batches.js';
import type { Services, Task } from '../../../platform/module.js';
import { outsideOperation } from '../../../platform/operation.js';
import { enqueueSync } from './begin-sync.js';
import { hasDeliveries } from './delivery.repository.js';
import { followSoon, type FollowPayload } from './follow-audiences-soon.js';
import { followAudiences, type Following } from './follow-audiences.js';
import { openSyncs } from './sync.repository.js';

/** Seconds between two looks at a workspace: soon after there was something to do, and ever later while there is not. */
const pauses = { least: 1, most: 15 };

/**
 * Looks after the audiences of a workspace and has itself called again. It is one job for a workspace, and looks at the feed
 * by itself: that writers put it into the queue would make them wait for each other there.
 */
export function createFollowTask(services: Following): Task {
  const { withWorkspace, enqueue } = services;
  return (payload, { signal }) =>
    outsideOperation(async () => {
      const { workspaceId, waited } = payload as FollowPayload;
      const { hasAudiences, moved } = await followAudiences(services, workspaceId, signal);
      if (!hasAudiences) return;
      const isBusy = moved || waited === 0;
      const wait = isBusy ? pauses.least : Math.min(waited * 2, pauses.most);
      await withWorkspace(workspaceId, (tx) => followSoon(enqueue, tx, wait));
    });
}

/** The name of the job that starts the others again; it runs every hour. */
export const resumeFollowingTask = 'resume-audiences';

/** Puts the jobs of every workspace with audiences that go somewhere back into the queue: one that failed too often is given up. */
export function createResumeFollowingTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'enqueue' | 'clock'>,
): Task {
  const { withWorkspace, enqueue, clock } = services;
  const resume = (workspaceId: string): Promise<void> =>
    withWorkspace(workspaceId, async (tx) => {
      if (!(await hasDeliveries(tx))) return;
      await followSoon(enqueue, tx);
      for (const sync of await openSyncs(tx)) {
        const wait = (sync.resumeAt?.getTime() ?? 0) - clock.now().getTime();
        await enqueueSync(tx, enqueue, sync, Math.max(0, wait));
      }
    });
  // Archived workspaces too: who withdraws there is to be removed all the same.
  return (_payload, { signal }) => outsideOperation(() => eachWorkspace(services, signal, resume));
}
