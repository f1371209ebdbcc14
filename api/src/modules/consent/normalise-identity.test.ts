import { describe, expect, it } from 'vitest';
import { normaliseIdentity } from './normalise-identity.js';

describe('an e-mail address', () => {
  it('is folded, and kept as it came', () => {
    expect(normaliseIdentity('email', ' Ada.Lovelace@Example.COM ', null)).toEqual({
      kind: 'email',
      value: 'ada.lovelace@example.com',
      raw: 'Ada.Lovelace@Example.COM',
    });
  });

  it.each([
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'a b@example.com',
    'a@b@example.com',
    'a@exa..mple.com',
    'x\0@y.z',
  ])('is not %j', (text) => {
    expect(typeof normaliseIdentity('email', text, null)).toBe('string');
  });

  it('fits into an envelope', () => {
    const domain = `${'d'.repeat(60)}.${'d'.repeat(60)}.${'d'.repeat(60)}.com`;
    expect(normaliseIdentity('email', `a@${domain}`, null)).toMatchObject({ kind: 'email' });
    expect(typeof normaliseIdentity('email', `${'a'.repeat(64)}@${domain}d.${'d'.repeat(10)}`, null)).toBe(
      'string',
    );
  });
});

describe('a phone number', () => {
  it('is brought to E.164, by its own country code or the default one', () => {
    const value = (text: string, country: string | null): unknown => {
      const identity = normaliseIdentity('phone', text, country);
      return typeof identity === 'string' ? identity : identity.value;
    };
    expect(value('+1 (202) 555-0123', null)).toBe('+12025550123');
    expect(value('0664/123 45 67', 'AT')).toBe('+436641234567');
    expect(value('+44 20 7946 0958', 'AT')).toBe('+442079460958');
    expect(value('0664 1234567', null)).toContain('country code');
    expect(value('12', 'AT')).toContain('not a valid phone number');
    expect(value('call me at +12025550123', 'US')).toContain('not a valid phone number');
  });
});

describe('an id', () => {
  it('is kept to the letter, without blanks around it', () => {
    expect(normaliseIdentity('external_id', ' C-1 ', null)).toEqual({
      kind: 'external_id',
      value: 'C-1',
      raw: 'C-1',
    });
    expect(typeof normaliseIdentity('external_id', '  ', null)).toBe('string');
    expect(typeof normaliseIdentity('anonymous_id', 'x'.repeat(501), null)).toBe('string');
    expect(typeof normaliseIdentity('anonymous_id', '\udfff', null)).toBe('string');
  });
});
