import * as to from '../normalise.js';
import { definePlatform, hashed, plain, type Platform } from '../platform.js';

/** What X does not document. */
export interface XOptions {
  /**
   * How a phone number is written before it is hashed. No first-hand source states it. Default: `e164` (with `+`);
   * `digits` leaves the `+` out.
   */
  phone?: 'e164' | 'digits';
}

/**
 * X's list custom audiences. X asks at the upload what each column holds, so that the headers are ours: the names of
 * its API's fields.
 */
export function createX({ phone = 'e164' }: XOptions = {}): Platform {
  return definePlatform({
    id: 'x',
    label: 'X',
    minimumSize: 100,
    kinds: ['contacts'],
    // partner_user_id is the advertiser's own id: X matches it only for partners that synchronise ids with it.
    matching: [['email'], ['phone'], ['mobile_ad_id']],
    fields: {
      email: hashed(to.email),
      phone: hashed(phone === 'e164' ? to.phone : to.phoneDigits),
      mobileAdId: hashed(to.mobileAdId),
      externalId: plain(to.plainKey),
    },
    columns: [
      { header: 'email', identifier: 'email', field: 'email' },
      { header: 'phone_number', identifier: 'phone', field: 'phone' },
      { header: 'device_id', identifier: 'mobile_ad_id', field: 'mobileAdId' },
      { header: 'partner_user_id', identifier: 'external_id', field: 'externalId' },
    ],
  });
}
