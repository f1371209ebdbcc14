import { describe, expect, it } from 'vitest';
import { endOfQuiet } from './quiet-hours.js';

const berlin = 'Europe/Berlin';
const end = (now: string, from: string, to: string): string | undefined =>
  endOfQuiet(new Date(now), { from, to }, berlin)?.toISOString();

describe('quiet hours', () => {
  it.each([
    ['2026-07-01T18:30:00Z', '20:00', '08:00', '2026-07-02T06:00:00.000Z'],
    ['2026-07-02T02:00:00Z', '20:00', '08:00', '2026-07-02T06:00:00.000Z'],
    ['2026-07-02T06:00:00Z', '20:00', '08:00', undefined],
    ['2026-07-02T12:00:00Z', '20:00', '08:00', undefined],
    ['2026-07-02T11:00:00Z', '12:00', '14:00', '2026-07-02T12:00:00.000Z'],
    ['2026-07-02T09:59:59Z', '12:00', '14:00', undefined],
    // The clocks go back an hour in this night.
    ['2026-10-24T22:00:00Z', '22:00', '07:00', '2026-10-25T06:00:00.000Z'],
  ])('at %s from %s to %s end at %s', (now, from, to, expected) => expect(end(now, from, to)).toBe(expected));

  it('are none unless they are set', () => {
    expect(endOfQuiet(new Date(), null, berlin)).toBeNull();
  });
});
