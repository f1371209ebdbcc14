import type { CreateModule } from '../../platform/module.js';
import { addDownload } from '../ad-files/index.js';
import { createSegmentById, engineOf } from '../segments/index.js';
import {
  AudienceMutationsResolver,
  CustomAudienceResolver,
  WorkspaceAudiencesResolver,
} from './audience.resolver.js';
import { planStored } from './plan-audience-file.js';
import { createAudienceDestinations } from './sync/audience-destinations.js';
import { syncTask } from './sync/begin-sync.js';
import { followTask } from './sync/follow-audiences-soon.js';
import {
  createFollowTask,
  createResumeFollowingTask,
  resumeFollowingTask,
} from './sync/follow-audiences.job.js';
import { createSyncTask } from './sync/sync-audience.job.js';
import { createSyncLoaders } from './sync/sync.loaders.js';
import {
  AudienceSyncsResolver,
  createSyncProgressResolver,
  ErasureNoticesResolver,
  SyncMutationsResolver,
} from './sync/sync.resolver.js';

export {
  findAudience,
  findAudienceNamed,
  requireAudience,
  type CustomAudience,
} from './audience.repository.js';
export { archiveAudience, changeAudience, createAudience } from './edit-audiences.js';
export { schedules } from './sync/delivery.js';
export { audiencesGoingTo, deliveriesOf } from './sync/delivery.repository.js';
export { setDelivery } from './sync/edit-sync.js';
export { createFollowErasure } from './sync/follow-erasure.js';

/** Custom audiences: segments on their way to ad platforms, as files, and kept up to date at destinations. */
export const createAudiencesModule: CreateModule = (services) => {
  const { withWorkspace, clock, enqueue } = services;
  const destinations = createAudienceDestinations(services);
  const engine = engineOf(services);
  const loaders = createSyncLoaders(withWorkspace);
  return {
    resolvers: [
      new WorkspaceAudiencesResolver(services),
      new AudienceMutationsResolver(services),
      new CustomAudienceResolver(createSegmentById(withWorkspace)),
      new AudienceSyncsResolver(withWorkspace, loaders),
      new SyncMutationsResolver(services),
      new ErasureNoticesResolver(loaders),
      createSyncProgressResolver(withWorkspace),
    ],
    routes: (server) =>
      addDownload(server, services, {
        path: '/v1/audiences/:id/file.csv',
        choosesIdentifiers: false,
        plan: (context, { id }) => planStored(context, { id, path: 'id' }, 'download'),
      }),
    tasks: {
      [followTask]: createFollowTask({ withWorkspace, clock, enqueue, engine }),
      [resumeFollowingTask]: createResumeFollowingTask(services),
    },
    longTasks: { [syncTask]: createSyncTask({ withWorkspace, clock, enqueue, engine, destinations }) },
  };
};
