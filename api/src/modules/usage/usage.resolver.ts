import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { OrganizationType, WorkspaceType } from '../workspaces/index.js';
import { readOrganizationUsage, readRange, readUsage, setQuota, type UsageServices } from './read-usage.js';
import { toUsage, totalsOf } from './summarise-usage.js';
import {
  OrganizationUsageType,
  SetUsageQuotaInput,
  UsageArgs,
  UsageQuotaType,
  UsageType,
} from './usage.types.js';

/** What a workspace used. */
@Resolver(() => WorkspaceType)
export class WorkspaceUsageResolver {
  constructor(private readonly services: UsageServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'usage:read' })
  @FieldResolver(() => UsageType, { description: 'What the workspace used, and its quotas.' })
  async usage(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => UsageArgs) { since, until }: UsageArgs,
  ): Promise<UsageType> {
    const range = readRange(this.services.clock, since, until);
    return toUsage(await readUsage(this.services, workspace.id, range));
  }
}

/** What an organization used, and how much its workspaces may. */
@Resolver(() => OrganizationType)
export class OrganizationUsageResolver {
  constructor(private readonly services: UsageServices) {}

  @Access({ kind: 'organization', role: 'admin' })
  @FieldResolver(() => OrganizationUsageType, { description: 'What all its workspaces used.' })
  async usage(
    @Root() organization: OrganizationType,
    @Args(() => UsageArgs) { since, until }: UsageArgs,
  ): Promise<OrganizationUsageType> {
    const range = readRange(this.services.clock, since, until);
    const used = await readOrganizationUsage(this.services, organization.id, range);
    return {
      totals: totalsOf(used.flatMap(({ counts }) => counts)),
      workspaces: used.map((one) => ({
        workspaceId: one.workspace.id,
        name: one.workspace.name,
        usage: toUsage(one),
      })),
    };
  }

  @Access({ kind: 'organization', role: 'admin' })
  @Mutation(() => [UsageQuotaType], {
    description: 'Sets or lifts a quota of a workspace; gives all its quotas. It counts within ten seconds.',
  })
  async setUsageQuota(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => SetUsageQuotaInput, { description: 'Of what, and how much.' })
    { workspaceId, metric, monthly = null }: SetUsageQuotaInput,
  ): Promise<UsageQuotaType[]> {
    if (monthly !== null && !Number.isInteger(monthly))
      throw new Failure('INVALID_INPUT', 'A quota is a whole number.', { path: 'input.monthly' });
    return setQuota(this.services, organizationId, { workspaceId, metric, monthly });
  }
}
