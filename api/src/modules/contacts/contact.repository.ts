import { amongOrdinals } from '../../platform/database/among-ordinals.js';
import { Collision, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Identity } from '../consent/index.js';
import type { HeldIdentity, StoredPerson } from './person.js';

/** A row of `contacts`. */
export interface Contact {
  id: string;
  ordinal: number;
  companyId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** How contacts are held while a transaction works with them. */
export type ContactLock =
  /** They stay, but others may change them: enough to add events. */
  | 'stay'
  /** Nobody else changes them. */
  | 'change';

const lockClauses: Record<ContactLock, string> = { stay: 'for key share', change: 'for no key update' };

const personColumns = `id, ordinal, company_id as "companyId", company_merged_from as "companyFrom",
  created_at as "createdAt"`;

/**
 * The contacts that have any of the identities, locked in the order of their ordinals so that two batches never wait for
 * each other in a circle. A contact that is merged away meanwhile is not among them.
 */
export async function lockContactsOf(
  tx: WorkspaceTransaction,
  identities: readonly Identity[],
  lock: ContactLock,
): Promise<StoredPerson[]> {
  return tx.query(
    `select ${personColumns} from contacts
     where ordinal in (
       select i.ordinal from unnest($1::text[], $2::text[]) as given (kind, value)
       join contact_identities as i on i.kind = given.kind and i.value = given.value
     )
     order by ordinal ${lockClauses[lock]}`,
    [identities.map((identity) => identity.kind), identities.map((identity) => identity.value)],
  );
}

/** Contacts by their ids, in the order of their ordinals: locked so that nothing can be added to them, or only read. */
export async function personsByIds(
  tx: WorkspaceTransaction,
  ids: readonly string[],
  { lock }: { lock: boolean },
): Promise<StoredPerson[]> {
  return tx.query(
    `select ${personColumns} from contacts where id = any($1::uuid[]) order by ordinal ${lock ? 'for update' : ''}`,
    [ids],
  );
}

/** The contact with this ordinal, locked so that nothing can be added to it. */
export async function lockPerson(
  tx: WorkspaceTransaction,
  ordinal: number,
): Promise<StoredPerson | undefined> {
  const rows = await tx.query<StoredPerson>(
    `select ${personColumns} from contacts where ordinal = $1 for update`,
    [ordinal],
  );
  return rows[0];
}

/** Waits until nobody adds anything to these contacts any more. */
export async function lockForRemoval(tx: WorkspaceTransaction, ordinals: readonly number[]): Promise<void> {
  if (ordinals.length === 0) return;
  await tx.query('select from contacts where ordinal = any($1::int[]) order by ordinal for update', [
    ordinals,
  ]);
}

/** An identity with the contact it belongs to. */
export interface OwnedIdentity extends HeldIdentity {
  ordinal: number;
}

/** All identities of contacts, oldest first. */
export async function identitiesOf(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<OwnedIdentity[]> {
  if (ordinals.length === 0) return [];
  return tx.query(
    `select ordinal, kind, value, raw, created_at as "createdAt", merged_from as "mergedFrom" from contact_identities
     where ${amongOrdinals('ordinal', '$1')} order by ordinal, created_at, kind, value`,
    [ordinals],
  );
}

/**
 * Takes ordinals for new contacts; returns the first. Other makers of contacts in the workspace wait until this
 * transaction ends, so it is called as late as possible.
 */
export async function takeOrdinals(tx: WorkspaceTransaction, count: number): Promise<number> {
  const rows = await tx.query<{ next: number }>(
    `insert into contact_ordinals as o (workspace_id, next_ordinal) values ($1, $2)
     on conflict (workspace_id) do update set next_ordinal = o.next_ordinal + excluded.next_ordinal
     returning next_ordinal as next`,
    [tx.workspaceId, count],
  );
  return rows[0]!.next - count;
}

/** Stores new contacts. */
export async function insertContacts(
  tx: WorkspaceTransaction,
  contacts: readonly Pick<StoredPerson, 'id' | 'ordinal' | 'companyId' | 'companyFrom'>[],
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into contacts (workspace_id, id, ordinal, company_id, company_merged_from, created_at, updated_at)
     select $1, id, ordinal, company_id, company_from, $6, $6
     from unnest($2::uuid[], $3::int[], $4::uuid[], $5::int[]) as new (id, ordinal, company_id, company_from)`,
    [
      tx.workspaceId,
      contacts.map((contact) => contact.id),
      contacts.map((contact) => contact.ordinal),
      contacts.map((contact) => contact.companyId),
      contacts.map((contact) => contact.companyFrom),
      now.toISOString(),
    ],
  );
}

/** Stores a contact that was merged away again, without its company if that is gone meanwhile. */
export async function restoreContact(
  tx: WorkspaceTransaction,
  contact: Omit<StoredPerson, 'createdAt'> & { createdAt: string },
  now: Date,
): Promise<void> {
  const { id, ordinal, companyId, companyFrom, createdAt } = contact;
  await tx.query(
    `insert into contacts (workspace_id, id, ordinal, company_id, company_merged_from, created_at, updated_at)
     select $1, $2, $3, company.id, case when company.id is not null then $5::int end, $6, $7
     from (select 1) as one left join companies as company on company.id = $4`,
    [tx.workspaceId, id, ordinal, companyId, companyFrom, createdAt, now.toISOString()],
  );
}

/** Whether a company is still there. */
export async function companyExists(tx: WorkspaceTransaction, id: string): Promise<boolean> {
  return (await tx.query('select from companies where id = $1', [id])).length > 0;
}

/** Stores when contacts changed and which company they belong to. */
export async function updateContacts(
  tx: WorkspaceTransaction,
  contacts: readonly Pick<StoredPerson, 'ordinal' | 'companyId' | 'companyFrom'>[],
  now: Date,
): Promise<void> {
  if (contacts.length === 0) return;
  await tx.query(
    `update contacts as c set updated_at = $4, company_id = n.company_id, company_merged_from = n.company_from
     from unnest($1::int[], $2::uuid[], $3::int[]) as n (ordinal, company_id, company_from)
     where c.ordinal = n.ordinal`,
    [
      contacts.map((contact) => contact.ordinal),
      contacts.map((contact) => contact.companyId),
      contacts.map((contact) => contact.companyFrom),
      now.toISOString(),
    ],
  );
}

/** Stores when contacts changed. */
export async function touchContacts(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  now: Date,
): Promise<void> {
  if (ordinals.length === 0) return;
  await tx.query('update contacts set updated_at = $2 where ordinal = any($1::int[])', [
    ordinals,
    now.toISOString(),
  ]);
}

/** Stores new identities. Throws {@link Collision} when another transaction took one of them meanwhile. */
export async function insertIdentities(
  tx: WorkspaceTransaction,
  identities: readonly OwnedIdentity[],
  now: Date,
): Promise<void> {
  if (identities.length === 0) return;
  const rows = await tx.query<{ inserted: number }>(
    `with inserted as (
       insert into contact_identities (workspace_id, kind, value, raw, ordinal, merged_from, created_at)
       select $1, kind, value, raw, ordinal, merged_from, $7
       from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::int[]) as new (kind, value, raw, ordinal, merged_from)
       on conflict do nothing returning 1
     )
     select count(*)::int as inserted from inserted`,
    [
      tx.workspaceId,
      identities.map((identity) => identity.kind),
      identities.map((identity) => identity.value),
      identities.map((identity) => identity.raw),
      identities.map((identity) => identity.ordinal),
      identities.map((identity) => identity.mergedFrom),
      now.toISOString(),
    ],
  );
  if (rows[0]?.inserted !== identities.length)
    throw new Collision('An identity was taken by another transaction.');
}
