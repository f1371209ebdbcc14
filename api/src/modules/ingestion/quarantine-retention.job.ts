import { day } from '../../platform/clock.js';
import { longStatementSeconds } from '../../platform/database/with-workspace.js';
import { eachWorkspace } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import { deleteQuarantined } from './quarantine.repository.js';

/** The name of the job that empties the quarantine of old events; it runs every day. */
export const retentionTask = 'expire-quarantined-events';

/** How long an event stays in quarantine, in days: time to find out and to put it right. The API says so. */
const keptDays = 90;

/** Deletes what has been in quarantine for too long: it may hold personal data that nobody has a use for any more. */
export function createRetentionTask(services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>): Task {
  return (_payload, { signal }) => {
    const until = new Date(services.clock.now().getTime() - keptDays * day);
    return eachWorkspace(services, signal, (id) =>
      services.withWorkspace(id, (transaction) => deleteQuarantined(transaction, { until }), {
        statementSeconds: longStatementSeconds,
      }),
    );
  };
}
