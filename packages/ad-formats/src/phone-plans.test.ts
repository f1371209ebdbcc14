import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile';
import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { isKnownNumber } from './phone-plans.js';

const numRuns = process.env['FULL'] === '1' ? 500_000 : 20_000;
const exampleNumbers = getCountries().flatMap((country) => getExampleNumber(country, examples)?.number ?? []);

/** What the library says of a number in E.164: whether it is valid, and would be handed out as it stands. */
function libraryKnows(text: string): boolean {
  const number = parsePhoneNumberFromString(text, { extract: false });
  return number?.isValid() === true && number.number === text;
}

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });

/** Anything behind a real calling code, and real numbers with other last digits. */
const numbers = fc.oneof(
  fc
    .tuple(fc.constantFrom(...getCountries()), digits(3, 12))
    .map(([country, rest]) => `+${getCountryCallingCode(country)}${rest}`),
  fc
    .tuple(fc.constantFrom(...exampleNumbers), digits(1, 8))
    .map(([number, rest]) => number.slice(0, -rest.length) + rest),
);

describe('what is known of phone numbers without the library', () => {
  it('is never a number that the library refuses or would change', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        expect(isKnownNumber(number) && !libraryKnows(number)).toBe(false);
      }),
      { numRuns },
    );
  });

  it('is nearly every number that the library knows', () => {
    const known = exampleNumbers.filter(isKnownNumber);
    expect(known.length / exampleNumbers.length).toBeGreaterThan(0.95);
  });

  it.each(['4155552671', '+1 415 555 2671', '+0415', '+999123456789', '+1415555267', ''])(
    'is nothing of "%s", which is left to the library',
    (text) => expect(isKnownNumber(text)).toBe(false),
  );
});
