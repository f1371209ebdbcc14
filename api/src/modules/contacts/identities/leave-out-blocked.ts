import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Problem } from '../../../platform/errors.js';
import type { Identity } from '../../consent/index.js';
import { blockByItself } from './blocked-identity.repository.js';
import { erasedAmong } from './erased-identity.repository.js';
import { identityFields } from './identity-fields.js';
import { identityPolicy, policyKey, type IdentityPolicy } from './identity-policy.repository.js';
import type { IdentitySettings } from './identity-settings.js';
import { isPlaceholder } from './placeholders.js';

/** What an item is recognised by, and what is wrong with it. */
export interface Recognisable {
  identities: Identity[];
  previous: Identity[];
  warnings: Problem[];
}

/**
 * Takes away the identities that do not say who is meant: placeholders, those that are shared by many, and those that
 * somebody blocked. Each is a warning, IDENTITY_BLOCKED; an item may be left with none. So is one that names somebody
 * who was erased, with the warning ERASED.
 */
export async function leaveOutBlocked(
  tx: WorkspaceTransaction,
  items: readonly Recognisable[],
  now: Date,
): Promise<IdentitySettings> {
  const given = items.flatMap((item) => [...item.identities, ...item.previous]);
  const policy = await identityPolicy(tx, given);
  const placeholders = given.filter(
    (identity) => !policy.decisions.has(policyKey(identity)) && isPlaceholder(identity),
  );
  await blockByItself(tx, placeholders, 'placeholder', now);
  for (const item of items) leaveOut(item, policy);
  if (policy.erasureKey) {
    const erased = await erasedAmong(tx, policy.erasureKey, given);
    for (const item of items) leaveOutErased(item, (identity) => erased.has(policyKey(identity)));
  }
  return policy.settings;
}

function leaveOut(item: Recognisable, policy: IdentityPolicy): void {
  const isBlocked = (identity: Identity): boolean =>
    policy.decisions.get(policyKey(identity)) ?? isPlaceholder(identity);
  for (const { kind } of item.identities.filter(isBlocked)) item.warnings.push(blocked(identityFields[kind]));
  if (item.previous.some(isBlocked))
    item.warnings.push(blocked({ field: 'previousId', name: 'previous id' }));
  item.identities = item.identities.filter((identity) => !isBlocked(identity));
  item.previous = item.previous.filter((identity) => !isBlocked(identity));
}

/**
 * By an external id, an e-mail address or a phone number a person is named, whatever else is said of them. A browser or
 * device may be somebody else's by now: it is left out, and only who has nothing else is nobody.
 */
function leaveOutErased(item: Recognisable, isErased: (identity: Identity) => boolean): void {
  const named = [...item.identities, ...item.previous].filter(isErased);
  if (named.length === 0) return;
  const isPerson = named.some(({ kind }) => kind !== 'anonymous_id');
  item.identities = isPerson ? [] : item.identities.filter((identity) => !isErased(identity));
  item.previous = item.previous.filter((identity) => !isErased(identity));
  const { field } = identityFields[named[0]!.kind];
  item.warnings.unshift({ code: erasedCode, path: field, message: 'This names somebody who was erased.' });
}

/** The code of an item that names somebody who was erased. */
export const erasedCode = 'ERASED';

function blocked({ field, name }: { field: string; name: string }): Problem {
  const message = `This ${name} is blocked, because it does not say who is meant.`;
  return { code: 'IDENTITY_BLOCKED', path: field, message };
}
