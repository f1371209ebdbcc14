import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { newId } from '../../../platform/ids.js';
import type { Identity } from '../../consent/index.js';

/** An identity that was given to a contact and stays with another. */
export interface IdentityConflict extends Pick<Identity, 'kind' | 'value'> {
  id: string;
  /** The contact that has it, by ordinal. */
  holder: number;
  /** The contact that it was given to. */
  claimant: number;
  source: string;
  count: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  dismissedBy: string | null;
  dismissedAt: Date | null;
  /** `firstSeenAt` in full precision, for cursors. */
  firstSeenExactly: string;
}

/** One time that an identity was given to a contact and stayed with another. */
export interface Claim extends Pick<Identity, 'kind' | 'value'> {
  claimant: number;
  source: string;
}

/** Counts claims, each identity and claimant as one conflict however often it is seen. */
export async function recordClaims(
  tx: WorkspaceTransaction,
  claims: readonly Claim[],
  now: Date,
): Promise<void> {
  const counted = new Map<string, { claim: Claim; count: number }>();
  for (const claim of claims) {
    const key = `${claim.kind} ${claim.value} ${claim.claimant}`;
    const known = counted.get(key);
    if (known) known.count += 1;
    else counted.set(key, { claim, count: 1 });
  }
  // In one order for everybody, so that two batches never wait for each other in a circle.
  const sorted = [...counted].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
  await tx.query(
    `insert into identity_conflicts as known
       (workspace_id, id, kind, value, claimant, source, count, first_seen_at, last_seen_at)
     select $1, id, kind, value, claimant, source, count, $8, $8
     from unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::text[], $7::int[])
       as new (id, kind, value, claimant, source, count)
     on conflict (workspace_id, kind, value, claimant) do update set
       source = excluded.source, count = known.count + excluded.count,
       last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)`,
    [
      tx.workspaceId,
      sorted.map(() => newId()),
      sorted.map(({ claim }) => claim.kind),
      sorted.map(({ claim }) => claim.value),
      sorted.map(({ claim }) => claim.claimant),
      sorted.map(({ claim }) => claim.source),
      sorted.map(({ count }) => count),
      now.toISOString(),
    ],
  );
}

/** Hands the claims of contacts that became part of others over to these: `from[i]` to `into[i]`. */
export async function moveClaims(
  tx: WorkspaceTransaction,
  from: readonly number[],
  into: readonly number[],
): Promise<void> {
  await tx.query(
    `with moved as (
       delete from identity_conflicts as c using unnest($1::int[], $2::int[]) as merge (source, target)
       where c.claimant = merge.source
       returning c.*, merge.target
     )
     insert into identity_conflicts as known
       (workspace_id, id, kind, value, claimant, source, count, first_seen_at, last_seen_at, dismissed_by, dismissed_at)
     select workspace_id, (array_agg(id order by id))[1], kind, value, target,
            (array_agg(source order by last_seen_at desc))[1], sum(count), min(first_seen_at), max(last_seen_at),
            (array_agg(dismissed_by order by id))[1], (array_agg(dismissed_at order by id))[1]
     from moved group by workspace_id, kind, value, target
     on conflict (workspace_id, kind, value, claimant) do update set
       count = known.count + excluded.count, first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
       last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at)`,
    [from, into],
  );
  // What the two of them had between themselves is settled.
  await tx.query(
    `delete from identity_conflicts as c using contact_identities as i
     where c.claimant = any($1::int[]) and i.kind = c.kind and i.value = c.value and i.ordinal = c.claimant`,
    [into],
  );
}

const columns = `c.id, c.kind, c.value, i.ordinal as holder, c.claimant, c.source, c.count,
  c.first_seen_at as "firstSeenAt", c.last_seen_at as "lastSeenAt",
  c.dismissed_by as "dismissedBy", c.dismissed_at as "dismissedAt",
  c.first_seen_at::text as "firstSeenExactly"`;

/** Which conflicts to list. */
export interface ConflictFilter {
  dismissed: boolean;
  kind: IdentityKind | null;
}

/** Conflicts, the latest first, after the one named. Those over a blocked identity are settled and left out. */
export async function listConflicts(
  tx: WorkspaceTransaction,
  { dismissed, kind }: ConflictFilter,
  after: readonly [instant: string, id: string] | undefined,
  limit: number,
): Promise<IdentityConflict[]> {
  return tx.query(
    `select ${columns} from identity_conflicts as c
     join contact_identities as i on i.kind = c.kind and i.value = c.value
     where (c.dismissed_at is ${dismissed ? 'not null' : 'null'}) and ($1::text is null or c.kind = $1)
       and ($2::timestamptz is null or (c.first_seen_at, c.id) < ($2, $3::uuid))
       and not exists (
         select from blocked_identities as b where b.kind = c.kind and b.value = c.value and b.blocked)
     order by c.first_seen_at desc, c.id desc limit $4`,
    [kind, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}

/** Marks a conflict as one that is none: two people who share the identity. Gives it, or undefined if there is none. */
export async function dismissConflict(
  tx: WorkspaceTransaction,
  id: string,
  by: string,
  now: Date,
): Promise<IdentityConflict | undefined> {
  const rows = await tx.query<IdentityConflict>(
    `with dismissed as (
       update identity_conflicts
       set dismissed_by = coalesce(dismissed_by, $2), dismissed_at = coalesce(dismissed_at, $3)
       where id = $1 returning *
     )
     select ${columns} from dismissed as c join contact_identities as i on i.kind = c.kind and i.value = c.value`,
    [id, by, now.toISOString()],
  );
  return rows[0];
}
