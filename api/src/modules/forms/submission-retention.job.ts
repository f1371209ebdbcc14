import { eachWorkspace } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import { deleteExpired } from './submission.repository.js';

/** The name of the job that forgets who has not confirmed; it runs every day. */
export const retentionTask = 'expire-form-submissions';

/** Deletes what waited for a confirmation that did not come: nobody has agreed that it is kept. */
export function createRetentionTask(services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>): Task {
  return (_payload, { signal }) =>
    eachWorkspace(services, signal, (id) =>
      services.withWorkspace(id, (tx) => deleteExpired(tx, services.clock.now())),
    );
}
