import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { noContact } from '../../../platform/database/with-workspace.js';

/** Who may have lost the right to be handed out. */
export type Concerned =
  /** These contacts. */
  | readonly number[]
  /** Anybody: an identity was suppressed, or a part of what happened is not kept. */
  | 'anybody';

/** How far the withdrawals of a workspace have been followed; null before the first time. */
export async function readFollowed(tx: WorkspaceTransaction): Promise<number | null> {
  const rows = await tx.query<{ version: string }>('select version from audience_progress');
  return rows[0] ? Number(rows[0].version) : null;
}

/** Notes it. */
export async function saveFollowed(tx: WorkspaceTransaction, version: number): Promise<void> {
  await tx.query(
    `insert into audience_progress (workspace_id, version) values ($1, $2)
     on conflict (workspace_id) do update set version = excluded.version`,
    [tx.workspaceId, version],
  );
}

/** Beyond so many it is cheaper to look at everybody. */
const mostContacts = 10_000;

/**
 * Whom the change feed names between two versions in a respect that decides whether they may be handed out.
 * @param facets further ones, each whole.
 */
export async function concernedSince(
  tx: WorkspaceTransaction,
  { after, upTo, facets = [] }: { after: number; upTo: number; facets?: readonly string[] },
): Promise<Concerned> {
  if (after >= upTo) return [];
  const next = await tx.query('select from changes where version = $1 limit 1', [after + 1]);
  if (next.length === 0) return 'anybody';
  const rows = await tx.query<{ ordinal: number }>(
    `select distinct ordinal from changes
     where version > $1 and version <= $2
       and (facet in ('*', 'consent:ads', 'suppression:ads') or facet like 'identity:%' or facet = any($3::text[]))
     limit $4`,
    [after, upTo, facets, mostContacts + 1],
  );
  const ordinals = rows.map(({ ordinal }) => ordinal);
  return ordinals.length > mostContacts || ordinals.includes(noContact) ? 'anybody' : ordinals;
}
