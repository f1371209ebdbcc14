import { describe, expect, test } from 'vitest';
import { sha256 } from '../hash.js';
import type { Field, Person } from '../platform.js';
import { createGoogle } from './google.js';
import { describePlatform } from './platform.contract.js';

const google = createGoogle();
const normalised = (field: Field, text: string): string | undefined => google.value(field, text)?.normalised;

describePlatform(google);
describePlatform(createGoogle({ columns: 3 }));

test.each<[Field, string, string]>([
  ['email', 'dana@example.com', '07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3'],
  [
    'email',
    'Cloudy.SanFrancisco+shopping@gmail.com',
    '223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4',
  ],
  ['phone', '+1 800 555 0100', 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30'],
])('published vector: %s %s', (field, text, expected) => {
  expect(google.value(field, text)?.sent).toBe(expected);
});

describe('Google', () => {
  test('shortens addresses of Gmail alone, and keeps their domain', () => {
    expect(normalised('email', 'cloudy.sanfrancisco+shopping@gmail.com')).toBe(
      'cloudysanfrancisco@gmail.com',
    );
    expect(normalised('email', 'A.B+c@GoogleMail.com')).toBe('ab@googlemail.com');
    expect(normalised('email', 'a.b+c@example.com')).toBe('a.b+c@example.com');
    expect(normalised('email', 'a.b+c@gmail.com.example')).toBe('a.b+c@gmail.com.example');
    expect(normalised('email', 'a.b@notgmail.com')).toBe('a.b@notgmail.com');
    expect(normalised('email', '+news@gmail.com')).toBeUndefined();
    expect(normalised('email', '...@gmail.com')).toBeUndefined();
  });

  test('removes all white space from addresses', () => {
    expect(normalised('email', ' da na@\texample.com')).toBe('dana@example.com');
  });

  test('takes names without title and suffix', () => {
    expect(normalised('firstName', ' Dr. Dana ')).toBe('dana');
    expect(normalised('lastName', 'King, Jr.')).toBe('king');
    expect(normalised('lastName', 'O’Neil III')).toBe('o’neil');
    expect(normalised('firstName', 'Miss')).toBe('miss');
    expect(normalised('firstName', 'Drew')).toBe('drew');
  });

  const address: Person = {
    emails: [],
    phones: [],
    firstName: 'Dana',
    lastName: 'King',
    country: 'germany',
    postalCode: '10115',
  };

  test('writes the headers of its template, whatever is chosen', () => {
    const headers = ['Email', 'Phone', 'First Name', 'Last Name', 'Country', 'Zip'];
    expect(google.headers()).toEqual(headers);
    expect(google.headers(['email'])).toEqual(headers);
  });

  test('hashes names, not country and postal code', () => {
    expect(google.row(address)).toEqual(['', '', sha256('dana'), sha256('king'), 'DE', '10115']);
  });

  test('sends an address whole or not at all', () => {
    expect(google.row({ ...address, postalCode: null })).toBeUndefined();
    expect(google.row(address, ['name'])).toBeUndefined();
    const partial = { ...address, lastName: '', emails: ['dana@example.com'] };
    expect(google.row(partial)?.slice(1)).toEqual(['', '', '', '', '']);
    expect(google.usable(partial)).toEqual(['email', 'location']);
  });

  test('can have several columns of addresses', () => {
    const row = createGoogle({ columns: 2 }).row({ emails: ['a@x.example', 'b@x.example'], phones: [] });
    expect(row?.slice(0, 3)).toEqual([sha256('a@x.example'), sha256('b@x.example'), '']);
  });
});
