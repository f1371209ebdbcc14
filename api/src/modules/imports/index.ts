import type { CreateModule } from '../../platform/module.js';
import { importLoaders } from './import-loaders.js';
import { createImportTask } from './import.job.js';
import { ImportResolver, WorkspaceImportsResolver } from './import.resolver.js';
import { addImportRoutes } from './import.routes.js';
import { importTask } from './upload-import.js';

/** CSV files on their way into the contacts. */
export const createImportsModule: CreateModule = (services) => ({
  resolvers: [
    new WorkspaceImportsResolver(services.withWorkspace),
    new ImportResolver(importLoaders(services.withWorkspace)),
  ],
  routes: (server) => addImportRoutes(server, services),
  tasks: { [importTask]: createImportTask(services) },
});
