import { Arg, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { Access } from '../../platform/graphql/access.js';
import type { Services } from '../../platform/module.js';
import { OrganizationType } from '../workspaces/index.js';
import { auditRetentionOf, setAuditRetention } from './audit-retention.js';
import { AuditRetentionInput, AuditRetentionType } from './audit-retention.types.js';

/** How long the audit log of an organization is kept. */
@Resolver(() => OrganizationType)
export class AuditRetentionResolver {
  constructor(private readonly services: Pick<Services, 'directory'>) {}

  @Access({ kind: 'organization', role: 'admin' })
  @FieldResolver(() => AuditRetentionType, {
    description: 'How long its audit log and those of its workspaces are kept.',
  })
  auditRetention(@Root() organization: OrganizationType): Promise<AuditRetentionType> {
    return auditRetentionOf(this.services.directory, organization.id);
  }

  @Access({ kind: 'organization', role: 'owner' })
  @Mutation(() => AuditRetentionType, {
    description:
      'Sets how long the audit log of the organization and those of its workspaces are kept. A daily job deletes what is ' +
      'older.',
  })
  setAuditRetention(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => AuditRetentionInput, { description: 'How long.' }) { days }: AuditRetentionInput,
  ): Promise<AuditRetentionType> {
    return setAuditRetention(this.services.directory, organizationId, days);
  }
}
