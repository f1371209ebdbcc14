import type { CreateModule } from '../../platform/module.js';
import { erasureTask } from './erase-person.js';
import { createErasureTask } from './erasure.job.js';
import { PrivacyResolver } from './privacy.resolver.js';

/** What people may ask of the data about them: a copy, and that they are forgotten. */
export const createPrivacyModule: CreateModule = (services) => ({
  resolvers: [new PrivacyResolver(services)],
  longTasks: { [erasureTask]: createErasureTask(services) },
});
