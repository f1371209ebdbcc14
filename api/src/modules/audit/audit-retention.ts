import type { DataSource } from 'typeorm';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { readAuditDays, saveAuditDays } from './audit-retention.repository.js';

/** Days for which an audit log is kept at least: nobody is to cover their tracks. The database refuses less as well. */
export const leastAuditDays = 90;

/** Ten years. */
export const mostAuditDays = 3650;

/** How long an audit log is kept. */
export interface AuditRetention {
  days: number;
}

/** How long the audit log of an organization and of its workspaces is kept. */
export async function auditRetentionOf(
  directory: DataSource,
  organizationId: string,
): Promise<AuditRetention> {
  return { days: await readAuditDays(directory, organizationId) };
}

/** Sets it. */
export function setAuditRetention(
  directory: DataSource,
  organizationId: string,
  days: number,
): Promise<AuditRetention> {
  return changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    await saveAuditDays(manager, organizationId, days);
    return { days };
  });
}
