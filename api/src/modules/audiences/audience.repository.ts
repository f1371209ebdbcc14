import type { PlatformId } from '@coterie/ad-formats';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { AdIdentifier, AudienceKind } from '../ad-files/index.js';
import type { AudienceDefinition } from './audience-definition.js';

/** A row of `custom_audiences`: a segment on its way to one ad platform. */
export interface CustomAudience extends AudienceDefinition {
  id: string;
  name: string;
  /** `user:<id>` or `key:<id>`. */
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  archivedAt: Date | null;
}

/** An audience with its time of creation in full precision, for cursors. */
export type CustomAudienceRow = CustomAudience & { createdExactly: string };

const columns = `id, name, platform, kind, segment_id as "segmentId", identifiers, created_by as "createdBy",
  created_at as "createdAt", updated_at as "updatedAt", archived_at as "archivedAt"`;

/**
 * The audience; throws NOT_FOUND with `path` when the workspace has none of this id.
 * @param lock keeps others from changing it until the transaction ends.
 */
export async function requireAudience(
  tx: WorkspaceTransaction,
  id: string,
  path: string,
  lock: '' | 'for no key update' = '',
): Promise<CustomAudience> {
  const found = await findAudience(tx, id, lock);
  if (!found) throw notFound('custom audience', path);
  return found;
}

/** The audience, or undefined when the workspace has none of this id. */
export async function findAudience(
  tx: WorkspaceTransaction,
  id: string,
  lock: '' | 'for no key update' = '',
): Promise<CustomAudience | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await tx.query<CustomAudience>(
    `select ${columns} from custom_audiences where id = $1 ${lock}`,
    [id],
  );
  return row;
}

/** The id of an audience in use with this name, in any case; of several, of the oldest. */
export async function findAudienceNamed(tx: WorkspaceTransaction, name: string): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `select id from custom_audiences where lower(name) = lower($1) and archived_at is null
     order by created_at, id limit 1`,
    [name],
  );
  return row?.id;
}

/** Which audiences to list. */
export interface AudienceFilter {
  platform?: PlatformId | null;
  kind?: AudienceKind | null;
  segmentId?: string | null;
  /** True: only archived ones; otherwise only active ones. */
  archived?: boolean | null;
  /** A piece of the name, folded. */
  search?: string | null;
}

/** Audiences, the newest first, after the one named. */
export async function listAudiences(
  tx: WorkspaceTransaction,
  filter: AudienceFilter,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<CustomAudienceRow[]> {
  const { platform = null, kind = null, segmentId = null, archived, search } = filter;
  // What is no id names no segment.
  if (segmentId !== null && !isId(segmentId)) return [];
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from custom_audiences
     where ($1::text is null or platform = $1) and ($2::text is null or kind = $2)
       and ($3::uuid is null or segment_id = $3) and (archived_at is not null) = $4
       and position($5 in lower(name)) > 0
       and ($6::text is null or (created_at, id) < ($6::timestamptz, $7::uuid))
     order by created_at desc, id desc limit $8`,
    [
      platform,
      kind,
      segmentId,
      archived ?? false,
      search ?? '',
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit,
    ],
  );
}

/** Stores a new audience. */
export async function insertAudience(tx: WorkspaceTransaction, audience: CustomAudience): Promise<void> {
  const { id, name, platform, kind, segmentId, identifiers, createdBy, createdAt } = audience;
  await tx.query(
    `insert into custom_audiences (workspace_id, id, name, platform, kind, segment_id, identifiers, created_by,
       created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
    [tx.workspaceId, id, name, platform, kind, segmentId, identifiers, createdBy, createdAt],
  );
}

/** Stores what may change of an audience. */
export async function updateAudience(
  tx: WorkspaceTransaction,
  { id, name, segmentId, identifiers, updatedAt, archivedAt }: CustomAudience,
): Promise<void> {
  await tx.query(
    `update custom_audiences set name = $2, segment_id = $3, identifiers = $4, updated_at = $5, archived_at = $6
     where id = $1`,
    [id, name, segmentId, identifiers as AdIdentifier[], updatedAt, archivedAt],
  );
}
