import type { DataSource, EntityManager } from 'typeorm';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** For how many days an organization's log is kept. */
export async function readAuditDays(directory: DataSource, organizationId: string): Promise<number> {
  const rows: { audit_days: number }[] = await directory.query(
    'select audit_days from organizations where id = $1',
    [organizationId],
  );
  return rows[0]!.audit_days;
}

/** Sets for how many days an organization's log is kept. */
export async function saveAuditDays(
  manager: EntityManager,
  organizationId: string,
  days: number,
): Promise<void> {
  await manager.query('update organizations set audit_days = $2 where id = $1', [organizationId, days]);
}

/** An organization's workspaces, and for how long its log is kept. */
export interface KeptLog {
  organizationId: string;
  days: number;
  workspaceIds: string[];
}

/** Every organization. */
export function keptLogs(directory: DataSource): Promise<KeptLog[]> {
  return directory.query(
    `select o.id as "organizationId", o.audit_days as days,
       array(select w.id from workspaces as w where w.organization_id = o.id) as "workspaceIds"
     from organizations as o`,
  );
}

const someGone = (scope: string): string => `
  with old as (
    select id from ${scope} and at < $1 order by at, id limit $2
  ), gone as (`;

/** Deletes some of the entries of a workspace from before this; gives how many. */
export async function deleteOldEntries(
  tx: WorkspaceTransaction,
  before: Date,
  limit: number,
): Promise<number> {
  const rows = await tx.query<{ deleted: number }>(
    `${someGone('audit_entries where true')}
       delete from audit_entries as e using old where e.id = old.id returning 1
     )
     select count(*)::int as deleted from gone`,
    [before.toISOString(), limit],
  );
  return rows[0]!.deleted;
}

/** Deletes some of the entries of an organization from before this; gives how many. */
export async function deleteOldOrganizationEntries(
  manager: EntityManager,
  organizationId: string,
  before: Date,
  limit: number,
): Promise<number> {
  const rows: { deleted: number }[] = await manager.query(
    `${someGone('organization_audit_entries where organization_id = $3')}
       delete from organization_audit_entries as e using old
       where e.organization_id = $3 and e.id = old.id returning 1
     )
     select count(*)::int as deleted from gone`,
    [before.toISOString(), limit, organizationId],
  );
  return rows[0]!.deleted;
}
