import type { IdentityKind } from '@coterie/rules';
import { amongOrdinals } from '../../platform/database/among-ordinals.js';
import { Collision, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Identity } from '../consent/index.js';

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

/**
 * The contacts that have any of the identities, locked in the order of their ordinals so that two batches never wait for
 * each other in a circle. A contact that is merged away meanwhile is not among them.
 */
export async function lockContactsOf(
  tx: WorkspaceTransaction,
  identities: readonly Identity[],
  lock: ContactLock,
): Promise<Pick<Contact, 'id' | 'ordinal' | 'companyId'>[]> {
  return tx.query(
    `select id, ordinal, company_id as "companyId" from contacts
     where ordinal in (
       select i.ordinal from unnest($1::text[], $2::text[]) as given (kind, value)
       join contact_identities as i on i.kind = given.kind and i.value = given.value
     )
     order by ordinal ${lockClauses[lock]}`,
    [identities.map((identity) => identity.kind), identities.map((identity) => identity.value)],
  );
}

/** An identity with the contact it belongs to. */
export interface OwnedIdentity extends Identity {
  ordinal: number;
  createdAt: Date;
}

/** All identities of contacts, oldest first. */
export async function identitiesOf(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<OwnedIdentity[]> {
  if (ordinals.length === 0) return [];
  return tx.query(
    `select ordinal, kind, value, raw, created_at as "createdAt" from contact_identities
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
  contacts: readonly { id: string; ordinal: number; companyId: string | null }[],
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into contacts (workspace_id, id, ordinal, company_id, created_at, updated_at)
     select $1, id, ordinal, company_id, $5, $5
     from unnest($2::uuid[], $3::int[], $4::uuid[]) as new (id, ordinal, company_id)`,
    [
      tx.workspaceId,
      contacts.map((contact) => contact.id),
      contacts.map((contact) => contact.ordinal),
      contacts.map((contact) => contact.companyId),
      now.toISOString(),
    ],
  );
}

/** Stores when contacts changed and which company they belong to. */
export async function updateContacts(
  tx: WorkspaceTransaction,
  contacts: readonly { ordinal: number; companyId: string | null }[],
  now: Date,
): Promise<void> {
  if (contacts.length === 0) return;
  await tx.query(
    `update contacts as c set updated_at = $3, company_id = n.company_id
     from unnest($1::int[], $2::uuid[]) as n (ordinal, company_id) where c.ordinal = n.ordinal`,
    [
      contacts.map((contact) => contact.ordinal),
      contacts.map((contact) => contact.companyId),
      now.toISOString(),
    ],
  );
}

/** Stores new identities. Throws {@link Collision} when another transaction took one of them meanwhile. */
export async function insertIdentities(
  tx: WorkspaceTransaction,
  identities: readonly { ordinal: number; kind: IdentityKind; value: string; raw: string }[],
  now: Date,
): Promise<void> {
  if (identities.length === 0) return;
  const rows = await tx.query<{ inserted: number }>(
    `with inserted as (
       insert into contact_identities (workspace_id, kind, value, raw, ordinal, created_at)
       select $1, kind, value, raw, ordinal, $6
       from unnest($2::text[], $3::text[], $4::text[], $5::int[]) as new (kind, value, raw, ordinal)
       on conflict do nothing returning 1
     )
     select count(*)::int as inserted from inserted`,
    [
      tx.workspaceId,
      identities.map((identity) => identity.kind),
      identities.map((identity) => identity.value),
      identities.map((identity) => identity.raw),
      identities.map((identity) => identity.ordinal),
      now.toISOString(),
    ],
  );
  if (rows[0]?.inserted !== identities.length)
    throw new Collision('An identity was taken by another transaction.');
}
