import type { CreateModule } from '../../platform/module.js';
import { contactLoaders } from '../contacts/index.js';
import { createMailSender, createOpenDestination } from '../destinations/index.js';
import { createSegmentById } from '../segments/index.js';
import {
  AutomationMutationsResolver,
  AutomationResolver,
  AutomationRunResolver,
  automationLoaders,
  ContactAutomationsResolver,
  WorkspaceAutomationsResolver,
} from './automation.resolver.js';
import {
  AutomationRunContactResolver,
  createContactOf,
  FollowUpContactResolver,
} from './contact-of.resolver.js';
import {
  ContactFollowUpsResolver,
  FollowUpMutationsResolver,
  WorkspaceFollowUpsResolver,
} from './follow-ups/follow-up.resolver.js';
import { EmailPreviewResolver } from './email-preview.resolver.js';
import {
  automationsTask,
  createAutomationsTask,
  createExpireRunsTask,
  createResumeAutomationsTask,
  expireRunsTask,
  resumeAutomationsTask,
} from './look-after.job.js';
import { addUnsubscribeRoutes } from './unsubscribe/index.js';

export { contactKeysIn } from './contact-keys.js';
export { automationDefinition } from './read-definition.js';
export {
  automationsNaming,
  findAutomation,
  findAutomationNamed,
  requireAutomation,
} from './automation.repository.js';
export {
  activateAutomation,
  archiveAutomation,
  changeAutomation,
  createAutomation,
  type AutomationDefinition,
} from './edit-automations.js';
export { lookAfterSoon } from './look-after.job.js';

/** What happens by itself when somebody enters or leaves a segment. */
export const createAutomationsModule: CreateModule = (services) => {
  const mail = createMailSender();
  const loaders = automationLoaders(services.withWorkspace);
  const contactOf = createContactOf(services.withWorkspace, contactLoaders(services.withWorkspace));
  const segmentById = createSegmentById(services.withWorkspace);
  return {
    resolvers: [
      new WorkspaceAutomationsResolver(services),
      new AutomationMutationsResolver(services),
      new AutomationResolver({ ...services, segmentById, loaders }),
      new AutomationRunResolver(loaders),
      new ContactAutomationsResolver(services),
      new WorkspaceFollowUpsResolver(services),
      new FollowUpMutationsResolver(services),
      new ContactFollowUpsResolver(services),
      new EmailPreviewResolver(services.withWorkspace),
      new AutomationRunContactResolver(contactOf),
      new FollowUpContactResolver(contactOf),
    ],
    routes: (server) => addUnsubscribeRoutes(server, services),
    tasks: {
      [resumeAutomationsTask]: createResumeAutomationsTask(services),
      [expireRunsTask]: createExpireRunsTask(services),
    },
    longTasks: {
      [automationsTask]: createAutomationsTask({ ...services, open: createOpenDestination(services), mail }),
    },
    start: () => () => mail.close(),
  };
};
