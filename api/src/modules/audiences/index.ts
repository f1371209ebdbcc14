import type { CreateModule } from '../../platform/module.js';
import { addDownload } from '../ad-files/index.js';
import { createSegmentById } from '../segments/index.js';
import {
  AudienceMutationsResolver,
  CustomAudienceResolver,
  WorkspaceAudiencesResolver,
} from './audience.resolver.js';
import { planStored } from './plan-audience-file.js';

/** Custom audiences: segments on their way to ad platforms. */
export const createAudiencesModule: CreateModule = (services) => ({
  resolvers: [
    new WorkspaceAudiencesResolver(services),
    new AudienceMutationsResolver(services),
    new CustomAudienceResolver(createSegmentById(services.withWorkspace)),
  ],
  routes: (server) =>
    addDownload(server, services, {
      path: '/v1/audiences/:id/file.csv',
      choosesIdentifiers: false,
      plan: (context, { id }) => planStored(context, { id, path: 'id' }, 'download'),
    }),
});
