import type { CreateModule } from '../../platform/module.js';
import { ViewerResolver, WorkspaceResolver } from './workspace.resolver.js';

export { checkTimeZone } from './time-zone.js';
export { OrganizationType, RoleEnum, UserType, ViewerType, WorkspaceType } from './workspace.types.js';

/** Organizations and their workspaces. */
export const createWorkspacesModule: CreateModule = ({ directory }) => ({
  resolvers: [new WorkspaceResolver(directory), new ViewerResolver(directory)],
});
