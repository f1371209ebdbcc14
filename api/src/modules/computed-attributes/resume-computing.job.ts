import { eachWorkspace } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import { outsideOperation } from '../../platform/operation.js';
import { computeSoon } from '../attributes/index.js';
import { hasComputedAttributes } from './computed-attribute.repository.js';

/** The name of the job that starts the others again; it runs every hour. */
export const resumeComputingTask = 'resume-computed-attributes';

/** Puts the job of every workspace with computed attributes back into the queue: one that failed too often is given up. */
export function createResumeTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock' | 'enqueue'>,
): Task {
  const { withWorkspace, enqueue, clock } = services;
  const resume = (workspaceId: string): Promise<void> =>
    withWorkspace(workspaceId, async (tx) => {
      if (await hasComputedAttributes(tx)) await computeSoon(enqueue, tx, clock.now());
    });
  return (_payload, { signal }) =>
    outsideOperation(() => eachWorkspace(services, signal, resume, 'unarchived'));
}
