import type { EntityManager } from 'typeorm';
import { newId } from '../ids.js';
import { kindOf, type IdempotencyMark, type Operation } from '../operation.js';

/** What the audit log holds of a change beside its operation. */
export interface Effect {
  /** What the work gave back: a thing that was made carries its id. */
  result: unknown;
  /** What of contacts and definitions changed: facets of the change feed. */
  facets: readonly string[];
  /** How many contacts changed. */
  contacts: number;
}

/** Facets and fields of one entry at most: more would be no help to a reader. */
const mostFields = 50;

const columns = 'id, actor, operation, kind, subject_id, fields, request_id';

/**
 * Enters an operation in the audit log of a workspace if its transaction has written anything: PostgreSQL gives a
 * transaction an id only then.
 */
export async function auditInWorkspace(
  manager: EntityManager,
  workspaceId: string,
  operation: Operation,
  effect: Effect,
): Promise<void> {
  await manager.query(
    `insert into audit_entries (workspace_id, ${columns}, contacts)
     select $1::uuid, $2::uuid, $3, $4, $5, $6, $7::text[], $8, $9::int
     where pg_current_xact_id_if_assigned() is not null
     on conflict (workspace_id, id) do nothing`,
    [workspaceId, ...valuesOf(operation, effect), effect.contacts],
  );
  if (operation.idempotency?.scope.kind === 'workspace')
    await noteCommit(manager, 'idempotent_requests', 'workspace_id', workspaceId, operation.idempotency);
}

/** An idempotent request that has changed something must not be carried out again, even if its answer is lost. */
async function noteCommit(
  manager: EntityManager,
  table: string,
  column: string,
  scope: string,
  { caller, keyHash }: IdempotencyMark,
): Promise<void> {
  await manager.query(
    `update ${table} set changed = true
     where ${column} = $1 and caller = $2 and key_hash = $3 and pg_current_xact_id_if_assigned() is not null`,
    [scope, caller, keyHash],
  );
}

/** Enters an operation in the audit log of an organization. */
export async function auditInOrganization(
  manager: EntityManager,
  organizationId: string,
  operation: Operation,
  result: unknown,
): Promise<void> {
  await manager.query(
    `insert into organization_audit_entries (organization_id, ${columns})
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [organizationId, ...valuesOf(operation, { result, facets: [] })],
  );
  const { idempotency } = operation;
  if (idempotency?.scope.kind === 'organization') {
    const table = 'organization_idempotent_requests';
    await noteCommit(manager, table, 'organization_id', organizationId, idempotency);
  }
}

function valuesOf(operation: Operation, { result, facets }: Pick<Effect, 'result' | 'facets'>): unknown[] {
  const fields = [...new Set([...operation.fields, ...facets])].slice(0, mostFields);
  return [
    operation.entryId ?? newId(),
    operation.actor,
    operation.name,
    kindOf(operation.name),
    idIn(result) ?? operation.subjectId,
    fields,
    operation.requestId,
  ];
}

/** The id of the one thing that work gave back, if it did. */
function idIn(result: unknown): string | null {
  const one: unknown = Array.isArray(result) && result.length === 1 ? result[0] : result;
  if (typeof one !== 'object' || one === null) return null;
  const { id } = one as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
