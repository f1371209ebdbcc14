import { createSendMail } from '../../platform/mail/mailer.js';
import type { CreateModule } from '../../platform/module.js';
import { createConfirmationTask } from './confirmation-mail.job.js';
import { FormMutationsResolver, WorkspaceFormsResolver } from './form.resolver.js';
import { addFormRoutes } from './form.routes.js';
import { createRetentionTask, retentionTask } from './submission-retention.job.js';
import { confirmationTask } from './take-submission.js';

export { followKeysInForms } from './follow-keys.repository.js';

/** Forms of websites, and what is sent by them. */
export const createFormsModule: CreateModule = (services) => {
  const sendMail = createSendMail(services.settings);
  return {
    resolvers: [
      new WorkspaceFormsResolver(services),
      new FormMutationsResolver(services, sendMail !== undefined),
    ],
    routes: (server) => addFormRoutes(server, services),
    tasks: {
      [confirmationTask]: createConfirmationTask(services, sendMail),
      [retentionTask]: createRetentionTask(services),
    },
  };
};
