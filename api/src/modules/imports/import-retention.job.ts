import type { Services, Task } from '../../platform/module.js';
import { undoDays } from './import-effects.js';
import { forgetEffects } from './import-effects.repository.js';
import { forgetRehearsedFiles } from './import.repository.js';
import { rehearsedDays } from './run-rehearsed.js';

/** The name of the job that forgets what is kept of imports for a time; it runs every day. */
export const importRetentionTask = 'expire-imports';

const day = 24 * 60 * 60 * 1000;

/** Deletes the files of dry runs that nobody imported, and what it took to undo imports of long ago. */
export function createImportRetentionTask({
  directory,
  withWorkspace,
  clock,
}: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>): Task {
  return async (_payload, { signal }) => {
    const ago = (days: number): Date => new Date(clock.now().getTime() - days * day);
    const workspaces: { id: string }[] = await directory.query('select id from workspaces');
    for (const { id } of workspaces) {
      signal.throwIfAborted();
      await withWorkspace(id, async (tx) => {
        await forgetRehearsedFiles(tx, ago(rehearsedDays));
        await forgetEffects(tx, ago(undoDays));
      });
    }
  };
}
