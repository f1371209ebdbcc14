import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { countryCode } from './countries.js';
import { isKnownNumber } from './phone-plans.js';
import { usStateCode } from './us-states.js';

/**
 * The steps from which platforms put together their rules. Each takes a text as a person wrote it and returns the
 * normalised one, or undefined when nothing usable is left: such a value is neither hashed nor sent.
 */

/** No address, domain or local part, holds white space or characters that have no picture (\p{Cs}: half a pair). */
const emailPattern = /^[^\s@\p{Cc}\p{Cf}\p{Cs}]+@[^\s@.\p{Cc}\p{Cf}\p{Cs}]+(\.[^\s@.\p{Cc}\p{Cf}\p{Cs}]+)+$/u;

/** Whether the text looks like an e-mail address: one @, something before it, a domain with a dot, nothing odd. */
export function isEmail(text: string): boolean {
  return text.length <= 320 && emailPattern.test(text);
}

/** Control and format characters, but for the two joiners, which tell apart words of Persian, Hindi and others. */
const invisible = /(?![\u200C\u200D])[\p{Cc}\p{Cf}]/gu;

/** Trimmed and lower case; undefined unless it is an e-mail address. */
export function email(text: string): string | undefined {
  const address = composed(text.trim()).toLowerCase();
  return isEmail(address) ? address : undefined;
}

/** As `email`, and white space inside is removed rather than refused. */
export function emailWithoutSpaces(text: string): string | undefined {
  return email(text.replaceAll(/\s/g, ''));
}

/** The address without `+` and what follows it before the @; undefined when nothing is left before the @. */
export function withoutTag(address: string): string | undefined {
  const [local = '', domain = ''] = address.split('@');
  const name = local.split('+', 1)[0];
  return name ? `${name}@${domain}` : undefined;
}

/** Parsing costs tens of microseconds, and one person is read for several platforms in a row. */
const parsedPhones = new Map<string, string | undefined>();
const parsedPhonesLimit = 10_000;

/**
 * A phone number in E.164, with `+`.
 * @param country ISO 3166-1 alpha-2: where a number without country code belongs. Without it, and without a country
 *   code in the text, the number is unusable: guessing would address a stranger.
 * @returns undefined for a number that the numbering plan of its country does not know.
 */
export function phone(text: string, country?: string): string | undefined {
  if (isKnownNumber(text)) return text;
  const key = `${country ?? ''} ${text}`;
  if (parsedPhones.has(key)) return parsedPhones.get(key);
  if (parsedPhones.size >= parsedPhonesLimit) parsedPhones.clear();
  const number = parsePhone(text, country);
  parsedPhones.set(key, number);
  return number;
}

function parsePhone(text: string, country: string | undefined): string | undefined {
  const international = text.trim().replace(/^00(?=[1-9])/, '+');
  const number = parsePhoneNumberFromString(international, {
    ...(country ? { defaultCountry: country as CountryCode } : {}),
    extract: false,
  });
  return number?.isValid() ? number.number : undefined;
}

/** A phone number as digits with country code, without `+` and leading zeros. See `phone`. */
export function phoneDigits(text: string, country?: string): string | undefined {
  return phone(text, country)?.replace(/^\+0*/, '');
}

/** Trimmed, lower case, white space inside reduced to single spaces, composed (NFC). */
export function lower(text: string): string | undefined {
  return spaced(composed(text).toLowerCase());
}

/** As `lower`, without punctuation and symbols. Letters of every script stay. */
export function withoutPunctuation(text: string): string | undefined {
  const words = lower(text) ?? '';
  if (/^[a-z\d ]*$/.test(words)) return words || undefined;
  return spaced(words.replaceAll(/[\p{P}\p{S}]/gu, '').replaceAll(invisible, ''));
}

/** As `withoutPunctuation`, without spaces too. */
export function compact(text: string): string | undefined {
  return withoutPunctuation(text)?.replaceAll(' ', '') || undefined;
}

const titles = new Set(
  'dr prof professor mr mrs ms miss mx sir dame rev reverend herr frau mme mlle'.split(' '),
);
const suffixes = new Set('jr sr ii iii iv phd md dds esq cpa mba'.split(' '));

/**
 * A given or family name without title and suffix ("Dr. Dana", "King, Jr."), trimmed and lower case. Punctuation
 * that belongs to the name stays. A name that is nothing but a title is kept: it may be the name.
 */
export function nameWithoutTitles(text: string): string | undefined {
  const words = (lower(text) ?? '').split(/[\s,]+/).filter(Boolean);
  const bare = (word: string | undefined): string => (word ?? '').replaceAll('.', '');
  while (words.length > 1 && titles.has(bare(words[0]))) words.shift();
  while (words.length > 1 && suffixes.has(bare(words.at(-1)))) words.pop();
  return words.join(' ') || undefined;
}

/** A state or province: in the US its two letters, elsewhere the name without spaces and punctuation; lower case. */
export function state(text: string, country?: string): string | undefined {
  const name = compact(text);
  return country === 'US' && name ? usStateCode(name) : name;
}

/** Lower case without spaces and dashes; in the US the first five digits, and nothing when there are fewer. */
export function postalCode(text: string, country?: string): string | undefined {
  const code = (lower(text) ?? '').replaceAll(/[\s\p{Pd}]/gu, '');
  if (country === 'US') return /^\d{5}/.exec(code)?.[0];
  return /^[\p{L}\p{N}]+$/u.test(code) ? code : undefined;
}

/** ISO 3166-1 alpha-2 in lower case, from a code or an English name. */
export function countryLower(text: string): string | undefined {
  return countryCode(text)?.toLowerCase();
}

/** `f` or `m`, from these letters or the usual words; other genders have no form that platforms take. */
export function gender(text: string): 'f' | 'm' | undefined {
  const word = lower(text) ?? '';
  if (['f', 'female', 'w', 'woman'].includes(word)) return 'f';
  return ['m', 'male', 'man'].includes(word) ? 'm' : undefined;
}

/** The parts of a birthday written as YYYY-MM-DD; undefined for a day that no calendar has. */
export function birthday(text: string): { year: string; month: string; day: string } | undefined {
  const [, year, month, day] = /^((?:19|20)\d{2})-(\d{2})-(\d{2})$/.exec(text.trim()) ?? [];
  if (!year || !month || !day) return undefined;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // A day past the end of its month is moved into the next one, or refused.
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return undefined;
  return { year, month, day };
}

/** A mobile advertising id (IDFA, AAID): a UUID in lower case. All zeros is what a phone says that does not share it. */
export function mobileAdId(text: string): string | undefined {
  const id = text.trim().toLowerCase();
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) return undefined;
  return /^[0-]+$/.test(id) ? undefined : id;
}

/**
 * Free text for a cell that is not hashed: composed, without control characters and surrounding space.
 *
 * Spreadsheets run a cell that starts with = + - @ (also full-width) as a formula, and the people who open these files
 * do so in a spreadsheet. Such leading characters are removed, not escaped with an apostrophe as is usual: platforms
 * read the apostrophe as part of the name, while "Acme" and "@Acme" are the same company to them.
 * @param longest at most so many characters (code points, so that no pair is cut in half).
 */
export function plainText(text: string, longest = 500): string | undefined {
  const clean = spaced(composed(text.toWellFormed()).replaceAll(invisible, ' ')) ?? '';
  const harmless = clean.replace(/^[=+\-@＝＋－＠\s]+/u, '');
  if (harmless.length <= longest) return harmless || undefined;
  return Array.from(harmless).slice(0, longest).join('').trim() || undefined;
}

/**
 * A key that is not hashed, such as an id. It must not change by a character, so one that a spreadsheet would run as
 * a formula, or that holds control characters, is unusable instead.
 */
export function plainKey(text: string): string | undefined {
  const key = text.trim();
  return key !== '' && plainText(key) === key ? key : undefined;
}

/** A domain from what people write: `https://www.Acme.com/about` gives `acme.com`. */
export function domain(text: string): string | undefined {
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z\d+.-]*:\/\//, '')
    .replace(/[/?#:].*$/su, '')
    .replace(/^www\.|\.$/g, '');
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}.-]*$/u.test(host) && isEmail(`a@${host}`) ? host : undefined;
}

/** The address of a company's LinkedIn page, from an address in any of its usual forms. */
export function linkedinPage(text: string): string | undefined {
  const slug = /^(?:https?:\/\/)?(?:[a-z]{2,3}\.)?linkedin\.com\/company\/([^/?#\s]+)/i.exec(
    text.trim(),
  )?.[1];
  return slug && `https://www.linkedin.com/company/${slug.toLowerCase()}`;
}

/** A value of a value-based seed list: a number of at least 0 in plain decimals; at most six of them. */
export function seedValue(value: number): string | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined;
  if (value >= 1e21) return BigInt(value).toString();
  return value.toFixed(6).replace(/\.?0+$/, '');
}

/** NFC. Most texts are ASCII, which is composed as it stands. */
function composed(text: string): string {
  return isAscii(text) ? text : text.normalize('NFC');
}

// eslint-disable-next-line no-control-regex
const beyondAscii = /[^\x00-\x7f]/;

function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

function spaced(text: string): string | undefined {
  return (needsSpacing.test(text) ? text.replaceAll(/\s+/g, ' ').trim() : text) || undefined;
}

/** White space other than single spaces between words. */
const needsSpacing = /^\s|\s$|\s\s|[^\S ]/;
