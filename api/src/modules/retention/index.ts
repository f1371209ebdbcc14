import type { CreateModule } from '../../platform/module.js';
import {
  createDeleteOldEventsTask,
  createExpireEventsTask,
  deleteOldEventsTask,
  expireEventsTask,
} from './expire-events.job.js';
import {
  createCapQuarantineTask,
  createForgetMessagesTask,
  createTrimFeedTask,
  recordTasks,
} from './expire-records.job.js';
import { RetentionResolver } from './retention.resolver.js';

/** How long things are kept that would grow for ever. */
export const createRetentionModule: CreateModule = (services) => ({
  resolvers: [new RetentionResolver(services)],
  tasks: {
    [expireEventsTask]: createExpireEventsTask(services),
    [recordTasks.messages]: createForgetMessagesTask(services),
    [recordTasks.feed]: createTrimFeedTask(services),
    [recordTasks.quarantine]: createCapQuarantineTask(services),
  },
  longTasks: { [deleteOldEventsTask]: createDeleteOldEventsTask(services) },
});
