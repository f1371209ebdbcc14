import { Metadata } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.max';

/*
 * The library builds each pattern anew for each number, which takes it tens of microseconds. Nearly all numbers come here
 * already in the form that they are wanted in, and of those it can be told with patterns that are kept. The numbering
 * plans are the library's own.
 */

/** What the library tells of a numbering plan, beyond what its types declare. */
interface NumberingPlan {
  nationalNumberPattern(): string;
  /** What people put in front of a number within the country; the library may take that off. */
  nationalPrefixForParsing(): string | undefined;
  leadingDigits(): string | undefined;
  type(name: string): { pattern(): string | undefined; possibleLengths(): number[] | undefined } | undefined;
}

/** A country among those of a calling code. */
interface Country {
  /** What all its numbers begin with, where that is what tells it from others of the same calling code. */
  leadingDigits: RegExp | undefined;
  isKnown(national: string): boolean;
}

interface CallingCode {
  prefix: RegExp | undefined;
  countries: Country[];
}

const types = [
  'FIXED_LINE',
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
];

const { country_calling_codes: countriesByCode } = metadata as {
  country_calling_codes: Record<string, string[]>;
};
const callingCodes = new Map<string, CallingCode>();

/**
 * Whether a text is a number in E.164 that the numbering plan of its country knows, and that the library would hand out as
 * it stands.
 * @returns false also for what only the library can tell.
 */
export function isKnownNumber(text: string): boolean {
  if (!/^\+[1-9]\d{5,14}$/.test(text)) return false;
  for (let length = 1; length <= 3; length += 1) {
    const code = callingCodeOf(text.slice(1, 1 + length));
    if (code) return isKnownIn(code, text.slice(1 + length));
  }
  return false;
}

function isKnownIn({ prefix, countries }: CallingCode, national: string): boolean {
  if (prefix?.test(national)) return false;
  for (const { leadingDigits, isKnown } of countries) {
    if (leadingDigits ? leadingDigits.test(national) : isKnown(national)) return isKnown(national);
  }
  return false;
}

function callingCodeOf(digits: string): CallingCode | undefined {
  const known = callingCodes.get(digits);
  const countries = countriesByCode[digits];
  if (known || !countries) return known;
  const prefix = planOf(countries[0]!).nationalPrefixForParsing();
  const code = { prefix: prefix ? beginning(prefix) : undefined, countries: countries.map(toCountry) };
  callingCodes.set(digits, code);
  return code;
}

function toCountry(id: string): Country {
  const plan = planOf(id);
  const whole = new RegExp(`^(?:${plan.nationalNumberPattern()})$`);
  const kinds = types.flatMap((name) => {
    const pattern = plan.type(name)?.pattern();
    return pattern
      ? [{ pattern: new RegExp(`^(?:${pattern})$`), lengths: plan.type(name)?.possibleLengths() }]
      : [];
  });
  const leadingDigits = plan.leadingDigits();
  return {
    leadingDigits: leadingDigits ? beginning(leadingDigits) : undefined,
    isKnown: (national) =>
      whole.test(national) &&
      kinds.some(
        ({ pattern, lengths }) => (lengths?.includes(national.length) ?? true) && pattern.test(national),
      ),
  };
}

function beginning(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})`);
}

function planOf(country: string): NumberingPlan {
  const plans = new Metadata(metadata as ConstructorParameters<typeof Metadata>[0]);
  plans.selectNumberingPlan(country as Parameters<Metadata['selectNumberingPlan']>[0]);
  return plans as unknown as NumberingPlan;
}
