import type { Services, Task } from '../../../platform/module.js';
import { purgeUndoData, undoDays } from './contact-merge.repository.js';

/** The name of the job that forgets what merged contacts held; it runs every day. */
export const purgeMergesTask = 'purge-merges';

const day = 24 * 60 * 60 * 1000;

/** Merges that one transaction purges at most, so that it stays short. */
const mostAtOnce = 5_000;

/** Forgets what contacts held that were merged too long ago to be taken apart: personal data that nobody needs. */
export function createPurgeMergesTask({
  directory,
  withWorkspace,
  clock,
}: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>): Task {
  return async (_payload, { signal }) => {
    const before = new Date(clock.now().getTime() - undoDays * day);
    const workspaces: { id: string }[] = await directory.query('select id from workspaces');
    for (const { id } of workspaces) {
      let purged = mostAtOnce;
      while (purged === mostAtOnce) {
        signal.throwIfAborted();
        purged = await withWorkspace(id, (tx) => purgeUndoData(tx, before, mostAtOnce));
      }
    }
  };
}
