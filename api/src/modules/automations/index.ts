import type { CreateModule } from '../../platform/module.js';
import { addUnsubscribeRoutes } from './unsubscribe/index.js';

/** What happens by itself when somebody enters or leaves a segment. */
export const createAutomationsModule: CreateModule = (services) => ({
  routes: (server) => addUnsubscribeRoutes(server, services),
});
