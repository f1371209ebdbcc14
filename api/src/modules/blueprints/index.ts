import type { CreateModule } from '../../platform/module.js';
import {
  BlueprintMutationsResolver,
  BlueprintResolver,
  OrganizationBlueprintsResolver,
  WorkspaceBlueprintsResolver,
} from './blueprint.resolver.js';

/** What an organization sets up the same way in many workspaces: captured from one, applied to the others, kept in step. */
export const createBlueprintsModule: CreateModule = (services) => ({
  resolvers: [
    new OrganizationBlueprintsResolver(services),
    new BlueprintResolver(services),
    new WorkspaceBlueprintsResolver(services),
    new BlueprintMutationsResolver(services),
  ],
});
