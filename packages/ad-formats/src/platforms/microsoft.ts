import * as to from '../normalise.js';
import { definePlatform, hashed, type Platform } from '../platform.js';

/** What could not be confirmed of Microsoft's files. */
export interface MicrosoftOptions {
  /** The header of the one column. No first-hand source states it. Default: `Email`. */
  header?: string;
}

/**
 * Microsoft Advertising's customer match lists, of hashed e-mail addresses. Lists of CRM ids exist too, but a list is
 * of one sort, and such an id matches only where the advertiser's tag reports it.
 */
export function createMicrosoft({ header = 'Email' }: MicrosoftOptions = {}): Platform {
  return definePlatform({
    id: 'microsoft',
    label: 'Microsoft Advertising',
    minimumSize: 300,
    kinds: ['contacts'],
    matching: [['email']],
    fields: { email: hashed(to.email) },
    columns: [{ header, identifier: 'email', field: 'email' }],
  });
}
