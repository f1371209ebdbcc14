import type { CreateModule } from '../../platform/module.js';
import { createAcceptBatch } from './accept-batch.js';
import { eventLoaders } from './event-loaders.js';
import { ContactEventsResolver, RecordEventsResolver, WorkspaceEventsResolver } from './event.resolver.js';
import { createPartitionsTask, partitionsTask } from './event-partitions.job.js';
import { createRetentionTask, retentionTask } from './quarantine-retention.job.js';
import { QuarantineResolver } from './quarantine.resolver.js';
import { createReplayQuarantined } from './replay-quarantined.js';
import { addSegmentRoutes } from './segment-api.routes.js';

export { eraseFromQuarantine, quarantinedThatName } from './erase-from-quarantine.js';
export type { EventInput } from './check-event.js';
export { recordEvent } from './record-event.js';
export { claimUnseen, createPrepareEvents, storeEvents, type PrepareEvents } from './store-events.js';

/** Events on their way in, and what is known of them. */
export const createIngestionModule: CreateModule = (services) => {
  const { withWorkspace, settings } = services;
  const accept = createAcceptBatch(services, settings);
  return {
    resolvers: [
      new RecordEventsResolver(accept),
      new WorkspaceEventsResolver(withWorkspace),
      new ContactEventsResolver(eventLoaders(withWorkspace)),
      new QuarantineResolver(withWorkspace, createReplayQuarantined(services)),
    ],
    routes: (server) => addSegmentRoutes(server, services, accept),
    tasks: {
      [partitionsTask]: createPartitionsTask(services),
      [retentionTask]: createRetentionTask(services),
    },
  };
};
