import type { Platform } from '@coterie/ad-formats';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { DigestSet } from '../../platform/digest-set.js';
import type { AdIdentifier } from './identifiers.js';
import { readRefused } from './members.repository.js';

/**
 * What several people can be found by at a platform: an e-mail address where it takes different ones for the same, and the
 * advertising id of a telephone that several use. All other identities are one contact's.
 */
export function sharedFields(
  platform: Platform,
  identifiers: readonly AdIdentifier[],
): ('email' | 'mobileAdId')[] {
  return [
    ...(platform.mergesEmails && identifiers.includes('email') ? (['email'] as const) : []),
    ...(identifiers.includes('mobile_ad_id') ? (['mobileAdId'] as const) : []),
  ];
}

/**
 * What the platform would find people by who must not be sent, where others can have it, too, who gave consent. Google
 * looks past the dots, so that `jane.doe@gmail.com`, who withdrew, would be found by `janedoe@gmail.com`, who did not; and
 * a telephone can be several people's.
 */
export async function refusedKeys(
  tx: WorkspaceTransaction,
  platform: Platform,
  identifiers: readonly AdIdentifier[],
): Promise<DigestSet> {
  const refused = new DigestSet();
  for (const field of sharedFields(platform, identifiers)) {
    for await (const texts of readRefused(tx, field)) {
      for (const text of texts) {
        const value = platform.value(field, text);
        if (value) refused.add(value.sent);
      }
    }
  }
  return refused;
}
