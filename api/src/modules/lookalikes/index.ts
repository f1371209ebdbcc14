import type { CreateModule } from '../../platform/module.js';
import { addDownload } from '../ad-files/index.js';
import { contactLoaders } from '../contacts/index.js';
import { createSegmentById } from '../segments/index.js';
import {
  LookalikeContactResolver,
  LookalikeMutationsResolver,
  LookalikeResolver,
  WorkspaceLookalikesResolver,
} from './lookalike.resolver.js';
import { planSeedFile } from './plan-seed-file.js';
import { createSeedListLoaders } from './seed-list.loaders.js';
import {
  SeedListMutationsResolver,
  SeedListResolver,
  WorkspaceSeedListsResolver,
} from './seed-list.resolver.js';
import {
  createTrainDueTask,
  createTrainTask,
  trainLookalikesDueTask,
} from './training/train-lookalike.job.js';
import { trainLookalikeTask } from './training/train-soon.js';

export { followKeysInSeedLists } from './follow-keys.repository.js';

/** Seed lists, and the lookalikes that are grown from them. */
export const createLookalikesModule: CreateModule = (services) => ({
  resolvers: [
    new WorkspaceSeedListsResolver(services),
    new SeedListMutationsResolver(services),
    new SeedListResolver({
      seedLists: createSeedListLoaders(services.withWorkspace, services.clock),
      contacts: contactLoaders(services.withWorkspace),
      segmentById: createSegmentById(services.withWorkspace),
    }),
    new WorkspaceLookalikesResolver(services),
    new LookalikeResolver(services),
    new LookalikeContactResolver(contactLoaders(services.withWorkspace)),
    new LookalikeMutationsResolver(services),
  ],
  tasks: { [trainLookalikesDueTask]: createTrainDueTask(services) },
  longTasks: { [trainLookalikeTask]: createTrainTask(services) },
  routes: (server) =>
    addDownload(server, services, {
      path: '/v1/seed-lists/:id/file.csv',
      choosesIdentifiers: true,
      plan: (context, { id, identifiers }) =>
        planSeedFile(
          context,
          { id, identifiers, paths: { id: 'id', identifiers: 'identifiers' } },
          'download',
        ),
    }),
});
