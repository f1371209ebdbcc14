import { day } from '../../../platform/clock.js';
import { eachWorkspace, inBatches } from '../../../platform/jobs/batches.js';
import type { Services, Task } from '../../../platform/module.js';
import { purgeUndoData, undoDays } from './contact-merge.repository.js';

/** The name of the job that forgets what merged contacts held; it runs every day. */
export const purgeMergesTask = 'purge-merges';

/** Merges that one transaction purges at most, so that it stays short. */
const mostAtOnce = 5_000;

/** Forgets what contacts held that were merged too long ago to be taken apart: personal data that nobody needs. */
export function createPurgeMergesTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>,
): Task {
  return (_payload, { signal }) => {
    const before = new Date(services.clock.now().getTime() - undoDays * day);
    return eachWorkspace(services, signal, (id) =>
      inBatches(mostAtOnce, signal, () =>
        services.withWorkspace(id, (tx) => purgeUndoData(tx, before, mostAtOnce)),
      ),
    );
  };
}
