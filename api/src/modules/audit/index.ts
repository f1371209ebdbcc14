import type { CreateModule } from '../../platform/module.js';
import { auditRetentionTask, createAuditRetentionTask } from './audit-retention.job.js';
import { AuditRetentionResolver } from './audit-retention.resolver.js';
import { OrganizationAuditResolver, WorkspaceAuditResolver } from './audit.resolver.js';

/** Who changed what: what withWorkspace and changeDirectory wrote down, for admins to read. */
export const createAuditModule: CreateModule = (services) => ({
  resolvers: [
    new WorkspaceAuditResolver(services),
    new OrganizationAuditResolver(services),
    new AuditRetentionResolver(services),
  ],
  tasks: { [auditRetentionTask]: createAuditRetentionTask(services) },
});
