import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Identity } from '../../consent/index.js';
import { policyKey } from './identity-policy.repository.js';

/*
 * Of an identity that was erased, a hash stays, so that the person does not come back with the next file or the next
 * event of an old page. A plain SHA-256 of an e-mail address or a phone number would say who it was: there are so few of
 * them that all can be tried. So it is an HMAC under a random key of the workspace. The key is in the same database: who
 * has both tables can still try addresses one by one, and who has a dump of this one table, or the tables of another
 * tenant, can do nothing.
 */

type Key = Pick<Identity, 'kind' | 'value'>;

const keyBytes = 32;

/** What identities of this workspace are hashed under; undefined when nobody was ever erased in it. */
export async function erasureKey(tx: WorkspaceTransaction): Promise<Buffer | undefined> {
  const rows = await tx.query<{ key: Buffer }>('select key from erasure_keys');
  return rows[0]?.key;
}

async function makeErasureKey(tx: WorkspaceTransaction): Promise<Buffer> {
  await tx.query('insert into erasure_keys (workspace_id, key) values ($1, $2) on conflict do nothing', [
    tx.workspaceId,
    randomBytes(keyBytes),
  ]);
  return (await erasureKey(tx))!;
}

function hashesOf(key: Buffer, identities: readonly Key[]): Buffer[] {
  // Prepared once: from the bytes, each hash would take five times as long.
  const secret = createSecretKey(key);
  return identities.map(({ kind, value }) =>
    createHmac('sha256', secret).update(`${kind}\0${value}`).digest(),
  );
}

/** Notes that these identities were erased. */
export async function insertErased(
  tx: WorkspaceTransaction,
  identities: readonly Key[],
  requestId: string,
): Promise<void> {
  const hashes = hashesOf(await makeErasureKey(tx), identities);
  await tx.query(
    `insert into erased_identities (workspace_id, hash, request_id) select $1, hash, $3 from unnest($2::bytea[]) as hash
     on conflict (workspace_id, hash) do update set request_id = excluded.request_id`,
    [tx.workspaceId, hashes, requestId],
  );
}

/** Which of the identities were erased; by {@link policyKey}. @param key of the workspace, as {@link erasureKey} gives it. */
export async function erasedAmong(
  tx: WorkspaceTransaction,
  key: Buffer,
  identities: readonly Key[],
): Promise<Set<string>> {
  const hashes = hashesOf(key, identities);
  const rows = await tx.query<{ hash: Buffer }>(
    'select hash from erased_identities where hash = any($1::bytea[])',
    [hashes],
  );
  const erased = new Set(rows.map(({ hash }) => hash.toString('hex')));
  return new Set(
    identities.filter((_, index) => erased.has(hashes[index]!.toString('hex'))).map((one) => policyKey(one)),
  );
}

/**
 * Lets people come back: forgets the hashes of everything that was erased together with any of these identities, and
 * notes that in the requests.
 * @returns the ids of the requests whose people may come back; none when none of the identities was erased.
 */
export async function liftErasure(
  tx: WorkspaceTransaction,
  identities: readonly Key[],
  { by, now }: { by: string; now: Date },
): Promise<string[]> {
  const key = await erasureKey(tx);
  if (!key || identities.length === 0) return [];
  const rows = await tx.query<{ id: string }>(
    `with lifted as (
       update privacy_requests set lifted_by = $2, lifted_at = $3
       where id in (select request_id from erased_identities where hash = any($1::bytea[])) returning id
     ), forgotten as (
       delete from erased_identities where request_id in (select id from lifted)
     )
     select id from lifted`,
    [hashesOf(key, identities), by, now.toISOString()],
  );
  return rows.map(({ id }) => id);
}
