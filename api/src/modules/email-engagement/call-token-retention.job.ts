import type { Services, Task } from '../../platform/module.js';
import { deleteTokens } from './call-token.repository.js';

/** The name of the job that forgets tokens of calls; it runs every day. */
export const retentionTask = 'expire-email-call-tokens';

/** Longer than a signature counts: from then on its age is what refuses it. */
const keptHours = 48;

/** Forgets tokens that could not be used again anyway. */
export function createRetentionTask({
  directory,
  withWorkspace,
  clock,
}: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>): Task {
  return async (_payload, { signal }) => {
    const until = new Date(clock.now().getTime() - keptHours * 60 * 60 * 1000);
    const workspaces: { id: string }[] = await directory.query('select id from workspaces');
    for (const { id } of workspaces) {
      signal.throwIfAborted();
      await withWorkspace(id, (tx) => deleteTokens(tx, until));
    }
  };
}
