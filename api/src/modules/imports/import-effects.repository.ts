import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Contact } from '../contacts/index.js';
import type { ImportEffect } from './import-effects.js';

/**
 * Keeps what an import did. Of a place where it wrote before, what was there before that stays.
 */
export async function insertEffects(
  tx: WorkspaceTransaction,
  jobId: string,
  effects: readonly ImportEffect[],
): Promise<void> {
  if (effects.length === 0) return;
  await tx.query(
    `insert into import_effects as e (workspace_id, job_id, ordinal, kind, key, before, written)
     select $1, $2, * from unnest($3::int[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[])
     on conflict (workspace_id, job_id, ordinal, kind, key) do update set written = excluded.written`,
    [
      tx.workspaceId,
      jobId,
      effects.map(({ ordinal }) => ordinal),
      effects.map(({ kind }) => kind),
      effects.map(({ key }) => key),
      effects.map(({ before }) => before && JSON.stringify(before)),
      effects.map(({ written }) => JSON.stringify(written)),
    ],
  );
}

/** Of contacts that the import made and changed again: it did so last at this time, if nobody else did in between. */
export async function refreshCreated(
  tx: WorkspaceTransaction,
  jobId: string,
  known: readonly Pick<Contact, 'ordinal' | 'updatedAt'>[],
  changed: ReadonlySet<number>,
  now: Date,
): Promise<void> {
  const again = known.filter(({ ordinal }) => changed.has(ordinal));
  if (again.length === 0) return;
  await tx.query(
    `update import_effects as e set written = jsonb_build_object('updatedAt', $4::text)
     from unnest($2::int[], $3::text[]) as known (ordinal, updated_at)
     where e.job_id = $1 and e.kind = 'created' and e.ordinal = known.ordinal
       and e.written->>'updatedAt' = known.updated_at`,
    [
      jobId,
      again.map(({ ordinal }) => ordinal),
      again.map(({ updatedAt }) => updatedAt.toISOString()),
      now.toISOString(),
    ],
  );
}

/** The next contacts with something that is neither undone nor given up, in order. */
export async function nextToUndo(tx: WorkspaceTransaction, jobId: string, limit: number): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    `select distinct ordinal from import_effects where job_id = $1 and kept is null order by ordinal limit $2`,
    [jobId, limit],
  );
  return rows.map(({ ordinal }) => ordinal);
}

/** What an import did to contacts, as far as it is neither undone nor given up; the contacts are locked. */
export async function lockEffects(
  tx: WorkspaceTransaction,
  jobId: string,
  ordinals: readonly number[],
): Promise<ImportEffect[]> {
  await tx.query('select from contacts where ordinal = any($1::int[]) order by ordinal for update', [
    ordinals,
  ]);
  return tx.query(
    `select ordinal, kind, key, before, written from import_effects
     where job_id = $1 and ordinal = any($2::int[]) and kept is null order by ordinal, kind, key`,
    [jobId, ordinals],
  );
}

/** Why contacts that an import made are more than that by now; of those that are not, null. */
export async function touchedSince(
  tx: WorkspaceTransaction,
  jobId: string,
  ordinals: readonly number[],
): Promise<{ ordinal: number; touched: string | null }[]> {
  return tx.query(
    `select c.ordinal, case
       when c.updated_at <> (e.written->>'updatedAt')::timestamptz then 'It was changed since.'
       when exists (select from events where ordinal = c.ordinal) then 'It has done something since.'
       when exists (select from consents as given where given.ordinal = c.ordinal and not exists (
         select from import_effects as own where own.job_id = $1 and own.ordinal = c.ordinal and own.kind = 'consent'
           and own.key = given.channel and (own.written->>'recordedAt')::timestamptz = given.recorded_at
       )) then 'It has given or withdrawn a consent since.'
       when exists (select from list_members where ordinal = c.ordinal)
         or exists (select from seed_list_members where ordinal = c.ordinal) then 'It is on a list.'
     end as touched
     from contacts as c join import_effects as e on e.ordinal = c.ordinal
     where e.job_id = $1 and e.kind = 'created' and c.ordinal = any($2::int[]) order by c.ordinal`,
    [jobId, ordinals],
  );
}

/** An effect that stays. */
export interface KeptEffect extends Pick<ImportEffect, 'ordinal' | 'kind' | 'key'> {
  kept: string;
}

/** Notes what was done about contacts: what stays with the reason, and everything else is settled. */
export async function settleEffects(
  tx: WorkspaceTransaction,
  jobId: string,
  ordinals: readonly number[],
  kept: readonly KeptEffect[],
): Promise<void> {
  await tx.query(
    `update import_effects as e set kept = stays.kept
     from unnest($2::int[], $3::text[], $4::text[], $5::text[]) as stays (ordinal, kind, key, kept)
     where e.job_id = $1 and e.ordinal = stays.ordinal and e.kind = stays.kind and e.key = stays.key`,
    [
      jobId,
      kept.map(({ ordinal }) => ordinal),
      kept.map(({ kind }) => kind),
      kept.map(({ key }) => key),
      kept.map((effect) => effect.kept),
    ],
  );
  await tx.query(
    'delete from import_effects where job_id = $1 and ordinal = any($2::int[]) and kept is null',
    [jobId, ordinals],
  );
}

/** Takes identities from contacts; says which were still theirs. */
export async function removeIdentities(
  tx: WorkspaceTransaction,
  identities: readonly { ordinal: number; key: string }[],
): Promise<Set<string>> {
  const rows = await tx.query<{ ordinal: number; key: string }>(
    `with gone as (
       delete from contact_identities as i using unnest($1::int[], $2::text[]) as own (ordinal, key)
       where i.ordinal = own.ordinal and i.kind = split_part(own.key, ' ', 1)
         and i.value = substr(own.key, strpos(own.key, ' ') + 1)
       returning i.ordinal, own.key
     )
     select ordinal, key from gone`,
    [identities.map(({ ordinal }) => ordinal), identities.map(({ key }) => key)],
  );
  return new Set(rows.map(({ ordinal, key }) => `${ordinal} ${key}`));
}

/** Forgets consents that were never asked for before. The history keeps them. */
export async function removeConsents(
  tx: WorkspaceTransaction,
  consents: readonly { ordinal: number; channel: string }[],
): Promise<void> {
  await tx.query(
    `delete from consents as c using unnest($1::int[], $2::text[]) as own (ordinal, channel)
     where c.ordinal = own.ordinal and c.channel = own.channel`,
    [consents.map(({ ordinal }) => ordinal), consents.map(({ channel }) => channel)],
  );
}

/** One page of what was not undone. */
export interface KeptPage {
  jobId: string;
  after: readonly [ordinal: number, kind: string, key: string] | undefined;
  limit: number;
}

/** An effect that stays, of an import and a contact. */
export interface KeptRow extends KeptEffect {
  job_id: string;
  contact_id: string;
}

/** What of imports was not undone, with the contact. */
export async function listKept(
  tx: WorkspaceTransaction,
  jobIds: readonly string[],
  { after, limit }: Omit<KeptPage, 'jobId'>,
): Promise<KeptRow[]> {
  return tx.query(
    `select stays.* from unnest($1::uuid[]) as asked (id) cross join lateral (
       select e.job_id, e.ordinal, e.kind, e.key, e.kept, c.id as contact_id
       from import_effects as e join contacts as c on c.ordinal = e.ordinal
       where e.job_id = asked.id and e.kept is not null
         and ($2::int is null or (e.ordinal, e.kind, e.key) > ($2, $3::text, $4::text))
       order by e.ordinal, e.kind, e.key
       limit $5
     ) as stays
     order by stays.job_id, stays.ordinal, stays.kind, stays.key`,
    [jobIds, after?.[0], after?.[1], after?.[2], limit],
  );
}

/** Forgets what imports that ended before this did: they cannot be undone any more. */
export async function forgetEffects(tx: WorkspaceTransaction, until: Date): Promise<void> {
  await tx.query(
    `delete from import_effects using jobs
     where jobs.id = import_effects.job_id and jobs.kind = 'import' and jobs.finished_at < $1`,
    [until],
  );
}
