import { describe, expect, test } from 'vitest';
import { sha256 } from '../hash.js';
import type { Field, Person } from '../platform.js';
import { createMeta } from './meta.js';
import { describePlatform } from './platform.contract.js';

const meta = createMeta();
const normalised = (field: Field, text: string, country?: string): string | undefined =>
  meta.value(field, text, country)?.normalised;

describePlatform(meta);
describePlatform(createMeta({ externalIdIsAppUserId: true, birthDate: true }));

test.each<[Field, string, string]>([
  ['email', ' John_Smith@gmail.com ', '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f'],
  ['phone', '+1 (650) 555-1212', 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176'],
  ['firstName', 'Mary', '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
  ['firstName', 'Valéry', '08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c'],
  ['firstName', 'Vale\u0301ry', '08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c'],
  ['firstName', ' 정 ', '8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14'],
  ['country', 'United States', '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621'],
])('published vector: %s %s', (field, text, expected) => {
  expect(meta.value(field, text)?.sent).toBe(expected);
});

describe('Meta', () => {
  test('keeps dots and tags of gmail addresses', () => {
    expect(normalised('email', 'A.b+c@GMAIL.com')).toBe('a.b+c@gmail.com');
  });

  test('takes phone numbers as digits with country code', () => {
    expect(normalised('phone', '0044 20 7946 0958')).toBe('442079460958');
    expect(normalised('phone', '(650) 555-1212', 'US')).toBe('16505551212');
    expect(normalised('phone', '(650) 555-1212')).toBeUndefined();
  });

  test('takes names without punctuation, in their own script', () => {
    expect(normalised('lastName', "O'Brien-Müller")).toBe('obrienmüller');
    expect(normalised('lastName', ' van  der Berg ')).toBe('van der berg');
    expect(normalised('lastName', '...')).toBeUndefined();
  });

  test('takes cities without spaces, states of the US as two letters, postal codes short', () => {
    expect(normalised('city', 'St. Louis')).toBe('stlouis');
    expect(normalised('state', 'New York', 'US')).toBe('ny');
    expect(normalised('state', 'CA', 'US')).toBe('ca');
    expect(normalised('state', 'Ontario', 'US')).toBeUndefined();
    expect(normalised('state', 'Île-de-France', 'FR')).toBe('îledefrance');
    expect(normalised('postalCode', '94107-1234', 'US')).toBe('94107');
    expect(normalised('postalCode', '9410', 'US')).toBeUndefined();
    expect(normalised('postalCode', 'SW1A 1AA', 'GB')).toBe('sw1a1aa');
  });

  test('takes gender as one letter and birthdays in parts', () => {
    expect(normalised('gender', 'Female')).toBe('f');
    expect(normalised('gender', 'M')).toBe('m');
    expect(normalised('gender', 'other')).toBeUndefined();
    expect(normalised('birthYear', '1985-02-08')).toBe('1985');
    expect(normalised('birthMonth', '1985-02-08')).toBe('02');
    expect(normalised('birthDay', '1985-02-08')).toBe('08');
    expect(normalised('birthYear', '1985-02-30')).toBeUndefined();
  });

  const person: Person = {
    externalId: '42',
    emails: ['a@x.example', 'b@x.example', 'A@x.example', 'c@x.example', 'd@x.example'],
    phones: ['+16505551212'],
    mobileAdIds: ['AECE52E7-03EE-455A-B3C4-E57283966239'],
    birthday: '1985-02-08',
    value: 0,
  };

  test('writes up to three different addresses and only the columns that were chosen', () => {
    expect(meta.headers(['email', 'phone'])).toEqual(['email', 'email', 'email', 'phone', 'phone', 'phone']);
    expect(meta.row(person, ['email', 'phone'])).toEqual([
      sha256('a@x.example'),
      sha256('b@x.example'),
      sha256('c@x.example'),
      sha256('16505551212'),
      '',
      '',
    ]);
  });

  test('names its columns as Meta does', () => {
    const all = createMeta({ externalIdIsAppUserId: true, birthDate: true });
    expect([...new Set(all.headers(all.identifiers, { kind: 'seed' }))]).toEqual(
      'email phone madid fn ln ct st country uid zip dob doby gen value'.split(' '),
    );
  });

  test('sends ids of phones and app users as they are', () => {
    expect(meta.row(person, ['mobile_ad_id'])).toEqual(['aece52e7-03ee-455a-b3c4-e57283966239']);
    expect(meta.identifiers).not.toContain('external_id');
    const withIds = createMeta({ externalIdIsAppUserId: true });
    expect(withIds.row(person, ['external_id'])).toEqual(['42']);
    expect(withIds.row({ ...person, externalId: '=42' }, ['external_id'])).toBeUndefined();
  });

  test.each([
    [0, '0'],
    [12.5, '12.5'],
    [100, '100'],
    [1e-7, '0'],
    [1e22, '10000000000000000000000'],
    [-1, ''],
    [Number.NaN, ''],
    [null, ''],
  ])('a seed carries the value %s as "%s"', (value, cell) => {
    const row = meta.row({ ...person, value }, ['mobile_ad_id'], { kind: 'seed' });
    expect(row).toEqual(['aece52e7-03ee-455a-b3c4-e57283966239', cell]);
    expect(meta.headers(['mobile_ad_id'], { kind: 'seed' })).toEqual(['madid', 'value']);
  });

  test('can hash the whole birthday', () => {
    const row = createMeta({ birthDate: true }).row(person, ['mobile_ad_id', 'birthday']);
    expect(row?.slice(1)).toEqual([sha256('19850208'), sha256('1985')]);
  });
});
