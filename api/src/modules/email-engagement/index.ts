import type { CreateModule } from '../../platform/module.js';
import { createRetentionTask, retentionTask } from './call-token-retention.job.js';
import { EmailSourceMutationsResolver, WorkspaceEmailSourcesResolver } from './email-source.resolver.js';
import { createProviders } from './providers/index.js';
import { createTakeCall } from './take-call.js';
import { addWebhookRoutes } from './webhook.routes.js';

/** What senders of mail report: who opened it, clicked, opted out, and where it did not arrive. */
export const createEmailEngagementModule: CreateModule = (services) => {
  const providers = createProviders(services.getText);
  return {
    resolvers: [
      new WorkspaceEmailSourcesResolver(services),
      new EmailSourceMutationsResolver(services, providers),
    ],
    routes: (server) => addWebhookRoutes(server, services, createTakeCall(services, providers)),
    tasks: { [retentionTask]: createRetentionTask(services) },
  };
};
