import type { CreateModule } from '../../platform/module.js';
import { ViewerResolver, WorkspaceResolver } from './workspace.resolver.js';

export { checkTimeZone } from './time-zone.js';
export { pageWorkspaces } from './workspace.repository.js';
export { OrganizationType, RoleEnum, UserType, ViewerType, WorkspaceType } from './workspace.types.js';

/** Organizations and their workspaces. */
export const createWorkspacesModule: CreateModule = ({ directory, withWorkspace }) => ({
  resolvers: [new WorkspaceResolver(directory, withWorkspace), new ViewerResolver(directory)],
});
