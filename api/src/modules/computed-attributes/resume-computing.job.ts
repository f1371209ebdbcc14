import type { Services, Task } from '../../platform/module.js';
import { computeSoon } from '../attributes/index.js';
import { hasComputedAttributes } from './computed-attribute.repository.js';

/** The name of the job that starts the others again; it runs every hour. */
export const resumeComputingTask = 'resume-computed-attributes';

/** Puts the job of every workspace with computed attributes back into the queue: one that failed too often is given up. */
export function createResumeTask({
  directory,
  withWorkspace,
  clock,
  enqueue,
}: Pick<Services, 'directory' | 'withWorkspace' | 'clock' | 'enqueue'>): Task {
  return async (_payload, { signal }) => {
    const workspaces: { id: string }[] = await directory.query(
      'select id from workspaces where archived_at is null',
    );
    for (const { id } of workspaces) {
      signal.throwIfAborted();
      await withWorkspace(id, async (tx) => {
        if (await hasComputedAttributes(tx)) await computeSoon(enqueue, tx, clock.now());
      });
    }
  };
}
