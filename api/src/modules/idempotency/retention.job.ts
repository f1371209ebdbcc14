import type { Services, Task } from '../../platform/module.js';
import type { IdempotentRequestRepository } from './idempotent-request.repository.js';

/** The name of the job that forgets old requests; it runs every day. */
export const idempotencyRetentionTask = 'expire-idempotent-requests';

/** Deletes requests whose answers are not given again any more. */
export function createIdempotencyRetentionTask(
  { directory }: Pick<Services, 'directory'>,
  repository: IdempotentRequestRepository,
): Task {
  return async (_payload, { signal }) => {
    const workspaces: { id: string }[] = await directory.query('select id from workspaces');
    await repository.expire(
      workspaces.map(({ id }) => id),
      signal,
    );
  };
}
