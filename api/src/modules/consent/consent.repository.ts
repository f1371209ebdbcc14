import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Consent, HeldConsent, HeldConsents, OfContact } from './consent.js';

const columns = `ordinal, channel, state, source, proof, recorded_at as "recordedAt", merged_from as "mergedFrom"`;

/** What is on record for these contacts now. */
export async function consentsOf(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<OfContact<HeldConsent>[]> {
  return tx.query(
    `select ${columns}, outweighs from consents where ordinal = any($1::int[]) order by ordinal, channel`,
    [ordinals],
  );
}

/** What holds for these contacts, by ordinal and channel. */
export async function heldBy(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<Map<number, HeldConsents>> {
  const held = new Map<number, HeldConsents>(ordinals.map((ordinal) => [ordinal, new Map()]));
  if (ordinals.length === 0) return held;
  for (const { ordinal, ...consent } of await consentsOf(tx, ordinals)) {
    held.get(ordinal)!.set(consent.channel, consent);
  }
  return held;
}

/** Everything that was ever recorded for these contacts, latest first; at most `limit` for each. */
export async function consentHistoryOf(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  limit: number,
): Promise<OfContact<Consent>[]> {
  return tx.query(
    `select history.* from unnest($1::int[]) as asked (ordinal), lateral (
       select ${columns} from consent_history as h where h.ordinal = asked.ordinal
       order by recorded_at desc, id desc limit $2
     ) as history`,
    [ordinals, limit],
  );
}

/** One entry of the history. Ids are version 7: in the order in which things were said. */
export type HistoryEntry = OfContact<Consent> & { id: string };

/** All that was ever recorded for these contacts, in the order in which it was. */
export async function wholeHistoryOf(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<HistoryEntry[]> {
  return tx.query(`select id, ${columns} from consent_history where ordinal = any($1::int[]) order by id`, [
    ordinals,
  ]);
}

/** What a contact withdrew in its own words after something happened, and did not grant again since. */
export async function withdrawalsAfter(
  tx: WorkspaceTransaction,
  ordinal: number,
  id: string,
): Promise<Consent[]> {
  return tx.query(
    `select * from (
       select distinct on (channel) ${columns} from consent_history
       where ordinal = $1 and merged_from is null and id > $2
       order by channel, recorded_at desc, state = 'withdrawn' desc, id desc
     ) as said where state = 'withdrawn'`,
    [ordinal, id],
  );
}

/** Makes these the consents that hold; one for each contact and channel. */
export async function saveConsents(
  tx: WorkspaceTransaction,
  consents: readonly OfContact<HeldConsent>[],
): Promise<void> {
  if (consents.length === 0) return;
  await tx.query(
    `insert into consents (workspace_id, ordinal, channel, state, source, proof, recorded_at, merged_from, outweighs)
     select $1, * from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int[],
                              $9::timestamptz[])
     on conflict (workspace_id, ordinal, channel) do update set
       state = excluded.state, source = excluded.source, proof = excluded.proof, recorded_at = excluded.recorded_at,
       merged_from = excluded.merged_from, outweighs = excluded.outweighs`,
    [
      tx.workspaceId,
      ...columnsOf(consents),
      consents.map((consent) => consent.outweighs?.toISOString() ?? null),
    ],
  );
}

/** Makes these the only consents that hold for the contacts. */
export async function replaceConsents(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  consents: readonly OfContact<HeldConsent>[],
): Promise<void> {
  await tx.query('delete from consents where ordinal = any($1::int[])', [ordinals]);
  await saveConsents(tx, consents);
}

/** Adds to the history what is not in it: importing a file again adds nothing. */
export async function appendHistory(
  tx: WorkspaceTransaction,
  entries: readonly HistoryEntry[],
): Promise<void> {
  if (entries.length === 0) return;
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
    [tx.workspaceId, ...columnsOf(entries), entries.map((entry) => entry.id)],
  );
}

function columnsOf(consents: readonly OfContact<Consent>[]): unknown[][] {
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
