import { describe, expect, test } from 'vitest';
import { sha256 } from '../hash.js';
import { describePlatform } from './platform.contract.js';
import { createX } from './x.js';

const x = createX();

describePlatform(x);
describePlatform(createX({ phone: 'digits' }));

describe('X', () => {
  const person = { emails: ['A@x.example'], phones: ['+16505551212'], externalId: 'crm-17' };

  test('hashes everything but the id of the partner', () => {
    expect(x.headers()).toEqual(['email', 'phone_number', 'device_id', 'partner_user_id']);
    expect(x.row(person)).toEqual([sha256('a@x.example'), sha256('+16505551212'), '', 'crm-17']);
    expect(x.row(person, ['external_id'])).toBeUndefined();
  });

  test('can take phone numbers without +', () => {
    expect(createX({ phone: 'digits' }).row(person)?.[1]).toBe(sha256('16505551212'));
  });
});
