import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Receipt, Subject } from './privacy-request.js';

/**
 * What hangs on a contact and goes with it, by the foreign key of each table: what a receipt calls it, the table, and the
 * column with the contact's ordinal. test/privacy reads the catalog and fails when one is missing.
 */
export const heldByContact = [
  ['identities', 'contact_identities', 'ordinal'],
  ['attributes', 'contact_attributes', 'ordinal'],
  ['consents', 'consents', 'ordinal'],
  ['consent history', 'consent_history', 'ordinal'],
  ['events', 'events', 'ordinal'],
  ['signals', 'contact_signals', 'ordinal'],
  ['lists', 'list_members', 'ordinal'],
  ['seed lists', 'seed_list_members', 'ordinal'],
  ['lookalikes', 'lookalike_ranks', 'ordinal'],
  ['merges', 'contact_merges', 'holder'],
  ['identity conflicts', 'identity_conflicts', 'claimant'],
  ['import effects', 'import_effects', 'ordinal'],
] as const;

/**
 * The contacts that a person is, by ordinal: usually one, none when they are not known.
 * @param lock whether nothing is to be added to them until the transaction ends.
 */
export async function contactsOf(
  tx: WorkspaceTransaction,
  { contactId, identities }: Subject,
  { lock }: { lock: boolean },
): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    `select c.ordinal from contacts as c
     where c.id = $1 or c.ordinal in (
       select holder from contact_merges where loser_id = $1 and undone_at is null
       union all
       select i.ordinal from contact_identities as i
       join unnest($2::text[], $3::text[]) as given (kind, value) on i.kind = given.kind and i.value = given.value)
     order by c.ordinal ${lock ? 'for update' : ''}`,
    [contactId, identities.map((one) => one.kind), identities.map((one) => one.value)],
  );
  return rows.map(({ ordinal }) => ordinal);
}

/** The contacts that have become part of these, by ordinal. */
export async function mergedInto(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    `select loser_ordinal as ordinal from contact_merges
     where holder = any($1::int[]) and undone_at is null and loser_ordinal <> all($1)`,
    [ordinals],
  );
  return rows.map(({ ordinal }) => ordinal);
}

/** How much hangs on contacts. */
export async function countHeld(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<Receipt> {
  const counts = heldByContact.map(
    ([name, table, column]) => `'${name}', (select count(*) from ${table} where ${column} = any($1::int[]))`,
  );
  const rows = await tx.query<{ counts: Receipt }>(
    `select json_build_object('contacts', cardinality($1::int[]), ${counts.join(', ')}) as counts`,
    [ordinals],
  );
  return rows[0]!.counts;
}

/** Deletes some events of contacts: of somebody who did very much, all in one transaction would hold it too long. */
export async function deleteSomeEvents(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  limit: number,
): Promise<number> {
  const rows = await tx.query<{ deleted: number }>(
    `with chunk as (
       select occurred_at, id from events where ordinal = any($1::int[]) limit $2
     ), gone as (
       delete from events as e using chunk where e.occurred_at = chunk.occurred_at and e.id = chunk.id returning 1
     )
     select count(*)::int as deleted from gone`,
    [ordinals, limit],
  );
  return rows[0]!.deleted;
}

/**
 * Deletes what no foreign key leads to: what webhooks are told of them, merges that were undone, of a contact that somebody was part of for a time, and
 * what the change feed says of them, down to the names of events, but for that something changed.
 */
export async function deleteTrail(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<void> {
  // The place of each version stays: whoever does not find the next one takes it that they have fallen behind.
  await tx.query(
    `with gone as (
       delete from changes where ordinal = any($1::int[]) and facet <> '*' returning version, ordinal
     )
     insert into changes (workspace_id, version, ordinal, facet)
     select distinct $2::uuid, version, ordinal, '*' from gone on conflict do nothing`,
    [ordinals, tx.workspaceId],
  );
  const ids = `select id from contacts where ordinal = any($1::int[])
    union all
    select loser_id from contact_merges where holder = any($1::int[])`;
  for (const table of ['webhook_deliveries', 'follow_ups', 'automation_runs'])
    await tx.query(`delete from ${table} where contact_id in (${ids})`, [ordinals]);
  await tx.query(
    'delete from contact_merges where loser_ordinal = any($1::int[]) or winner_ordinal = any($1::int[])',
    [ordinals],
  );
}

/** Deletes what is decided about identities by their value: suppressions and blocks, which outlive a contact otherwise. */
export async function deleteDecisions(
  tx: WorkspaceTransaction,
  identities: Subject['identities'],
): Promise<Receipt> {
  const rows = await tx.query<Receipt>(
    `with given as (
       select * from unnest($1::text[], $2::text[]) as given (kind, value)
     ), unsuppressed as (
       delete from suppressions as s using given where s.kind = given.kind and s.value = given.value returning 1
     ), unblocked as (
       delete from blocked_identities as b using given where b.kind = given.kind and b.value = given.value returning 1
     )
     select (select count(*)::int from unsuppressed) as suppressions, (select count(*)::int from unblocked) as blocks`,
    [identities.map(({ kind }) => kind), identities.map(({ value }) => value)],
  );
  return rows[0]!;
}

/** What was sent by forms and waits to be confirmed. */
export async function waitingSubmissions(
  tx: WorkspaceTransaction,
): Promise<{ id: string; email: string; contact: unknown }[]> {
  return tx.query('select id, email, contact from form_submissions where confirmed_at is null');
}

/** Deletes what was sent by forms. */
export async function deleteSubmissions(tx: WorkspaceTransaction, ids: readonly string[]): Promise<void> {
  await tx.query('delete from form_submissions where id = any($1::uuid[])', [ids]);
}

/**
 * Forgets the answers to earlier requests under an idempotency key: they are encrypted, so nobody can look whom they
 * name. Sent again, such a request is told that it was carried out and its answer is lost.
 * @param but the hash of a key, in hex, whose answer stays.
 */
export async function forgetAnswers(
  tx: WorkspaceTransaction,
  { before, but }: { before: Date; but: string | null },
): Promise<number> {
  const rows = await tx.query<{ forgotten: number }>(
    `with forgotten as (
       update idempotent_requests
       set status = null, content_type = null, answer = null, changed = true, lease_until = started_at
       where status is not null and started_at < $1 and ($2::text is null or key_hash <> decode($2, 'hex')) returning 1
     )
     select count(*)::int as forgotten from forgotten`,
    [before.toISOString(), but],
  );
  return rows[0]!.forgotten;
}

/** The database's own time. */
export async function databaseNow(tx: WorkspaceTransaction): Promise<Date> {
  const rows = await tx.query<{ now: Date }>('select clock_timestamp() as now');
  return rows[0]!.now;
}

/** Whether a transaction of any process that serves tenants began before this and has not ended. */
export async function hasOlderTransactions(tx: WorkspaceTransaction, than: Date): Promise<boolean> {
  const rows = await tx.query(
    `select from pg_stat_activity
     where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and xact_start < $1
     limit 1`,
    [than.toISOString()],
  );
  return rows.length > 0;
}
