import { actorOf, type Scope, type WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId, newId } from '../../platform/ids.js';
import { hashToken, newKey } from './secrets.js';

/** An API key as it may be shown: without what would let anybody use it. */
export interface ApiKey {
  workspaceId: string;
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

interface KeyRow {
  workspace_id: string;
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

const columns = 'workspace_id, id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at';

/** Makes a key. The key itself is in the result and nowhere else: only its hash is stored. */
export async function createApiKey(
  withWorkspace: WithWorkspace,
  context: WorkspaceContext,
  input: { name: string; scopes: Scope[]; expiresAt: Date | null },
): Promise<{ apiKey: ApiKey; key: string }> {
  if (input.expiresAt && input.expiresAt <= context.clock.now()) {
    throw new Failure('INVALID_INPUT', 'The key would have expired already.', { path: 'input.expiresAt' });
  }
  const { key, prefix } = newKey();
  const scopes = [...new Set(input.scopes)];
  const values = [
    context.workspace.id,
    newId(),
    input.name,
    prefix,
    hashToken(key),
    scopes,
    actorOf(context),
    input.expiresAt,
  ];
  const rows = await withWorkspace(context.workspace.id, (tx) =>
    tx.query<KeyRow>(
      `insert into api_keys (workspace_id, id, name, prefix, secret_hash, scopes, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
      values,
    ),
  );
  return { key, apiKey: toApiKey(rows[0] as KeyRow) };
}

/** The keys of the workspace, newest first. */
export async function listApiKeys(withWorkspace: WithWorkspace, workspaceId: string): Promise<ApiKey[]> {
  const rows = await withWorkspace(workspaceId, (tx) =>
    tx.query<KeyRow>(`select ${columns} from api_keys order by created_at desc, id desc`),
  );
  return rows.map(toApiKey);
}

/** Makes a key useless; again is no error. Throws NOT_FOUND when the workspace has no such key. */
export async function revokeApiKey(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  id: string,
): Promise<ApiKey> {
  const rows = isId(id)
    ? await withWorkspace(workspaceId, (tx) =>
        tx.query<KeyRow>(
          `with revoked as (
             update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1 returning ${columns}
           ) select * from revoked`,
          [id],
        ),
      )
    : [];
  if (!rows[0]) throw notFound('API key');
  return toApiKey(rows[0]);
}

function toApiKey(row: KeyRow): ApiKey {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
