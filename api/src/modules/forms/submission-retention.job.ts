import type { Services, Task } from '../../platform/module.js';
import { deleteExpired } from './submission.repository.js';

/** The name of the job that forgets who has not confirmed; it runs every day. */
export const retentionTask = 'expire-form-submissions';

/** Deletes what waited for a confirmation that did not come: nobody has agreed that it is kept. */
export function createRetentionTask({
  directory,
  withWorkspace,
  clock,
}: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>): Task {
  return async (_payload, { signal }) => {
    const workspaces: { id: string }[] = await directory.query('select id from workspaces');
    for (const { id } of workspaces) {
      signal.throwIfAborted();
      await withWorkspace(id, (tx) => deleteExpired(tx, clock.now()));
    }
  };
}
