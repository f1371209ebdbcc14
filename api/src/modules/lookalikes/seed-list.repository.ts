import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';

/** A row of `seed_lists`: the people that a lookalike is grown from. */
export interface SeedList {
  id: string;
  name: string;
  /** The segment that it was taken from; null when it was put together by hand. */
  segmentId: string | null;
  /** The number attribute that a contact's value is taken from, as it is added. */
  valueAttribute: string | null;
  /** `user:<id>` or `key:<id>`. */
  createdBy: string;
  createdAt: Date;
  archivedAt: Date | null;
}

/** A seed list with its time of creation in full precision, for cursors. */
export type SeedListRow = SeedList & { createdExactly: string };

const columns = `id, name, segment_id as "segmentId", value_attribute as "valueAttribute", created_by as "createdBy",
  created_at as "createdAt", archived_at as "archivedAt"`;

/**
 * The seed list; throws NOT_FOUND with `path` when the workspace has none of this id.
 * @param lock keeps others from changing it until the transaction ends.
 */
export async function requireSeedList(
  tx: WorkspaceTransaction,
  id: string,
  path: string,
  lock: '' | 'for no key update' = '',
): Promise<SeedList> {
  const rows = isId(id)
    ? await tx.query<SeedList>(`select ${columns} from seed_lists where id = $1 ${lock}`, [id])
    : [];
  if (!rows[0]) throw notFound('seed list', path);
  return rows[0];
}

/** Which seed lists to list. */
export interface SeedListFilter {
  segmentId?: string | null;
  /** True: only archived ones; otherwise only active ones. */
  archived?: boolean | null;
  /** A piece of the name, folded. */
  search?: string | null;
}

/** Seed lists, the newest first, after the one named. */
export async function listSeedLists(
  tx: WorkspaceTransaction,
  { segmentId = null, archived, search }: SeedListFilter,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<SeedListRow[]> {
  // What is no id names no segment.
  if (segmentId !== null && !isId(segmentId)) return [];
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from seed_lists
     where ($1::uuid is null or segment_id = $1) and (archived_at is not null) = $2
       and position($3 in lower(name)) > 0
       and ($4::text is null or (created_at, id) < ($4::timestamptz, $5::uuid))
     order by created_at desc, id desc limit $6`,
    [segmentId, archived ?? false, search ?? '', after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Stores a new seed list. */
export async function insertSeedList(tx: WorkspaceTransaction, list: SeedList): Promise<void> {
  const { id, name, segmentId, valueAttribute, createdBy, createdAt } = list;
  await tx.query(
    `insert into seed_lists (workspace_id, id, name, segment_id, value_attribute, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.workspaceId, id, name, segmentId, valueAttribute, createdBy, createdAt],
  );
}

/** Stores what may change of a seed list. */
export async function updateSeedList(
  tx: WorkspaceTransaction,
  { id, name, archivedAt }: Pick<SeedList, 'id' | 'name' | 'archivedAt'>,
): Promise<void> {
  await tx.query('update seed_lists set name = $2, archived_at = $3 where id = $1', [id, name, archivedAt]);
}

/** How many contacts a seed list has, and how many of them have a value. */
export interface SeedListSize {
  members: number;
  withValue: number;
}

/** The sizes of seed lists, by their ids. */
export async function sizesOf(
  tx: WorkspaceTransaction,
  ids: readonly string[],
): Promise<Map<string, SeedListSize>> {
  const rows = await tx.query<SeedListSize & { id: string }>(
    `select seed_list_id as id, count(*)::int as members, count(value)::int as "withValue"
     from seed_list_members where seed_list_id = any($1::uuid[]) group by seed_list_id`,
    [ids],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return new Map(ids.map((id) => [id, found.get(id) ?? { members: 0, withValue: 0 }]));
}
