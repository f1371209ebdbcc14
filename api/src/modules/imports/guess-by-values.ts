import type { MappingTarget } from './suggest-mapping.js';

/** The share of a column's values that must look alike. */
const share = 0.9;

const email = /^[^\s@"<>]+@[^\s@]+\.[\p{L}\p{N}-]{2,}$/u;
/** Digits alone could be any number: a phone number has a plus, or is written in groups. */
const phone = /^(?:\+\d[\d\s()./-]{6,20}|\(?\d{2,5}\)?[\s./-][\d\s./-]{5,16})$/u;
const date = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/u;

const looks: [target: MappingTarget, fits: (value: string) => boolean][] = [
  ['email', (value) => email.test(value)],
  ['phone', (value) => phone.test(value) && !date.test(value) && value.replaceAll(/\D/gu, '').length >= 7],
  ['linkedin_url', (value) => /^(?:https?:\/\/)?(?:[a-z]{2,3}\.)?linkedin\.com\/(?:in|pub)\//iu.test(value)],
];

/** What a column holds, by its values; undefined when they do not say. */
export function guessByValues(values: readonly string[]): MappingTarget | undefined {
  if (values.length === 0) return undefined;
  return looks.find(([, fits]) => values.filter(fits).length >= values.length * share)?.[0];
}
