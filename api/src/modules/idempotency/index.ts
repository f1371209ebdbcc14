import type { CreateModule } from '../../platform/module.js';
import { idempotentMutations } from './graphql-plugin.js';
import { addIdempotencyHooks } from './http-hooks.js';
import { IdempotentRequestRepository } from './idempotent-request.repository.js';
import { IdempotentRequests } from './idempotent-requests.js';
import { createIdempotencyRetentionTask, idempotencyRetentionTask } from './retention.job.js';

/** Requests that are sent again under the same `Idempotency-Key` are answered again, and carried out once. */
export const createIdempotencyModule: CreateModule = (services) => {
  const repository = new IdempotentRequestRepository(services);
  const requests = new IdempotentRequests(repository, services.log);
  return {
    graphqlPlugins: [idempotentMutations(services, requests)],
    routes: (server) => addIdempotencyHooks(server, services, requests),
    tasks: { [idempotencyRetentionTask]: createIdempotencyRetentionTask(services, repository) },
  };
};
