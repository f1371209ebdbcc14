import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import { normaliseIdentity } from '../consent/index.js';
import type { Contact } from './contact.repository.js';
import { contactById, contactByIdentity } from './list-contacts.repository.js';

/** Names a contact; exactly one is set. */
export interface ContactKey {
  id?: string | null;
  externalId?: string | null;
  email?: string | null;
  phone?: string | null;
  anonymousId?: string | null;
}

const kinds = {
  externalId: 'external_id',
  email: 'email',
  phone: 'phone',
  anonymousId: 'anonymous_id',
} as const satisfies Record<string, IdentityKind>;

/**
 * The contact that the key names; the id of a contact that has become part of another names that one. Throws NOT_FOUND when there is none, INVALID_INPUT when an identity is unreadable.
 */
export async function findContact(
  tx: WorkspaceTransaction,
  key: ContactKey,
  { defaultCountry }: { defaultCountry: string | null },
): Promise<Contact> {
  if (key.id != null) {
    const contact = isId(key.id) ? await contactById(tx, key.id) : undefined;
    if (!contact) throw notFound('contact', 'by.id');
    return contact;
  }
  for (const [field, kind] of Object.entries(kinds)) {
    const given = key[field as keyof typeof kinds];
    if (given == null) continue;
    const identity = normaliseIdentity(kind, given, defaultCountry);
    if (typeof identity === 'string') {
      throw new Failure('INVALID_INPUT', `"${field}" ${identity}`, { path: `by.${field}` });
    }
    const contact = await contactByIdentity(tx, kind, identity.value);
    if (contact) return contact;
    throw notFound('contact', `by.${field}`);
  }
  throw new Failure('INVALID_INPUT', 'Name the contact by one of the fields.', { path: 'by' });
}
