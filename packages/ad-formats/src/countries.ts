import { getCountries } from 'libphonenumber-js/max';

/** Names in common use that the Unicode names do not cover, in lower case. */
const otherNames: Record<string, string> = {
  usa: 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  america: 'US',
  'united states of america': 'US',
  'the united states': 'US',
  uk: 'GB',
  'u.k.': 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'czech republic': 'CZ',
  holland: 'NL',
  'the netherlands': 'NL',
  korea: 'KR',
  'republic of korea': 'KR',
  'russian federation': 'RU',
  turkey: 'TR',
  'viet nam': 'VN',
  uae: 'AE',
  'ivory coast': 'CI',
  macedonia: 'MK',
  swaziland: 'SZ',
  burma: 'MM',
};

const codes = new Set<string>(getCountries());
const names = englishNames();

function englishNames(): Map<string, string> {
  const english = new Intl.DisplayNames(['en'], { type: 'region' });
  const known = [...codes].map((code) => [(english.of(code) ?? code).toLowerCase(), code] as const);
  return new Map([...Object.entries(otherNames), ...known]);
}

/** ISO 3166-1 alpha-2 in upper case, from such a code or a common English name; undefined for anything else. */
export function countryCode(text: string): string | undefined {
  const name = text.trim().replaceAll(/\s+/g, ' ');
  const code = name.toUpperCase();
  return codes.has(code) ? code : names.get(name.toLowerCase());
}
