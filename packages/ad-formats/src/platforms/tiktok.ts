import * as to from '../normalise.js';
import { definePlatform, hashed, repeated, type Platform } from '../platform.js';

/** What TikTok's own documents disagree about. */
export interface TiktokOptions {
  /**
   * How a phone number is written before it is hashed: `digits` reproduces the one vector that TikTok has published,
   * `e164` (with `+`) is what other pages of its documentation say. Default: `digits`.
   */
  phone?: 'digits' | 'e164';
  /** Whether `+tag` in an e-mail address is removed; TikTok's pages differ. Default: false. */
  removeEmailTag?: boolean;
  /** How many columns of each header, 1 to 3, for people with several; not confirmed first-hand. Default: 1. */
  columns?: 1 | 2 | 3;
}

/** TikTok's customer file audiences. */
export function createTiktok(options: TiktokOptions = {}): Platform {
  const { phone = 'digits', removeEmailTag = false, columns = 1 } = options;
  return definePlatform({
    id: 'tiktok',
    label: 'TikTok',
    minimumSize: 1000,
    kinds: ['contacts'],
    matching: [['email'], ['phone'], ['mobile_ad_id']],
    mergesEmails: removeEmailTag,
    fields: {
      email: hashed(removeEmailTag ? emailWithoutTag : to.email),
      phone: hashed(phone === 'digits' ? to.phoneDigits : to.phone),
      mobileAdId: hashed(to.mobileAdId),
    },
    columns: [
      ...repeated({ header: 'Email_SHA256', identifier: 'email', field: 'email' }, columns),
      ...repeated({ header: 'Phone_SHA256', identifier: 'phone', field: 'phone' }, columns),
      ...repeated({ header: 'MAID_SHA256', identifier: 'mobile_ad_id', field: 'mobileAdId' }, columns),
    ],
  });
}

function emailWithoutTag(text: string): string | undefined {
  const address = to.email(text);
  return address && to.withoutTag(address);
}
