import { eachWorkspace } from '../../platform/jobs/batches.js';
import type { Services, Task } from '../../platform/module.js';
import type { IdempotentRequestRepository } from './idempotent-request.repository.js';

/** The name of the job that forgets old requests; it runs every day. */
export const idempotencyRetentionTask = 'expire-idempotent-requests';

/** Deletes requests whose answers are not given again any more. */
export function createIdempotencyRetentionTask(
  services: Pick<Services, 'directory'>,
  repository: IdempotentRequestRepository,
): Task {
  return async (_payload, { signal }) => {
    await eachWorkspace(services, signal, (id) => repository.expire(id));
    await repository.expireOfOrganizations();
  };
}
