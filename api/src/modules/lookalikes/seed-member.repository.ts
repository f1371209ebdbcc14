import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { ordinalsByIds } from '../contacts/index.js';
import type { Statement } from '../segments/index.js';

/** A contact on a seed list. */
export interface SeedMember {
  ordinal: number;
  /** At least 0; null when it has none. */
  value: number | null;
}

/** What became of the contacts that were taken onto a seed list: the last three add up to the first. */
export interface Taken {
  members: number;
  withValue: number;
  /** Nothing is stored under the attribute, or none was named. */
  withoutValue: number;
  /** A value below 0 is stored: platforms take none such, so these were taken without. */
  negativeValues: number;
}

/**
 * Takes contacts onto a new seed list, each with what is stored under the attribute now.
 * @param membersAfter gives the contacts as a sub-query whose parameters come after so many others.
 */
export async function takeMembers(
  tx: WorkspaceTransaction,
  { id, valueAttribute }: { id: string; valueAttribute: string | null },
  membersAfter: (parameters: number) => Promise<Statement>,
): Promise<Taken> {
  const own = [tx.workspaceId, id, valueAttribute];
  const { text, values } = await membersAfter(own.length);
  // As in readInBatches(): right after a large import, a nested loop would take the square of the time.
  await tx.query('set local enable_nestloop = off');
  const rows = await tx.query<Taken>(
    `with source as materialized (
       select c.ordinal, held.number as value
       from (${text}) as member
       join contacts as c on c.ordinal = member.ordinal
       left join contact_attributes as held on held.ordinal = c.ordinal and held.key = $3 and held.position = 0
       order by c.ordinal for key share of c
     ), taken as (
       insert into seed_list_members (workspace_id, seed_list_id, ordinal, value)
       select $1, $2, ordinal, case when value >= 0 then value end from source
     )
     select count(*)::int as members, count(*) filter (where value >= 0)::int as "withValue",
       count(*) filter (where value is null)::int as "withoutValue",
       count(*) filter (where value < 0)::int as "negativeValues"
     from source`,
    [...own, ...values],
  );
  return rows[0] as Taken;
}

/** A contact that may come onto a seed list: held in the workspace until the transaction ends. */
export interface Candidate {
  ordinal: number;
  /** What is stored under the list's attribute; null when nothing is. */
  held: number | null;
  /** Whether it is on the list already, and with which value. */
  isMember: boolean;
  value: number | null;
  /** Whether it is on the list only because a contact that was has become part of it. */
  cameWithMerge: boolean;
}

/**
 * The contacts of these ids, by id, with what a seed list needs to know of them. Ids of one contact and of those that
 * have become part of it lead to the same candidate.
 */
export async function candidatesFor(
  tx: WorkspaceTransaction,
  { id, valueAttribute }: { id: string; valueAttribute: string | null },
  contactIds: readonly string[],
): Promise<Map<string, Candidate>> {
  const ordinals = await ordinalsByIds(tx, contactIds, { lock: true });
  const rows = await tx.query<Candidate>(
    `select c.ordinal, held.number as held, m.ordinal is not null as "isMember", m.value,
       m.merged_from is not null as "cameWithMerge"
     from contacts as c
     left join contact_attributes as held on held.ordinal = c.ordinal and held.key = $2 and held.position = 0
     left join seed_list_members as m on m.ordinal = c.ordinal and m.seed_list_id = $1
     where c.ordinal = any($3::int[])`,
    [id, valueAttribute, [...new Set(ordinals.values())]],
  );
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  return new Map([...ordinals].map(([contactId, ordinal]) => [contactId, byOrdinal.get(ordinal)!]));
}

/** Puts contacts on a seed list as their own, or gives those that are on it another value. */
export async function putMembers(
  tx: WorkspaceTransaction,
  seedListId: string,
  members: readonly SeedMember[],
): Promise<void> {
  if (members.length === 0) return;
  await tx.query(
    `insert into seed_list_members (workspace_id, seed_list_id, ordinal, value)
     select $1, $2, ordinal, value from unnest($3::int[], $4::float8[]) as given (ordinal, value) order by ordinal
     on conflict (workspace_id, seed_list_id, ordinal) do update set value = excluded.value, merged_from = null`,
    [tx.workspaceId, seedListId, members.map(({ ordinal }) => ordinal), members.map(({ value }) => value)],
  );
}

/** Takes contacts off a seed list. */
export async function removeMembers(
  tx: WorkspaceTransaction,
  seedListId: string,
  ordinals: readonly number[],
): Promise<void> {
  await tx.query('delete from seed_list_members where seed_list_id = $1 and ordinal = any($2::int[])', [
    seedListId,
    ordinals,
  ]);
}

/** A page of a seed list's contacts, the oldest first. */
export interface MemberPage {
  seedListId: string;
  /** The ordinal that the page comes after; -1 for the first. */
  after: number;
  limit: number;
}

/** Pages that are alike but for the seed list: one statement for all of them, by seed list. */
export async function pagesOfMembers(
  tx: WorkspaceTransaction,
  seedListIds: readonly string[],
  { after, limit }: Omit<MemberPage, 'seedListId'>,
): Promise<Map<string, SeedMember[]>> {
  const rows = await tx.query<SeedMember & { id: string }>(
    `select asked.id, m.* from unnest($1::uuid[]) as asked (id), lateral (
       select ordinal, value from seed_list_members
       where seed_list_id = asked.id and ordinal > $2 order by ordinal limit $3
     ) as m`,
    [seedListIds, after, limit],
  );
  return Map.groupBy(rows, (row) => row.id);
}

/** The contacts of a seed list with their values, as a source of files. */
export function seedSource(seedListId: string): Statement {
  return {
    text: 'select ordinal, value from seed_list_members where seed_list_id = $1',
    values: [seedListId],
  };
}
