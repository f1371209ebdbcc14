import { describe, expect, it } from 'vitest';
import { RowReader } from './row-to-contact.js';

function consentsIn(target: string, cell: string) {
  const reading = new RowReader({ headers: ['Column'], targets: [target] }).read([cell]);
  return reading.ok ? (reading.contact.consents ?? []).map(({ state }) => state) : reading.problem.message;
}

describe('a column of opt-outs', () => {
  it.each(['yes', 'TRUE', '1', 'Opted out', 'opted-out', 'Unsubscribed', 'withdrawn'])(
    'says with %j that the consent is withdrawn',
    (cell) => expect(consentsIn('opt_out.email', cell)).toEqual(['withdrawn']),
  );

  it.each(['no', 'false', '0', 'Subscribed', 'Opted in', 'unknown'])('says nothing with %j', (cell) =>
    expect(consentsIn('opt_out.email', cell)).toEqual([]),
  );

  it('is not guessed from other words', () => {
    expect(consentsIn('opt_out.email', 'perhaps')).toMatch(/yes or no/u);
  });
});

describe('a column of consents', () => {
  it.each([
    ['yes', 'granted'],
    ['Opted in', 'granted'],
    ['no', 'withdrawn'],
    ['opt out', 'withdrawn'],
    ['Unsubscribed', 'withdrawn'],
  ])('says with %j that it is %s', (cell, state) => expect(consentsIn('consent.ads', cell)).toEqual([state]));
});
