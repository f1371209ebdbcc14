import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Problem } from '../../../platform/errors.js';
import type { Identity } from '../../consent/index.js';
import { blockByItself } from './blocked-identity.repository.js';
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
 * somebody blocked. Each is a warning, IDENTITY_BLOCKED; an item may be left with none.
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

function blocked({ field, name }: { field: string; name: string }): Problem {
  const message = `This ${name} is blocked, because it does not say who is meant.`;
  return { code: 'IDENTITY_BLOCKED', path: field, message };
}
