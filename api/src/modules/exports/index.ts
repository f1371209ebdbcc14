import type { CreateModule } from '../../platform/module.js';
import { addExportRoutes } from './export.routes.js';

/** Files of contacts, for whoever takes them elsewhere. */
export const createExportsModule: CreateModule = (services) => ({
  routes: (server) => addExportRoutes(server, services),
});
