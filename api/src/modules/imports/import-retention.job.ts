import { day } from '../../platform/clock.js';
import { eachWorkspace } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import { undoDays } from './import-effects.js';
import { forgetEffects } from './import-effects.repository.js';
import { forgetRehearsedFiles } from './import.repository.js';
import { rehearsedDays } from './run-rehearsed.js';

/** The name of the job that forgets what is kept of imports for a time; it runs every day. */
export const importRetentionTask = 'expire-imports';

/** Deletes the files of dry runs that nobody imported, and what it took to undo imports of long ago. */
export function createImportRetentionTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>,
): Task {
  return (_payload, { signal }) => {
    const ago = (days: number): Date => new Date(services.clock.now().getTime() - days * day);
    return eachWorkspace(services, signal, (id) =>
      services.withWorkspace(id, async (tx) => {
        await forgetRehearsedFiles(tx, ago(rehearsedDays));
        await forgetEffects(tx, ago(undoDays));
      }),
    );
  };
}
