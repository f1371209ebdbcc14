import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Channel } from '@coterie/rules';
import { consentingContacts, suppressedContacts } from '../consent/index.js';

/** A contact as a run finds it. */
export interface Found {
  id: string;
  ordinal: number;
  companyId: string | null;
  /** The ids that it had before merges, its own included. */
  ids: string[];
}

/**
 * The contact that an id has become; undefined when it is gone.
 * @param lock keeps other runs of the contact waiting until the transaction ends, so that none counts without the other.
 */
export async function findContactOf(
  tx: WorkspaceTransaction,
  contactId: string,
  lock: '' | 'for no key update of c' = '',
): Promise<Found | undefined> {
  const [row] = await tx.query<Found>(
    `select c.id, c.ordinal, c.company_id as "companyId", array(
       select c.id union all select m.loser_id from contact_merges as m where m.holder = c.ordinal and m.undone_at is null
     ) as ids
     from contacts as c
     where c.id = $1 or c.ordinal = (
       select holder from contact_merges where loser_id = $1 and undone_at is null limit 1)
     limit 1 ${lock}`,
    [contactId],
  );
  return row;
}

/** Whose these ids are, also after merges: the ordinals of the contacts that are still there, by id. */
export async function ordinalsOf(
  tx: WorkspaceTransaction,
  contactIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.query<{ id: string; ordinal: number }>(
    `select id, ordinal from contacts where id = any($1::uuid[])
     union all
     select loser_id, holder from contact_merges where loser_id = any($1::uuid[]) and undone_at is null`,
    [contactIds],
  );
  return new Map(rows.map(({ id, ordinal }) => [id, ordinal]));
}

/** Whether a contact may be reached on a channel now. */
export async function mayReach(
  tx: WorkspaceTransaction,
  ordinal: number,
  channel: Channel,
): Promise<'NO_CONSENT' | 'SUPPRESSED' | null> {
  const [row] = await tx.query<{ consents: boolean; stopped: boolean }>(
    `select exists (select from (${consentingContacts(channel)}) as given where given.ordinal = $1) as consents,
       exists (select from (${suppressedContacts(channel)}) as stop where stop.ordinal = $1) as stopped`,
    [ordinal],
  );
  if (!row?.consents) return 'NO_CONSENT';
  return row.stopped ? 'SUPPRESSED' : null;
}

/** The address of a contact that mail goes to: the primary one, as it was typed. */
export async function addressOf(tx: WorkspaceTransaction, ordinal: number): Promise<string | undefined> {
  const [row] = await tx.query<{ address: string }>(
    `select i.raw as address from contact_identities as i
     left join contact_attributes as primary_one
       on primary_one.ordinal = i.ordinal and primary_one.key = 'email' and primary_one.text in (i.value, i.raw)
     where i.ordinal = $1 and i.kind = 'email'
     order by primary_one.text is null, i.value limit 1`,
    [ordinal],
  );
  return row?.address;
}

/** Whether the latest transition of a contact in a segment put it there; undefined when none is known. */
export async function isIn(
  tx: WorkspaceTransaction,
  segmentId: string,
  ordinal: number,
): Promise<boolean | undefined> {
  const [row] = await tx.query<{ entered: boolean }>(
    `select entered from segment_transitions where segment_id = $1 and ordinal = $2
     order by sequence desc limit 1`,
    [segmentId, ordinal],
  );
  return row?.entered;
}

/** What messages of a workspace need to know of it. */
export async function senderOf(tx: WorkspaceTransaction): Promise<{ name: string; timeZone: string }> {
  const [row] = await tx.query<{ name: string; timeZone: string }>(
    'select name, time_zone as "timeZone" from workspaces where id = $1',
    [tx.workspaceId],
  );
  return row!;
}
