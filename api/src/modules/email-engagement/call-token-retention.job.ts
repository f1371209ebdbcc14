import { eachWorkspace } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import { deleteTokens } from './call-token.repository.js';

/** The name of the job that forgets tokens of calls; it runs every day. */
export const retentionTask = 'expire-email-call-tokens';

/** Longer than a signature counts: from then on its age is what refuses it. */
const keptHours = 48;

/** Forgets tokens that could not be used again anyway. */
export function createRetentionTask(services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>): Task {
  return (_payload, { signal }) => {
    const until = new Date(services.clock.now().getTime() - keptHours * 60 * 60 * 1000);
    return eachWorkspace(services, signal, (id) =>
      services.withWorkspace(id, (tx) => deleteTokens(tx, until)),
    );
  };
}
