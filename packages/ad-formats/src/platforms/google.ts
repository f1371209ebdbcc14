import { countryCode } from '../countries.js';
import * as to from '../normalise.js';
import { definePlatform, hashed, plain, repeated, type Platform } from '../platform.js';

/** What differs between advertisers on Google. */
export interface GoogleOptions {
  /**
   * How many columns `Email`, and `Phone`, a file has, for people with several. That a header may be repeated could
   * not be confirmed from a first-hand source. Default: 1.
   */
  columns?: number;
}

/** Google Customer Match. */
export function createGoogle({ columns = 1 }: GoogleOptions = {}): Platform {
  return definePlatform({
    id: 'google',
    label: 'Google',
    minimumSize: 100,
    kinds: ['contacts'],
    matching: [['email'], ['phone'], ['name', 'location']],
    fields: {
      email: hashed(googleEmail),
      phone: hashed(to.phone),
      firstName: hashed(to.nameWithoutTitles),
      lastName: hashed(to.nameWithoutTitles),
      country: plain(countryCode),
      postalCode: plain((text) => to.plainText(text)),
    },
    columns: [
      ...repeated({ header: 'Email', identifier: 'email', field: 'email' }, columns),
      ...repeated({ header: 'Phone', identifier: 'phone', field: 'phone' }, columns),
      { header: 'First Name', identifier: 'name', field: 'firstName' },
      { header: 'Last Name', identifier: 'name', field: 'lastName' },
      { header: 'Country', identifier: 'location', field: 'country' },
      { header: 'Zip', identifier: 'location', field: 'postalCode' },
    ],
    // Google matches an address by both names, country and postal code together.
    whole: ['name', 'location'],
    mergesEmails: true,
    template: true,
  });
}

/**
 * Without white space, lower case; for gmail.com and googlemail.com alone, without dots and +suffix before the @.
 * The domain stays as written: googlemail.com is not turned into gmail.com, as Google's rule does not say so.
 */
function googleEmail(text: string): string | undefined {
  const address = to.emailWithoutSpaces(text);
  if (!address || !/@(gmail|googlemail)\.com$/.test(address)) return address;
  const [local = '', domain = ''] = (to.withoutTag(address) ?? '').split('@');
  const name = local.replaceAll('.', '');
  return name ? `${name}@${domain}` : undefined;
}
