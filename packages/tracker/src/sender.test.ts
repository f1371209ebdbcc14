import { describe, expect, it } from 'vitest';
import { isWorthRetrying, waitAfter } from './sender.js';

/** Many waits, since chance has a part in them. */
function waits(failures: number, retryAfter?: string): { least: number; most: number } {
  const all = Array.from({ length: 500 }, () => waitAfter(failures, retryAfter));
  return { least: Math.min(...all), most: Math.max(...all) };
}

describe('waitAfter', () => {
  it.each([
    [0, 1],
    [1, 2],
    [4, 16],
    [8, 256],
    [9, 300],
    [5000, 300],
  ])('waits after %i failures up to %i seconds, and at least half of that', (failures, seconds) => {
    const { least, most } = waits(failures);
    expect(least).toBeGreaterThanOrEqual(seconds / 2);
    expect(least).toBeLessThan(seconds * 0.6);
    expect(most).toBeLessThanOrEqual(seconds);
    expect(most).toBeGreaterThan(seconds * 0.9);
  });

  it('never undercuts what the server asks for, in seconds or as a date, up to an hour', () => {
    expect(waits(0, '120')).toEqual({ least: 120, most: 120 });
    const { least } = waits(0, new Date(Date.now() + 120_000).toUTCString());
    expect(least).toBeGreaterThan(115);
    expect(waits(0, '100000').most).toBe(3600);
  });

  it.each(['', 'soon', '0', '-5', new Date(0).toUTCString()])('takes %j for nothing asked', (retryAfter) => {
    expect(waits(0, retryAfter).most).toBeLessThanOrEqual(1);
  });
});

describe('isWorthRetrying', () => {
  it('holds for what may pass, and not for what was taken or refused for good', () => {
    expect([0, 401, 403, 408, 429, 500, 503, 599].every(isWorthRetrying)).toBe(true);
    expect([200, 204, 400, 404, 413, 422].some(isWorthRetrying)).toBe(false);
  });
});
