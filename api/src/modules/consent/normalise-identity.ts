import { isEmail } from '@coterie/ad-formats';
import { fold, type IdentityKind } from '@coterie/rules';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { textFault } from '../attributes/index.js';

/** Something a contact is recognised by. */
export interface Identity {
  kind: IdentityKind;
  /** Normalised: the e-mail folded, the phone number in E.164, ids as they came. */
  value: string;
  /** As it came. */
  raw: string;
}

/** Kinds in the order in which they decide who is meant. */
export const identityPriority = [
  'external_id',
  'email',
  'phone',
  'anonymous_id',
] as const satisfies IdentityKind[];

/**
 * Brings an identity into the form in which it is stored and compared.
 * @param defaultCountry ISO 3166-1 alpha-2, for phone numbers without a country code.
 * @returns the identity, or in words what is wrong.
 */
export function normaliseIdentity(
  kind: IdentityKind,
  input: string,
  defaultCountry: string | null,
): Identity | string {
  const raw = input.trim();
  const fault = textFault(raw) ?? (raw === '' ? 'is empty.' : undefined);
  if (fault) return fault;
  if (kind === 'email') return normaliseEmail(raw);
  if (kind === 'phone') return normalisePhone(raw, defaultCountry);
  return { kind, value: raw, raw };
}

/** The longest address that SMTP can carry (RFC 5321, erratum 1690). */
const longestEmail = 254;

function normaliseEmail(raw: string): Identity | string {
  if (raw.length > longestEmail || !isEmail(raw)) return 'is not an e-mail address.';
  return { kind: 'email', value: fold(raw), raw };
}

function normalisePhone(raw: string, defaultCountry: string | null): Identity | string {
  const phone = parsePhoneNumberFromString(raw, {
    ...(defaultCountry ? { defaultCountry: defaultCountry as CountryCode } : {}),
    extract: false,
  });
  if (phone?.isValid()) return { kind: 'phone', value: phone.number, raw };
  return defaultCountry || raw.startsWith('+')
    ? 'is not a valid phone number.'
    : 'has no country code, and the workspace has no default country.';
}
