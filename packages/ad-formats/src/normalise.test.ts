import { describe, expect, test } from 'vitest';
import { countryCode } from './countries.js';
import { sha256 } from './hash.js';
import { domain, isEmail, mobileAdId, phone, plainKey, plainText } from './normalise.js';

describe('isEmail', () => {
  test.each(['a@b.co', "o'brien+tag@mail.example.com", 'jürgen@müller.example', 'x@1.2'])(
    'takes %s',
    (text) => {
      expect(isEmail(text)).toBe(true);
    },
  );

  test.each([
    '',
    'a',
    '@b.co',
    'a@',
    'a@b',
    'a@b.',
    'a@.co',
    'a@b..co',
    'a@@b.co',
    'a@b@c.co',
    'a b@c.co',
    'a@b .co',
    'a\n@b.co',
    'a\u0000@b.co',
    'a\u200B@b.co',
    'a\uD800@b.co',
    `${'a'.repeat(320)}@b.co`,
  ])('refuses %j', (text) => {
    expect(isEmail(text)).toBe(false);
  });
});

describe('phone', () => {
  test('reads international numbers anywhere, national ones in their country', () => {
    expect(phone('+44 20 7946 0958')).toBe('+442079460958');
    expect(phone('+44 20 7946 0958', 'US')).toBe('+442079460958');
    expect(phone('020 7946 0958', 'GB')).toBe('+442079460958');
    expect(phone('0049 30 901820')).toBe('+4930901820');
    expect(phone('16505551212', 'US')).toBe('+16505551212');
  });

  test.each(['', 'abc', '+', '+1', '123', '+1 650 555 12', '+999 123456789', 'call +1 650 555 1212 now'])(
    'refuses %j',
    (text) => {
      expect(phone(text)).toBeUndefined();
    },
  );
});

describe('countryCode', () => {
  test.each([
    ['us', 'US'],
    [' USA ', 'US'],
    ['United States', 'US'],
    ['uk', 'GB'],
    ['Germany', 'DE'],
    ['Czech  Republic', 'CZ'],
    ['Czechia', 'CZ'],
    ['South Korea', 'KR'],
  ])('%s is %s', (text, code) => {
    expect(countryCode(text)).toBe(code);
  });

  test.each(['', 'XX', 'Atlantis', 'constructor'])('%j is none', (text) => {
    expect(countryCode(text)).toBeUndefined();
  });
});

describe('cells that are not hashed', () => {
  test.each([
    ['=1+1', '1+1'],
    ['@SUM(A1)', 'SUM(A1)'],
    ['\t=cmd', 'cmd'],
    ['+-=@x', 'x'],
    ['＝x', 'x'],
    ['A & B = C', 'A & B = C'],
    ['a\u0000b', 'a b'],
    ['===', undefined],
  ])('%j becomes %j', (text, expected) => {
    expect(plainText(text)).toBe(expected);
  });

  test('keys are taken as they are or not at all', () => {
    expect(plainKey(' crm-17 ')).toBe('crm-17');
    expect(plainKey('-17')).toBeUndefined();
    expect(plainKey('a\u0000b')).toBeUndefined();
  });
});

test('domains are found in addresses', () => {
  expect(domain('HTTPS://www.Acme.co.uk:8080/x?y#z')).toBe('acme.co.uk');
  expect(domain('müller.example.')).toBe('müller.example');
  expect(domain('localhost')).toBeUndefined();
  expect(domain('dana@acme.example')).toBeUndefined();
});

test('advertising ids that are switched off do not count', () => {
  expect(mobileAdId('AECE52E7-03EE-455A-B3C4-E57283966239')).toBe('aece52e7-03ee-455a-b3c4-e57283966239');
  expect(mobileAdId('00000000-0000-0000-0000-000000000000')).toBeUndefined();
  expect(mobileAdId('aece52e7')).toBeUndefined();
});

test('hashes are of the UTF-8 bytes', () => {
  expect(sha256('정')).toBe('8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14');
});
