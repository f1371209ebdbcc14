import type { Services, Task } from '../../platform/module.js';

/** The name of the job that forgets who could have signed in once; it runs every day. */
export const directoryRetentionTask = 'expire-sign-in-data';

/** Deletes sessions that have ended, invitations that are of no use any more, and attempts of days ago. */
export function createDirectoryRetentionTask({ directory }: Pick<Services, 'directory'>): Task {
  return async () => {
    await directory.query('delete from sessions where expires_at < now()');
    await directory.query(
      `delete from invitations where coalesce(accepted_at, expires_at) < now() - interval '30 days'`,
    );
    await directory.query(`delete from sign_in_attempts where last_at < now() - interval '1 day'`);
  };
}
