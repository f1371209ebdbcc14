import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { normaliseIdentity, type Identity } from '../consent/index.js';
import { findContact, identityFields, type ContactKey } from '../contacts/index.js';
import type { Subject } from './privacy-request.js';

/** The identity that the key names; undefined when it names a contact by its id. Throws INVALID_INPUT. */
export function identityOf(by: ContactKey, defaultCountry: string | null): Identity | undefined {
  for (const [kind, { field, name }] of Object.entries(identityFields)) {
    const given = by[field];
    if (given == null) continue;
    const identity = normaliseIdentity(kind as IdentityKind, given, defaultCountry);
    if (typeof identity !== 'string') return identity;
    throw new Failure('INVALID_INPUT', `The ${name} ${identity}`, { path: `input.by.${field}` });
  }
  return undefined;
}

/**
 * Whom a request is about. Somebody who is no contact can be named by an identity: they may stand in a file that was not
 * taken, or wait in quarantine. Throws NOT_FOUND for the id of no contact, INVALID_INPUT for an identity that is none.
 */
export async function findSubject(
  tx: WorkspaceTransaction,
  by: ContactKey,
  { defaultCountry }: { defaultCountry: string | null },
): Promise<Subject> {
  const identity = identityOf(by, defaultCountry);
  if (identity) return { contactId: null, identities: [{ kind: identity.kind, value: identity.value }] };
  try {
    const { id } = await findContact(tx, by, { defaultCountry });
    return { contactId: id, identities: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, error.message, { path: `input.${error.path}` });
  }
}
