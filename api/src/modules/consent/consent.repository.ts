import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { newId } from '../../platform/ids.js';
import type { Consent } from './consent.js';

const columns = `ordinal, channel, state, source, proof, recorded_at as "recordedAt", merged_from as "mergedFrom"`;

/** What is on record for these contacts now. */
export async function consentsOf(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<Consent[]> {
  return tx.query(
    `select ${columns} from consents where ordinal = any($1::int[]) order by ordinal, channel`,
    [ordinals],
  );
}

/** Everything that was ever recorded for these contacts, latest first; at most `limit` for each. */
export async function consentHistoryOf(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  limit: number,
): Promise<Consent[]> {
  return tx.query(
    `select history.* from unnest($1::int[]) as asked (ordinal), lateral (
       select ${columns} from consent_history as h where h.ordinal = asked.ordinal
       order by recorded_at desc, id desc limit $2
     ) as history`,
    [ordinals, limit],
  );
}

/** Makes these the consents that hold; one for each contact and channel. */
export async function saveConsents(tx: WorkspaceTransaction, consents: readonly Consent[]): Promise<void> {
  if (consents.length === 0) return;
  await tx.query(
    `insert into consents (workspace_id, ordinal, channel, state, source, proof, recorded_at, merged_from)
     select $1, * from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int[])
     on conflict (workspace_id, ordinal, channel) do update set
       state = excluded.state, source = excluded.source, proof = excluded.proof, recorded_at = excluded.recorded_at,
       merged_from = excluded.merged_from`,
    [tx.workspaceId, ...columnsOf(consents)],
  );
}

/** Adds to the history what is not in it: importing a file again adds nothing. */
export async function appendHistory(tx: WorkspaceTransaction, consents: readonly Consent[]): Promise<void> {
  if (consents.length === 0) return;
  await tx.query(
    `insert into consent_history (workspace_id, id, ordinal, channel, state, source, proof, recorded_at, merged_from)
     select $1, new.id, new.ordinal, new.channel, new.state, new.source, new.proof, new.recorded_at, new.merged_from
     from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int[], $9::uuid[])
       as new (ordinal, channel, state, source, proof, recorded_at, merged_from, id)
     where not exists (
       select from consent_history as old
       where old.ordinal = new.ordinal and old.recorded_at = new.recorded_at
         and old.channel = new.channel and old.state = new.state
         and old.merged_from is not distinct from new.merged_from
     )`,
    [tx.workspaceId, ...columnsOf(consents), consents.map(() => newId())],
  );
}

/**
 * Makes what was said last, according to the history, what holds for these contacts: after their histories were joined
 * or taken apart. Of two statements of the same instant the withdrawal holds, and then the one that came later.
 */
export async function settleConsents(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<void> {
  await tx.query('delete from consents where ordinal = any($1::int[])', [ordinals]);
  await tx.query(
    `insert into consents (workspace_id, ordinal, channel, state, source, proof, recorded_at, merged_from)
     select distinct on (ordinal, channel)
       workspace_id, ordinal, channel, state, source, proof, recorded_at, merged_from
     from consent_history where ordinal = any($1::int[])
     order by ordinal, channel, recorded_at desc, state = 'withdrawn' desc, id desc`,
    [ordinals],
  );
}

function columnsOf(consents: readonly Consent[]): unknown[][] {
  return [
    consents.map((consent) => consent.ordinal),
    consents.map((consent) => consent.channel),
    consents.map((consent) => consent.state),
    consents.map((consent) => consent.source),
    consents.map((consent) => consent.proof),
    consents.map((consent) => consent.recordedAt.toISOString()),
    consents.map((consent) => consent.mergedFrom),
  ];
}
