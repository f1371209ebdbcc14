import type { CreateModule } from '../../platform/module.js';
import { OrganizationGlancesResolver, WorkspaceGlanceResolver } from './glance.resolver.js';

/** How workspaces stand, at a glance: numbers of all modules side by side. */
export const createOverviewModule: CreateModule = ({ directory, withWorkspace }) => ({
  resolvers: [
    new WorkspaceGlanceResolver(withWorkspace),
    new OrganizationGlancesResolver(directory, withWorkspace),
  ],
});
