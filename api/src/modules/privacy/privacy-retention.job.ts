import { day } from '../../platform/clock.js';
import { eachWorkspace } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import { keptDays } from './access-export.job.js';
import { expireFiles } from './privacy-file.repository.js';

/** The name of the job that deletes the files of requests; it runs every day. */
export const privacyRetentionTask = 'expire-privacy-files';

/** Deletes copies of what was held about people, when there was time to hand them out, and forgets whose they were. */
export function createPrivacyRetentionTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>,
): Task {
  return (_payload, { signal }) => {
    const now = services.clock.now();
    return eachWorkspace(services, signal, (id) =>
      services.withWorkspace(id, (tx) => expireFiles(tx, now, new Date(now.getTime() - keptDays * day))),
    );
  };
}
