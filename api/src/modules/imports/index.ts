import type { CreateModule } from '../../platform/module.js';
import { importLoaders } from './import-loaders.js';
import { createImportTask } from './import.job.js';
import { createImportRetentionTask, importRetentionTask } from './import-retention.job.js';
import {
  createImportProgressResolver,
  ImportMutationsResolver,
  ImportResolver,
  WorkspaceImportsResolver,
} from './import.resolver.js';
import { addImportRoutes } from './import.routes.js';
import { createUndoTask } from './undo-import.job.js';
import { undoTask } from './undo-import.js';
import { importTask } from './upload-import.js';

export { followKeysInImports } from './follow-keys.repository.js';
export { eraseFromImports, rowsThatName, type RowNames } from './erase-from-imports.js';
export { hasImportUnderWay } from './erase-from-imports.repository.js';

/** CSV files on their way into the contacts. */
export const createImportsModule: CreateModule = (services) => ({
  resolvers: [
    new WorkspaceImportsResolver(services.withWorkspace),
    new ImportMutationsResolver(services),
    createImportProgressResolver(services.withWorkspace),
    new ImportResolver(importLoaders(services.withWorkspace)),
  ],
  routes: (server) => addImportRoutes(server, services),
  tasks: { [importRetentionTask]: createImportRetentionTask(services) },
  longTasks: { [importTask]: createImportTask(services), [undoTask]: createUndoTask(services) },
});
