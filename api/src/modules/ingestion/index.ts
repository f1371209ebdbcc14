import type { CreateModule } from '../../platform/module.js';
import { createAcceptBatch } from './accept-batch.js';
import { eventLoaders } from './event-loaders.js';
import { ContactEventsResolver, RecordEventsResolver, WorkspaceEventsResolver } from './event.resolver.js';
import { createPartitionsTask, partitionsTask } from './event-partitions.job.js';
import { addSegmentRoutes } from './segment-api.routes.js';

/** Events on their way in, and what is known of them. */
export const createIngestionModule: CreateModule = (services) => {
  const accept = createAcceptBatch(services);
  return {
    resolvers: [
      new RecordEventsResolver(accept),
      new WorkspaceEventsResolver(services.withWorkspace),
      new ContactEventsResolver(eventLoaders(services.withWorkspace)),
    ],
    routes: (server) => addSegmentRoutes(server, services, accept),
    tasks: { [partitionsTask]: createPartitionsTask(services) },
  };
};
