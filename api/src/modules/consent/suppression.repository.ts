import type { Channel } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Suppression } from './suppression.js';

/** What a suppression is known by. */
export type SuppressionKey = Pick<Suppression, 'channel' | 'kind' | 'value'>;

/** Stores suppressions; returns the keys of those that are new. */
export async function insertSuppressions(
  tx: WorkspaceTransaction,
  suppressions: readonly Suppression[],
): Promise<SuppressionKey[]> {
  return tx.query(
    `insert into suppressions (workspace_id, channel, kind, value, reason, created_at)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
     on conflict do nothing returning channel, kind, value`,
    [
      tx.workspaceId,
      ...keysOf(suppressions),
      suppressions.map((suppression) => suppression.reason),
      suppressions.map((suppression) => suppression.createdAt.toISOString()),
    ],
  );
}

/** Removes suppressions; returns the keys of those that were there. */
export async function deleteSuppressions(
  tx: WorkspaceTransaction,
  keys: readonly SuppressionKey[],
): Promise<SuppressionKey[]> {
  return tx.query(
    `with removed as (
       delete from suppressions as s using unnest($1::text[], $2::text[], $3::text[]) as gone (channel, kind, value)
       where s.channel = gone.channel and s.kind = gone.kind and s.value = gone.value
       returning s.channel, s.kind, s.value
     )
     select * from removed`,
    keysOf(keys),
  );
}

function keysOf(keys: readonly SuppressionKey[]): string[][] {
  return [keys.map((key) => key.channel), keys.map((key) => key.kind), keys.map((key) => key.value)];
}

/** Which suppressions to list. */
export interface SuppressionFilter {
  channel?: Channel | null;
  kind?: string | null;
  /** The beginning of the value; case does not matter. */
  prefix?: string | null;
}

/** Suppressions in the order of their keys, after the one named. */
export async function listSuppressions(
  tx: WorkspaceTransaction,
  { channel, kind, prefix }: SuppressionFilter,
  after: [channel: string, kind: string, value: string] | undefined,
  limit: number,
): Promise<Suppression[]> {
  return tx.query(
    `select channel, kind, value, reason, created_at as "createdAt" from suppressions
     where ($1::text is null or channel = $1) and ($2::text is null or kind = $2)
       and ($3::text is null or starts_with(lower(value), lower($3)))
       and ($4::text is null or (channel, kind, value) > ($4, $5, $6))
     order by channel, kind, value limit $7`,
    [
      channel ?? null,
      kind ?? null,
      prefix ?? null,
      after?.[0] ?? null,
      after?.[1] ?? null,
      after?.[2] ?? null,
      limit,
    ],
  );
}
