import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { Destination, DestinationKind } from './destination.js';

/** A destination as it is stored. */
export interface StoredDestination extends Destination {
  /** Sealed for {@link placeOfCredentials}. */
  credentials: Buffer;
  testedAt: Date | null;
  trouble: string | null;
}

/** A destination with its time of creation in full precision, for cursors. */
export type DestinationRow = StoredDestination & { createdExactly: string };

const columns = `id, name, kind, settings, credentials, created_by as "createdBy", created_at as "createdAt",
  updated_at as "updatedAt", disabled_at as "disabledAt", disabled_because as "disabledBecause",
  tested_at as "testedAt", trouble`;

/** What the credentials of a destination are sealed for. */
export function placeOfCredentials(workspaceId: string, destinationId: string): string {
  return `destination:${workspaceId}:${destinationId}`;
}

/**
 * The destination; throws NOT_FOUND with `path` when the workspace has none of this id.
 * @param lock keeps others from changing it, or from deleting it, until the transaction ends.
 */
export async function requireDestination(
  tx: WorkspaceTransaction,
  id: string,
  path: string,
  lock: '' | 'for key share' | 'for no key update' | 'for update' = '',
): Promise<StoredDestination> {
  const found = await findDestination(tx, id, lock);
  if (!found) throw notFound('destination', path);
  return found;
}

/** The destination, or undefined when the workspace has none of this id. */
export async function findDestination(
  tx: WorkspaceTransaction,
  id: string,
  lock: '' | 'for key share' | 'for no key update' | 'for update' = '',
): Promise<StoredDestination | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await tx.query<StoredDestination>(
    `select ${columns} from destinations where id = $1 ${lock}`,
    [id],
  );
  return row;
}

/** Those of these destinations that there are. */
export async function destinationsByIds(
  tx: WorkspaceTransaction,
  ids: readonly string[],
): Promise<StoredDestination[]> {
  return tx.query(`select ${columns} from destinations where id = any($1::uuid[])`, [ids]);
}

/** Destinations, the newest first, after the one named. */
export async function listDestinations(
  tx: WorkspaceTransaction,
  kinds: readonly DestinationKind[] | undefined,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<DestinationRow[]> {
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from destinations
     where ($1::text is null or (created_at, id) < ($1::timestamptz, $2::uuid))
       and ($4::text[] is null or kind = any($4::text[]))
     order by created_at desc, id desc limit $3`,
    [after?.[0] ?? null, after?.[1] ?? null, limit, kinds ?? null],
  );
}

/** Stores a new destination. */
export async function insertDestination(
  tx: WorkspaceTransaction,
  destination: StoredDestination,
): Promise<void> {
  const { id, name, kind, settings, credentials, createdBy, createdAt } = destination;
  await tx.query(
    `insert into destinations
       (workspace_id, id, name, kind, settings, credentials, created_by, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [tx.workspaceId, id, name, kind, JSON.stringify(settings), credentials, createdBy, createdAt],
  );
}

/** Stores what may change of a destination. */
export async function updateDestination(
  tx: WorkspaceTransaction,
  destination: StoredDestination,
): Promise<void> {
  const { id, name, settings, credentials, updatedAt, disabledAt, disabledBecause } = destination;
  await tx.query(
    `update destinations set name = $2, settings = $3, credentials = $4, updated_at = $5, disabled_at = $6,
       disabled_because = $7 where id = $1`,
    [id, name, JSON.stringify(settings), credentials, updatedAt, disabledAt, disabledBecause],
  );
}

/** Notes what a test came to; `trouble` in words, null when all is well. */
export async function noteTest(
  tx: WorkspaceTransaction,
  id: string,
  { trouble, now }: { trouble: string | null; now: Date },
): Promise<void> {
  await tx.query('update destinations set tested_at = $2, trouble = $3 where id = $1', [id, now, trouble]);
}

/** Takes a destination out of use, with the reason in words. One that is out of use already keeps its reason. */
export async function disableDestination(
  tx: WorkspaceTransaction,
  id: string,
  { because, now }: { because: string; now: Date },
): Promise<void> {
  await tx.query(
    `update destinations set disabled_at = $2, disabled_because = $3, updated_at = $2
     where id = $1 and disabled_at is null`,
    [id, now, because],
  );
}

/** Deletes a destination. */
export async function deleteDestination(tx: WorkspaceTransaction, id: string): Promise<void> {
  await tx.query('delete from destinations where id = $1', [id]);
}
