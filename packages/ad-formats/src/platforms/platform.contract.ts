import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, Identifier, Person, Platform } from '../platform.js';

const everything: Person = {
  externalId: 'crm-17',
  emails: [' Dana.King@Example.com ', 'dana@king.example', 'not an address'],
  phones: ['+1 (650) 555-1212', '+44 20 7946 0958', '12'],
  firstName: ' Dana ',
  lastName: 'King',
  city: 'San Francisco',
  state: 'California',
  postalCode: '94107-1234',
  country: 'United States',
  birthday: '1985-02-28',
  gender: 'female',
  mobileAdIds: ['AECE52E7-03EE-455A-B3C4-E57283966239'],
  jobTitle: 'CTO',
  companyName: 'Example, Inc.',
  value: 12.5,
};
const nobody: Person = { emails: ['no'], phones: ['12'], firstName: 'Dana', country: 'US' };

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '=1+1',
    '@cmd',
    '-2',
    '\t=A1',
    'a@b.co',
    '+16505551212',
    'CA',
    'US',
    '정',
    'Dr. Valéry Jr.',
  ),
);
const optional = fc.option(text);
const people: fc.Arbitrary<Person> = fc.record({
  externalId: optional,
  emails: fc.array(text, { maxLength: 4 }),
  phones: fc.array(text, { maxLength: 4 }),
  firstName: optional,
  lastName: optional,
  city: optional,
  state: optional,
  postalCode: optional,
  country: optional,
  birthday: optional,
  gender: optional,
  mobileAdIds: fc.array(text, { maxLength: 2 }),
  jobTitle: optional,
  companyName: optional,
  value: fc.option(fc.double()),
});

/** What every platform keeps. Each platform's own test holds only what is particular to it. */
export function describePlatform(platform: Platform): void {
  describe(`${platform.label} keeps the contract of a platform`, () => {
    const fields = Object.keys(platform.fields) as Field[];

    test('a row has a cell for each header, whatever is chosen', () => {
      for (const chosen of subsets(platform.identifiers)) {
        const row = platform.row(everything, chosen);
        expect(row !== undefined, chosen.join()).toBe(platform.matches(chosen));
        expect(row?.length ?? platform.headers(chosen).length).toBe(platform.headers(chosen).length);
      }
    });

    test('of a complete person everything is usable', () => {
      expect(platform.usable(everything)).toEqual(platform.identifiers);
      expect(platform.matches(platform.identifiers)).toBe(true);
      expect(platform.matches([])).toBe(false);
    });

    test('a person whose addresses are all invalid is in no file', () => {
      expect(platform.usable(nobody)).not.toContain('email');
      expect(platform.usable(nobody)).not.toContain('phone');
      expect(platform.row(nobody)).toBeUndefined();
    });

    test('what was not chosen is not sent', () => {
      const all = new Set(platform.row(everything)?.filter(Boolean));
      for (const identifier of platform.identifiers) {
        const others = platform.identifiers.filter((other) => other !== identifier);
        const without = new Set(platform.row(everything, others)?.filter(Boolean));
        expect(without.size, identifier).toBeLessThan(all.size);
        expect([...without].filter((cell) => !all.has(cell))).toEqual([]);
      }
      expect(platform.row(everything, [])).toBeUndefined();
    });

    test('an API is told the same as a file, by field, and up to three values of one', () => {
      for (const chosen of subsets(platform.identifiers)) {
        const values = platform.values(everything, chosen);
        expect(values !== undefined, chosen.join()).toBe(platform.matches(chosen));
        const told = new Set(Object.values(values ?? {}).flat());
        const cells = (platform.row(everything, chosen) ?? []).filter(Boolean);
        expect(
          cells.filter((cell) => !told.has(cell)),
          chosen.join(),
        ).toEqual([]);
        const seed = platform.values(everything, chosen, { kind: 'seed' });
        expect(seed).toEqual(
          values && platform.kinds.includes('seed') ? { ...values, value: ['12.5'] } : values,
        );
      }
      const addresses = ['a', 'b', 'A', 'c', 'd'].map((name) => `${name}@x.example`);
      const sent = addresses.map((address) => platform.value('email', address)?.sent);
      expect(platform.values({ ...nobody, emails: addresses })?.email).toEqual([sent[0], sent[1], sent[3]]);
      expect(platform.values(nobody)).toBeUndefined();
    });

    test('hashes are SHA-256 in lower-case hexadecimal; letter case and space around a value do not change them', () => {
      const email = platform.value('email', 'dana@example.com');
      expect(email?.hashed).toBe(true);
      expect(email?.sent).toMatch(/^[\da-f]{64}$/);
      expect(platform.value('email', '  DANA@Example.COM\n')).toEqual(email);
    });

    test('it says whether it takes different addresses for one', () => {
      const hash = (address: string): string | undefined => platform.value('email', address)?.sent;
      const merged = [
        ['dana.king@gmail.com', 'danaking@gmail.com'],
        ['dana+news@king.example', 'dana@king.example'],
      ].some(([one = '', other = '']) => hash(one) === hash(other));
      expect(platform.mergesEmails).toBe(merged);
    });

    test('normalising what is normalised changes nothing', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...fields),
          text,
          fc.constantFrom('US', 'DE', undefined),
          (field, raw, country) => {
            const once = platform.fields[field]?.normalise(raw, country);
            // Digits without + are a number only together with a country; parts of a date are no date.
            if (once === undefined || field === 'phone' || field.startsWith('birth')) return;
            expect(platform.fields[field]?.normalise(once, country)).toBe(once);
            expect(platform.value(field, once, country)?.sent === once).toBe(!platform.fields[field]?.hashed);
          },
        ),
      );
    });

    test('any person gives a well-formed row or none, and no cell is a formula or holds a control character', () => {
      fc.assert(
        fc.property(people, fc.constantFrom('contacts' as const, 'seed' as const), (person, kind) => {
          const usable = platform.usable(person, { kind });
          const row = platform.row(person, platform.identifiers, { kind });
          expect(row !== undefined).toBe(platform.matches(usable));
          if (!row) return;
          expect(row).toHaveLength(platform.headers(platform.identifiers, { kind }).length);
          for (const cell of row) expect(cell).not.toMatch(/^[=+\-@＝＋－＠]|\p{Cc}|\p{Cs}/u);
        }),
      );
    });
  });
}

function subsets(identifiers: readonly Identifier[]): Identifier[][] {
  return identifiers.reduce<Identifier[][]>(
    (sets, next) => [...sets, ...sets.map((set) => [...set, next])],
    [[]],
  );
}
