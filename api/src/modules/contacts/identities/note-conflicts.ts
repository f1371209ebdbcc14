import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { People } from '../people.js';
import { blockByItself, blockClaimed } from './blocked-identity.repository.js';
import { recordClaims } from './identity-conflict.repository.js';
import { sharedWindow, type IdentitySettings } from './identity-settings.js';

/**
 * Writes down which identities a batch gave to contacts and left with others, and blocks those that are shared by too
 * many: the next batch does not go by them any more.
 */
export async function noteConflicts(
  tx: WorkspaceTransaction,
  people: People,
  { contactLimit: limit }: IdentitySettings,
  now: Date,
): Promise<void> {
  await blockByItself(tx, people.overused, 'shared', now);
  const claims = people.conflicts
    // What was a conflict in the middle of the batch may be none at its end.
    .filter(({ identity, claimant }) => !claimant.current.identity(identity))
    .map(({ identity: { kind, value }, claimant, source }) => ({
      kind,
      value,
      claimant: claimant.current.ordinal!,
      source,
    }));
  if (claims.length === 0) return;
  await recordClaims(tx, claims, now);
  const since = new Date(now.getTime() - sharedWindow);
  await blockClaimed(tx, claims, { limit, since, now });
}
