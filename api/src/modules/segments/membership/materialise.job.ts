import { outsideOperation } from '../../../platform/operation.js';
import type { Services, Task } from '../../../platform/module.js';
import { eachWorkspace } from '../../../platform/jobs/batches.js';
import { materialise, type Materialising } from './materialise.js';
import { materialiseSoon, type MaterialisePayload } from './materialise-soon.js';
import { readSituation } from './progress.repository.js';

/** Seconds between two looks at a workspace: soon after there was something to do, and ever later while there is not. */
const pauses = { least: 1, most: 60 };

/**
 * Brings the memberships of a workspace up to date and has itself called again. It is one job for a workspace, and looks at
 * the feed by itself: that writers put it into the queue would make them wait for each other there.
 */
export function createMaterialiseTask(services: Materialising & Pick<Services, 'enqueue'>): Task {
  const { withWorkspace, enqueue } = services;
  // What follows from data by itself is no more entered in the audit log than they are.
  return (payload, { signal }) =>
    outsideOperation(async () => {
      const { workspaceId, waited } = payload as MaterialisePayload;
      const { moved, hasSegments, version } = await materialise(services, workspaceId, signal);
      await withWorkspace(workspaceId, async (tx) => {
        // Whoever has asked for another run meanwhile is not to wait for longer.
        const hasMore = (await tx.version()) > version;
        if (!hasSegments && !hasMore) return;
        const isBusy = moved || hasMore || waited === 0;
        await materialiseSoon(enqueue, tx, isBusy ? pauses.least : Math.min(waited * 2, pauses.most));
      });
    });
}

/** The name of the job that starts the others again; it runs every hour. */
export const resumeMaterialisingTask = 'resume-materialising';

/** Puts the job of every workspace with segments back into the queue: one that failed too often is given up. */
export function createResumeMaterialisingTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'enqueue'>,
): Task {
  const { withWorkspace, enqueue } = services;
  const resume = (workspaceId: string): Promise<void> =>
    withWorkspace(workspaceId, async (tx) => {
      if ((await readSituation(tx)).hasSegments) await materialiseSoon(enqueue, tx);
    });
  return (_payload, { signal }) =>
    outsideOperation(() => eachWorkspace(services, signal, resume, 'unarchived'));
}
