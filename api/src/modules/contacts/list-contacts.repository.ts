import { fold, type IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { isId } from '../../platform/ids.js';
import type { Contact } from './contact.repository.js';

/** In which order contacts are listed. */
export type ContactSort = 'newest' | 'oldest';

/** Which contacts to list. */
export interface ContactFilter {
  /** Words, each the beginning of an e-mail address, an external id, or the first or last name. */
  search: string | null;
  companyId: string | null;
  sort: ContactSort;
}

/** A contact with its time of creation in full precision, for cursors. */
export type ContactRow = Contact & { createdExactly: string };

const columns = `id, ordinal, company_id as "companyId", created_at as "createdAt", updated_at as "updatedAt"`;

/** More words than a name and an address have say nothing more. */
const mostWords = 5;

/** Contacts in the order asked for, after the one named. */
export async function listContacts(
  tx: WorkspaceTransaction,
  filter: ContactFilter,
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<ContactRow[]> {
  const words = fold(filter.search ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, mostWords);
  const [comparison, direction] = filter.sort === 'oldest' ? ['>', 'asc'] : ['<', 'desc'];
  const matches = words.map((_, index) => `and ordinal in (${matching(index + 5)})`).join('\n');
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from contacts
     where ($1::text is null or (created_at, id) ${comparison} ($1::timestamptz, $2::uuid))
       and ($3::uuid is null or company_id = $3)
       ${matches}
     order by created_at ${direction}, id ${direction} limit $4`,
    [after?.[0] ?? null, after?.[1] ?? null, filter.companyId, limit, ...words],
  );
}

function matching(parameter: number): string {
  return `select ordinal from contact_identities
      where kind in ('email', 'external_id') and starts_with(lower(value), $${parameter})
      union all
      select ordinal from contact_attributes
      where key in ('first_name', 'last_name') and folded is not null and starts_with(folded, $${parameter})`;
}

/** A page of the contacts of each company, the newest first, by company. */
export async function listContactsOfCompanies(
  tx: WorkspaceTransaction,
  companyIds: readonly string[],
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<Map<string, ContactRow[]>> {
  const rows = await tx.query<ContactRow>(
    `select c.* from unnest($1::uuid[]) as asked (company_id), lateral (
       select ${columns}, created_at::text as "createdExactly" from contacts
       where company_id = asked.company_id and ($2::text is null or (created_at, id) < ($2::timestamptz, $3::uuid))
       order by created_at desc, id desc limit $4
     ) as c`,
    [companyIds, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return Map.groupBy(rows, (row) => row.companyId!);
}

/** Contacts by their ordinals, in the given order; those that are gone are left out. */
export async function contactsByOrdinals(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<Contact[]> {
  const rows = await tx.query<Contact>(`select ${columns} from contacts where ordinal = any($1::int[])`, [
    ordinals,
  ]);
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  return ordinals.flatMap((ordinal) => byOrdinal.get(ordinal) ?? []);
}

/** Which contacts are named: by their own id, or by that of one that has become part of them. */
const named = `select asked.id, coalesce(own.ordinal, merge.holder) as ordinal from unnest($1::uuid[]) as asked (id)
     left join contacts as own on own.id = asked.id
     left join contact_merges as merge on merge.loser_id = asked.id and merge.undone_at is null`;

/** The contact with an id, or that the contact with this id has become part of; undefined when there is none. */
export async function contactById(tx: WorkspaceTransaction, id: string): Promise<Contact | undefined> {
  const rows = await tx.query<Contact>(
    `select ${columns} from contacts where ordinal = (select ordinal from (${named}) as named)`,
    [[id]],
  );
  return rows[0];
}

/**
 * The ordinals of contacts by id, also by that of one that has become part of another; those that do not exist are left
 * out.
 * @param lock whether they stay until the transaction ends, so that something can be added to them.
 */
export async function ordinalsByIds(
  tx: WorkspaceTransaction,
  ids: readonly string[],
  { lock }: { lock: boolean },
): Promise<Map<string, number>> {
  // As an array, they are looked up in the index: joined, PostgreSQL would rather read all contacts.
  const rows = await tx.query<{ id: string; ordinal: number }>(
    `with named as materialized (${named})
     select named.id, c.ordinal from named join contacts as c on c.ordinal = named.ordinal
     where c.ordinal = any(array(select ordinal from named))
     order by c.ordinal ${lock ? 'for key share of c' : ''}`,
    [ids.filter(isId)],
  );
  return new Map(rows.map((row) => [row.id, row.ordinal]));
}

/** The contact with an identity; undefined when there is none. */
export async function contactByIdentity(
  tx: WorkspaceTransaction,
  kind: IdentityKind,
  value: string,
): Promise<Contact | undefined> {
  const rows = await tx.query<Contact>(
    `select ${columns} from contacts
     where ordinal = (select ordinal from contact_identities where kind = $1 and value = $2)`,
    [kind, value],
  );
  return rows[0];
}
