import type { DataSource } from 'typeorm';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { isId } from '../../platform/ids.js';
import type { Actor, AuditFilter } from './audit-filter.js';

/** An entry as it is stored. */
export interface AuditRow {
  id: string;
  at: Date;
  /** The instant in full precision, for cursors. */
  at_exactly: string;
  actor: string;
  operation: string;
  kind: string | null;
  subject_id: string | null;
  fields: string[];
  request_id: string;
  /** Null in the log of an organization. */
  contacts: number | null;
}

/** Which part of the log is read: the newest first. */
export interface AuditRange extends AuditFilter {
  after: [instant: string, id: string] | undefined;
  limit: number;
}

/** Reads the log of a workspace. */
export function listWorkspaceEntries(tx: WorkspaceTransaction, range: AuditRange): Promise<AuditRow[]> {
  return tx.query(entries('audit_entries', 'contacts', 'true'), valuesOf(range));
}

/** Reads the log of an organization. */
export function listOrganizationEntries(
  directory: DataSource,
  organizationId: string,
  range: AuditRange,
): Promise<AuditRow[]> {
  const statement = entries('organization_audit_entries', 'null::int as contacts', 'organization_id = $10');
  return directory.query(statement, [...valuesOf(range), organizationId]);
}

function entries(table: string, contacts: string, scope: string): string {
  return `select id, at, at::text as at_exactly, actor, operation, kind, subject_id, fields, request_id, ${contacts}
    from ${table}
    where ${scope}
      and ($1::timestamptz is null or (at, id) < ($1, $2::uuid))
      and ($3::text is null or actor = $3) and ($4::text is null or operation = $4)
      and ($5::text is null or kind = $5) and ($6::text is null or subject_id = $6)
      and ($7::timestamptz is null or at >= $7) and ($8::timestamptz is null or at < $8)
    order by at desc, id desc limit $9`;
}

function valuesOf({ after, actor, operation, kind, subjectId, since, until, limit }: AuditRange): unknown[] {
  return [...(after ?? [null, null]), actor, operation, kind, subjectId, since, until, limit];
}

/** The names of those who did it, by actor: of the keys of a workspace. */
export async function namesOfKeys(
  tx: WorkspaceTransaction,
  actors: readonly Actor[],
): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; name: string }>(
    'select id, name from api_keys where id = any($1)',
    [idsOf(actors, 'key')],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The names of the people among those who did it. */
export async function namesOfUsers(
  directory: DataSource,
  actors: readonly Actor[],
): Promise<Map<string, string>> {
  const rows: { id: string; name: string }[] = await directory.query(
    'select id, name from users where id = any($1)',
    [idsOf(actors, 'user')],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function idsOf(actors: readonly Actor[], kind: Actor['kind']): string[] {
  return actors.flatMap((actor) => (actor.kind === kind && actor.id && isId(actor.id) ? [actor.id] : []));
}
