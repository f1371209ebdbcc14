import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Identity } from '../../consent/index.js';

/** Why an identity is not used to recognise anybody. */
export const blockReasons = ['placeholder', 'shared', 'by_hand'] as const;
export type BlockReason = (typeof blockReasons)[number];

/** An identity that was decided about. */
export interface IdentityDecision extends Pick<Identity, 'kind' | 'value'> {
  blocked: boolean;
  reason: BlockReason;
  note: string | null;
  /** `user:<id>`, `key:<id>` or `system`. */
  decidedBy: string;
  decidedAt: Date;
}

const columns = `kind, value, blocked, reason, note, decided_by as "decidedBy", decided_at as "decidedAt"`;

/** In one order for everybody, so that two batches never wait for each other in a circle. */
function sorted<Key extends Pick<Identity, 'kind' | 'value'>>(keys: readonly Key[]): Key[] {
  const unique = new Map(keys.map((key) => [`${key.kind} ${key.value}`, key]));
  return [...unique].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, key]) => key);
}

/** Blocks identities that nobody decided about so far. */
export async function blockByItself(
  tx: WorkspaceTransaction,
  identities: readonly Pick<Identity, 'kind' | 'value'>[],
  reason: BlockReason,
  now: Date,
): Promise<void> {
  if (identities.length === 0) return;
  const keys = sorted(identities);
  await tx.query(
    `insert into blocked_identities (workspace_id, kind, value, blocked, reason, decided_by, decided_at)
     select $1, kind, value, true, $4, 'system', $5 from unnest($2::text[], $3::text[]) as given (kind, value)
     on conflict do nothing`,
    [tx.workspaceId, keys.map((key) => key.kind), keys.map((key) => key.value), reason, now.toISOString()],
  );
}

/** Blocks those of the identities that at least `limit` contacts claimed since then and nobody decided about. */
export async function blockClaimed(
  tx: WorkspaceTransaction,
  identities: readonly Pick<Identity, 'kind' | 'value'>[],
  { limit, since, now }: { limit: number; since: Date; now: Date },
): Promise<void> {
  const keys = sorted(identities);
  await tx.query(
    `insert into blocked_identities (workspace_id, kind, value, blocked, reason, decided_by, decided_at)
     select $1, given.kind, given.value, true, 'shared', 'system', $6
     from unnest($2::text[], $3::text[]) as given (kind, value)
     where $4 <= (
       select count(*) from identity_conflicts as claim
       where claim.kind = given.kind and claim.value = given.value and claim.last_seen_at > $5)
     on conflict do nothing`,
    [
      tx.workspaceId,
      keys.map((key) => key.kind),
      keys.map((key) => key.value),
      limit,
      since.toISOString(),
      now.toISOString(),
    ],
  );
}

/** Writes down what somebody decided; gives those for which that is different from before. */
export async function saveDecisions(
  tx: WorkspaceTransaction,
  identities: readonly Pick<Identity, 'kind' | 'value'>[],
  decision: Pick<IdentityDecision, 'blocked' | 'note' | 'decidedBy' | 'decidedAt'>,
): Promise<Pick<Identity, 'kind' | 'value'>[]> {
  const keys = sorted(identities);
  return tx.query(
    `insert into blocked_identities as known (workspace_id, kind, value, blocked, reason, note, decided_by, decided_at)
     select $1, kind, value, $4, 'by_hand', $5, $6, $7 from unnest($2::text[], $3::text[]) as given (kind, value)
     on conflict (workspace_id, kind, value) do update set
       blocked = excluded.blocked, reason = excluded.reason, note = excluded.note,
       decided_by = excluded.decided_by, decided_at = excluded.decided_at
     where known.blocked <> excluded.blocked
     returning kind, value`,
    [
      tx.workspaceId,
      keys.map((key) => key.kind),
      keys.map((key) => key.value),
      decision.blocked,
      decision.note,
      decision.decidedBy,
      decision.decidedAt.toISOString(),
    ],
  );
}

/** Which decisions to list. */
export interface DecisionFilter {
  blocked: boolean;
  reason: BlockReason | null;
  kind: IdentityKind | null;
}

/** Decisions in the order of their keys, after the one named. */
export async function listDecisions(
  tx: WorkspaceTransaction,
  { blocked, reason, kind }: DecisionFilter,
  after: [kind: string, value: string] | undefined,
  limit: number,
): Promise<IdentityDecision[]> {
  return tx.query(
    `select ${columns} from blocked_identities
     where blocked = $1 and ($2::text is null or reason = $2) and ($3::text is null or kind = $3)
       and ($4::text is null or (kind, value) > ($4, $5))
     order by kind, value limit $6`,
    [blocked, reason, kind, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}
