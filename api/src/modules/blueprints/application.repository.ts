import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { PartKind } from './document.js';
import type { Filling } from './placeholders.js';

/** That a workspace follows a blueprint. */
export interface Application {
  blueprintId: string;
  version: number;
  parameters: Readonly<Record<string, Filling>>;
  appliedBy: string;
  appliedAt: Date;
}

/** What a part of a blueprint became in a workspace. */
export interface AppliedPart {
  kind: PartKind;
  key: string;
  objectId: string;
  /** Its definition as the blueprint left it. */
  applied: object;
}

const columns = `blueprint_id as "blueprintId", version, parameters, applied_by as "appliedBy", applied_at as "appliedAt"`;

/** The blueprints that a workspace follows, the latest applied first. */
export async function listApplications(tx: WorkspaceTransaction): Promise<Application[]> {
  return tx.query(`select ${columns} from blueprint_applications order by applied_at desc, blueprint_id`, []);
}

/** Keeps others from applying the same blueprint to this workspace until the transaction ends. */
export async function lockApplication(tx: WorkspaceTransaction, blueprintId: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `blueprint:${tx.workspaceId}:${blueprintId}`,
  ]);
}

/** What a workspace follows of a blueprint; undefined where it does not. */
export async function findApplication(
  tx: WorkspaceTransaction,
  blueprintId: string,
): Promise<Application | undefined> {
  const [row] = await tx.query<Application>(
    `select ${columns} from blueprint_applications where blueprint_id = $1`,
    [blueprintId],
  );
  return row;
}

/** Notes what is applied. */
export async function saveApplication(tx: WorkspaceTransaction, application: Application): Promise<void> {
  const { blueprintId, version, parameters, appliedBy, appliedAt } = application;
  await tx.query(
    `insert into blueprint_applications (workspace_id, blueprint_id, version, parameters, applied_by, applied_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, blueprint_id) do update
     set version = $3, parameters = $4, applied_by = $5, applied_at = $6`,
    [tx.workspaceId, blueprintId, version, JSON.stringify(parameters), appliedBy, appliedAt],
  );
}

/** Has a workspace follow a blueprint no longer; what it made stays. @returns whether it did follow it. */
export async function deleteApplication(tx: WorkspaceTransaction, blueprintId: string): Promise<boolean> {
  const rows = await tx.query(
    `with gone as (delete from blueprint_applications where blueprint_id = $1 returning 1) select * from gone`,
    [blueprintId],
  );
  return rows.length > 0;
}

/** What the parts of a blueprint became. */
export async function partsOfApplication(
  tx: WorkspaceTransaction,
  blueprintId: string,
): Promise<AppliedPart[]> {
  return tx.query(
    `select kind, key, object_id as "objectId", applied from blueprint_parts where blueprint_id = $1
     order by kind, key`,
    [blueprintId],
  );
}

/** Notes what a part became. */
export async function savePart(
  tx: WorkspaceTransaction,
  blueprintId: string,
  { kind, key, objectId, applied }: AppliedPart,
): Promise<void> {
  await tx.query(
    `insert into blueprint_parts (workspace_id, blueprint_id, kind, key, object_id, applied)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, blueprint_id, kind, key) do update set object_id = $5, applied = $6`,
    [tx.workspaceId, blueprintId, kind, key, objectId, JSON.stringify(applied)],
  );
}

/** Forgets that a thing belongs to a blueprint. */
export async function deletePart(
  tx: WorkspaceTransaction,
  blueprintId: string,
  { kind, key }: Pick<AppliedPart, 'kind' | 'key'>,
): Promise<void> {
  await tx.query('delete from blueprint_parts where blueprint_id = $1 and kind = $2 and key = $3', [
    blueprintId,
    kind,
    key,
  ]);
}

/** Whether a thing is a part of some blueprint already. */
export async function isPart(tx: WorkspaceTransaction, kind: PartKind, objectId: string): Promise<boolean> {
  const rows = await tx.query('select 1 from blueprint_parts where kind = $1 and object_id = $2', [
    kind,
    objectId,
  ]);
  return rows.length > 0;
}
