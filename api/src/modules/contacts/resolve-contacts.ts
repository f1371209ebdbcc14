import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { ContactInput, ContactResult, UpsertSettings } from './contact-input.js';
import { upsertContacts } from './upsert-contacts.js';

/** What an event names its contact by. */
export type ContactIdentities = Pick<ContactInput, 'externalId' | 'email' | 'phone' | 'anonymousId'>;

/**
 * The contacts that these identities mean, in the given order; those that do not exist yet are made. They stay until
 * the transaction ends, so that events can be added to them. The same rules as {@link upsertContacts}.
 */
export async function resolveContacts(
  tx: WorkspaceTransaction,
  settings: UpsertSettings,
  identities: readonly ContactIdentities[],
): Promise<ContactResult[]> {
  const inputs = identities.map(({ externalId, email, phone, anonymousId }) => ({
    externalId,
    email,
    phone,
    anonymousId,
  }));
  return upsertContacts(tx, settings, inputs);
}
