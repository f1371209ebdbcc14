import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { readInBatches } from '../../../platform/database/read-in-batches.js';
import { consentingContacts, suppressedContacts } from '../../consent/index.js';
import type { HandedOut, ToldValues } from '../../ad-files/index.js';

/** Where somebody of an audience stands. */
export type MemberState =
  /** To be added. */
  | 'adding'
  /** The platform has it. */
  | 'held'
  /** To be removed. */
  | 'leaving'
  /** The platform did not take it. */
  | 'rejected';

/** Somebody of an audience, with what the platform was told, or is to be. */
export interface AudienceMember {
  place: string;
  ordinal: number | null;
  companyId: string | null;
  /** As it was written. */
  values: string;
  state: MemberState;
  /** Whether the platform may know of it. */
  told: boolean;
}

const columns = `place, ordinal, company_id as "companyId", values::text as values, state, told`;

/** Whom an audience has among some contacts, given in order, but for those who are leaving. */
export async function contactsAmong(
  tx: WorkspaceTransaction,
  audienceId: string,
  ordinals: Uint32Array,
): Promise<AudienceMember[]> {
  // Between the first and the last is what the index is good for.
  return tx.query(
    `select ${columns} from audience_members
     where audience_id = $1 and ordinal between $3 and $4 and ordinal = any($2::int[]) and state <> 'leaving'`,
    [audienceId, `{${ordinals.join(',')}}`, ordinals.at(0) ?? 0, ordinals.at(-1) ?? -1],
  );
}

/** The companies that an audience has, but for those that are leaving. */
export async function companiesIn(tx: WorkspaceTransaction, audienceId: string): Promise<AudienceMember[]> {
  return tx.query(
    `select ${columns} from audience_members
     where audience_id = $1 and company_id is not null and state <> 'leaving'`,
    [audienceId],
  );
}

/** The contacts that an audience has, but for those who are leaving. */
export async function ordinalsIn(tx: WorkspaceTransaction, audienceId: string): Promise<Bitmap> {
  const rows = await tx.query<{ packed: Buffer | null }>(
    `select string_agg(int4send(ordinal), ''::bytea) as packed from audience_members
     where audience_id = $1 and ordinal is not null and state <> 'leaving'`,
    [audienceId],
  );
  return rows[0]?.packed ? Bitmap.fromPacked(rows[0].packed) : Bitmap.empty;
}

/** Notes who is to be added, in this order. */
export async function insertMembers(
  tx: WorkspaceTransaction,
  audienceId: string,
  members: readonly (Omit<HandedOut, 'values'> & { values: string })[],
): Promise<void> {
  if (members.length === 0) return;
  await tx.query(
    `insert into audience_members (workspace_id, audience_id, ordinal, company_id, values, state)
     select $1, $2, m.ordinal, m.company_id, m.values::json, 'adding'
     from unnest($3::int[], $4::uuid[], $5::text[]) as m (ordinal, company_id, values)`,
    [
      tx.workspaceId,
      audienceId,
      members.map(({ ordinal }) => ordinal),
      members.map(({ companyId }) => companyId),
      members.map(({ values }) => values),
    ],
  );
}

/** What came of letting some of an audience go. */
export interface Leavers {
  /** Whom the platform may know of: they are to be removed there. */
  leaving: number;
  /** Who had not been told of yet. */
  dropped: number;
}

const letGo = `gone as (
    delete from audience_members as m using going as g
    where m.audience_id = $1 and m.place = g.place and not m.told returning 1
  ), leaving as (
    update audience_members as m set state = 'leaving', batch = null from going as g
    where m.audience_id = $1 and m.place = g.place and m.told returning 1
  )
  select (select count(*)::int from leaving) as leaving, (select count(*)::int from gone) as dropped`;

/** Lets some of an audience go. */
export async function letMembersGo(
  tx: WorkspaceTransaction,
  audienceId: string,
  places: readonly string[],
): Promise<Leavers> {
  if (places.length === 0) return { leaving: 0, dropped: 0 };
  const rows = await tx.query<Leavers>(
    `with going as (select place from unnest($2::bigint[]) as place), ${letGo}`,
    [audienceId, places],
  );
  return rows[0]!;
}

/** Lets everybody go who has been told of, or is to be. */
export async function letAllGo(tx: WorkspaceTransaction, audienceId: string): Promise<Leavers> {
  const rows = await tx.query<Leavers>(
    `with going as (
       select place from audience_members where audience_id = $1 and state <> 'leaving'
     ), ${letGo}`,
    [audienceId],
  );
  return rows[0]!;
}

/** Lets contacts go. */
export async function letContactsGo(
  tx: WorkspaceTransaction,
  audienceId: string,
  ordinals: readonly number[],
): Promise<Leavers> {
  const rows = await tx.query<Leavers>(
    `with going as (
       select place from audience_members
       where audience_id = $1 and ordinal = any($2::int[]) and state <> 'leaving'
     ), ${letGo}`,
    [audienceId, ordinals],
  );
  return rows[0]!;
}

/**
 * Lets those contacts go who may not be handed to ad platforms any more: consent withdrawn, suppressed, or not there.
 * @param among only these; all unless given.
 */
export async function letIneligibleGo(
  tx: WorkspaceTransaction,
  audienceId: string,
  among: readonly number[] | null,
): Promise<Leavers> {
  const rows = await tx.query<Leavers>(
    `with going as (
       select m.place from audience_members as m
       left join (${consentingContacts('ads')}) as given on given.ordinal = m.ordinal
       left join (${suppressedContacts('ads')}) as stopped on stopped.ordinal = m.ordinal
       where m.audience_id = $1 and m.ordinal is not null and m.state <> 'leaving'
         and ($2::int[] is null or m.ordinal = any($2::int[]))
         and (given.ordinal is null or stopped.ordinal is not null)
     ), ${letGo}`,
    [audienceId, among],
  );
  return rows[0]!;
}

/** What one batch takes, in the order in which it was noted. */
export async function membersToSend(
  tx: WorkspaceTransaction,
  audienceId: string,
  which: { batch: number } | { state: 'adding' | 'leaving'; limit: number },
): Promise<AudienceMember[]> {
  return 'batch' in which
    ? tx.query(
        `select ${columns} from audience_members where audience_id = $1 and batch = $2
           and state in ('adding', 'leaving') order by place`,
        [audienceId, which.batch],
      )
    : tx.query(
        `select ${columns} from audience_members where audience_id = $1 and state = $2 order by place limit $3`,
        [audienceId, which.state, which.limit],
      );
}

/** Puts members into a batch that is about to go out. */
export async function putIntoBatch(
  tx: WorkspaceTransaction,
  audienceId: string,
  batch: number,
  places: readonly string[],
): Promise<void> {
  await tx.query(
    `update audience_members set batch = $2, told = true where audience_id = $1 and place = any($3::bigint[])`,
    [audienceId, batch, places],
  );
}

/** How many wait to be added and to be removed, or are in a batch under way. */
export async function countWaiting(
  tx: WorkspaceTransaction,
  audienceId: string,
): Promise<{ adding: number; leaving: number }> {
  const rows = await tx.query<{ adding: number; leaving: number }>(
    `select (select count(*)::int from audience_members where audience_id = $1 and state = 'adding') as adding,
       (select count(*)::int from audience_members where audience_id = $1 and state = 'leaving') as leaving`,
    [audienceId],
  );
  return rows[0]!;
}

/** Notes that the platform has the members of a batch. @returns how many. */
export async function holdBatch(
  tx: WorkspaceTransaction,
  audienceId: string,
  batch: number,
): Promise<number> {
  const rows = await tx.query<{ held: number }>(
    `with held as (
       update audience_members set state = 'held', batch = null
       where audience_id = $1 and batch = $2 and state = 'adding' returning 1
     )
     select count(*)::int as held from held`,
    [audienceId, batch],
  );
  return rows[0]!.held;
}

/** Notes whom the platform did not take, and why. */
export async function rejectMembers(
  tx: WorkspaceTransaction,
  audienceId: string,
  rejected: readonly { place: string; why: string }[],
): Promise<void> {
  await tx.query(
    `update audience_members as m set state = 'rejected', told = false, batch = null, because = r.why
     from unnest($2::bigint[], $3::text[]) as r (place, why)
     where m.audience_id = $1 and m.place = r.place and m.state = 'adding'`,
    [audienceId, rejected.map(({ place }) => place), rejected.map(({ why }) => why)],
  );
}

/** Forgets the members of a batch that the platform has removed. @returns how many. */
export async function forgetBatch(
  tx: WorkspaceTransaction,
  audienceId: string,
  batch: number,
): Promise<number> {
  const rows = await tx.query<{ forgotten: number }>(
    `with forgotten as (
       delete from audience_members where audience_id = $1 and batch = $2 and state = 'leaving' returning 1
     )
     select count(*)::int as forgotten from forgotten`,
    [audienceId, batch],
  );
  return rows[0]!.forgotten;
}

/** Takes everybody out of the batch of a run that has ended: what became of it is not known. */
export async function leaveBatch(tx: WorkspaceTransaction, audienceId: string): Promise<void> {
  await tx.query('update audience_members set batch = null where audience_id = $1 and batch is not null', [
    audienceId,
  ]);
}

/** Begins anew with a platform that has nobody any more: nobody is left to be removed there. */
export async function startOver(tx: WorkspaceTransaction, audienceId: string): Promise<void> {
  await tx.query(`delete from audience_members where audience_id = $1 and state = 'leaving'`, [audienceId]);
  await tx.query(
    `update audience_members set state = 'adding', told = false, batch = null, because = null
     where audience_id = $1`,
    [audienceId],
  );
}

/** How many a platform has of each audience, by our books. */
export async function heldCounts(
  tx: WorkspaceTransaction,
  audienceIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.query<{ id: string; held: number }>(
    `select audience_id as id, count(*)::int as held from audience_members
     where audience_id = any($1::uuid[]) and state in ('held', 'leaving') group by audience_id`,
    [audienceIds],
  );
  return new Map(rows.map(({ id, held }) => [id, held]));
}

/** What an audience has told, or is to tell, of those who stay, batch by batch. */
export async function* readStaying(
  tx: WorkspaceTransaction,
  audienceId: string,
): AsyncGenerator<{ place: string; values: ToldValues }[]> {
  yield* readInBatches<{ place: string; values: ToldValues }>(tx, {
    text: `select place, values from audience_members where audience_id = $1 and state in ('adding', 'held')`,
    values: [audienceId],
    size: 5_000,
  });
}
