import type { DataSource } from 'typeorm';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { toActor, type Actor } from './audit-filter.js';
import {
  listOrganizationEntries,
  listWorkspaceEntries,
  namesOfKeys,
  namesOfUsers,
  type AuditRange,
  type AuditRow,
} from './audit.repository.js';

/** An entry with who did it, by name. */
export interface AuditEntry {
  row: AuditRow;
  actor: Actor & { name: string | null };
}

/** What reading the logs needs. */
export interface AuditServices {
  directory: DataSource;
  withWorkspace: WithWorkspace;
}

/** Reads the audit log of a workspace, the newest first. */
export async function readWorkspaceLog(
  { directory, withWorkspace }: AuditServices,
  workspaceId: string,
  range: AuditRange,
): Promise<AuditEntry[]> {
  const { rows, keys } = await withWorkspace(workspaceId, async (tx) => {
    const found = await listWorkspaceEntries(tx, range);
    return { rows: found, keys: await namesOfKeys(tx, actorsOf(found)) };
  });
  return named(rows, keys, await namesOfUsers(directory, actorsOf(rows)));
}

/** Reads the audit log of an organization, the newest first. */
export async function readOrganizationLog(
  { directory }: AuditServices,
  organizationId: string,
  range: AuditRange,
): Promise<AuditEntry[]> {
  const rows = await listOrganizationEntries(directory, organizationId, range);
  return named(rows, new Map(), await namesOfUsers(directory, actorsOf(rows)));
}

function actorsOf(rows: readonly AuditRow[]): Actor[] {
  return [...new Set(rows.map(({ actor }) => actor))].map(toActor);
}

type Names = ReadonlyMap<string, string>;

function named(rows: readonly AuditRow[], keys: Names, users: Names): AuditEntry[] {
  return rows.map((row) => {
    const actor = toActor(row.actor);
    const names = actor.kind === 'key' ? keys : users;
    return { row, actor: { ...actor, name: names.get(actor.id ?? '') ?? null } };
  });
}
