import type { CreateModule, Services } from '../../platform/module.js';
import { engineOf } from '../segments/index.js';
import { createAccessExportTask } from './access-export.job.js';
import type { ErasureFollower } from './erase-person.js';
import { createErasureTask } from './erasure.job.js';
import { requestTasks } from './request-job.js';
import { createPrivacyRetentionTask, privacyRetentionTask } from './privacy-retention.job.js';
import { PrivacyResolver } from './privacy.resolver.js';
import { addPrivacyRoutes } from './privacy.routes.js';

export type { ErasureFollower } from './erase-person.js';
export { PrivacyRequestType } from './privacy.types.js';

/** What people may ask of the data about them: a copy, and that they are forgotten. */
export const createPrivacyModule =
  (followers: readonly ((services: Services) => ErasureFollower)[]): CreateModule =>
  (services) => ({
    resolvers: [new PrivacyResolver(services)],
    routes: (server) => addPrivacyRoutes(server, services),
    tasks: { [privacyRetentionTask]: createPrivacyRetentionTask(services) },
    longTasks: {
      [requestTasks.access]: createAccessExportTask({ ...services, engine: engineOf(services) }),
      [requestTasks.erasure]: createErasureTask(
        services,
        followers.map((follower) => follower(services)),
      ),
    },
  });
