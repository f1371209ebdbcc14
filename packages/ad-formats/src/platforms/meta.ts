import * as to from '../normalise.js';
import { definePlatform, hashed, plain, repeated, type Platform } from '../platform.js';

/** What differs between advertisers on Meta. */
export interface MetaOptions {
  /**
   * Whether the workspace's external ids are Facebook app user ids. Only then are they sent, in column `uid`: Meta
   * takes whatever stands there for such an id. Default: false.
   */
  externalIdIsAppUserId?: boolean;
  /**
   * Adds column `dob`, the hash of YYYYMMDD. The form that Meta expects below a hash in that column could not be
   * confirmed from a first-hand source; `doby` is sent in any case. Default: false.
   */
  birthDate?: boolean;
}

/** Meta's custom audiences (customer files) and value-based lookalike seeds. */
export function createMeta(options: MetaOptions = {}): Platform {
  return definePlatform({
    id: 'meta',
    label: 'Meta',
    minimumSize: 100,
    kinds: ['contacts', 'seed'],
    // Meta matches names too, together with enough else; how much is enough it does not say, so names do not count.
    matching: [
      ['email'],
      ['phone'],
      ['mobile_ad_id'],
      ...(options.externalIdIsAppUserId ? [['external_id' as const]] : []),
    ],
    fields: {
      email: hashed(to.email),
      phone: hashed(to.phoneDigits),
      mobileAdId: plain(to.mobileAdId),
      externalId: plain(to.plainKey),
      firstName: hashed(to.withoutPunctuation),
      lastName: hashed(to.withoutPunctuation),
      city: hashed(to.compact),
      state: hashed(to.state),
      postalCode: hashed(to.postalCode),
      country: hashed(to.countryLower),
      gender: hashed(to.gender),
      birthDate: hashed((text) => {
        const date = to.birthday(text);
        return date && date.year + date.month + date.day;
      }),
      birthYear: hashed((text) => to.birthday(text)?.year),
      birthMonth: hashed((text) => to.birthday(text)?.month),
      birthDay: hashed((text) => to.birthday(text)?.day),
    },
    // Column `age` is not written: it would be wrong a year later, and `doby` says the same.
    columns: [
      ...repeated({ header: 'email', identifier: 'email', field: 'email' }, 3),
      ...repeated({ header: 'phone', identifier: 'phone', field: 'phone' }, 3),
      { header: 'madid', identifier: 'mobile_ad_id', field: 'mobileAdId' },
      { header: 'fn', identifier: 'name', field: 'firstName' },
      { header: 'ln', identifier: 'name', field: 'lastName' },
      { header: 'ct', identifier: 'location', field: 'city' },
      { header: 'st', identifier: 'location', field: 'state' },
      { header: 'country', identifier: 'location', field: 'country' },
      ...repeated(
        { header: 'uid', identifier: 'external_id', field: 'externalId' },
        options.externalIdIsAppUserId ? 1 : 0,
      ),
      { header: 'zip', identifier: 'location', field: 'postalCode' },
      ...repeated({ header: 'dob', identifier: 'birthday', field: 'birthDate' }, options.birthDate ? 1 : 0),
      { header: 'doby', identifier: 'birthday', field: 'birthYear' },
      { header: 'gen', identifier: 'gender', field: 'gender' },
    ],
    valueHeader: 'value',
  });
}
