import { describe, expect, it } from 'vitest';
import {
  anniversaryDays,
  dateSpan,
  dayIn,
  durationInWords,
  endOf,
  eventSpan,
  fixedLength,
  heldSince,
  instantOf,
  isInstant,
  minuteOf,
  nextMinute,
  parseDuration,
  startOf,
} from './time.js';

const BERLIN = 'Europe/Berlin';
const at = (text: string) => new Date(text);

describe('durations', () => {
  it.each([
    ['30d', { amount: 30, unit: 'd' }],
    ['1mo', { amount: 1, unit: 'mo' }],
    ['0m', { amount: 0, unit: 'm' }],
    ['100y', { amount: 100, unit: 'y' }],
  ])('%s', (text, duration) => expect(parseDuration(text)).toStrictEqual(duration));

  it.each(['', 'd', '30', '01d', '-1d', '1.5d', '1 d', '1D', '1s', '101y', '99999999999d', '1d '])(
    'refuses "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
      expect(() => startOf(new Date(0), text, 'UTC')).toThrow(RangeError);
    },
  );

  it('has a fixed length but for months and years', () => {
    expect(fixedLength('2w')).toBe(14 * 86_400_000);
    expect(fixedLength('1mo')).toBeUndefined();
    expect(durationInWords('1mo')).toBe('1 month');
    expect(durationInWords('90m')).toBe('90 minutes');
  });
});

describe('bounds', () => {
  it('move by the minute', () => {
    expect(minuteOf(at('2026-03-29T12:34:56.789Z'))).toStrictEqual(at('2026-03-29T12:34:00Z'));
    expect(minuteOf(at('1969-12-31T23:59:30Z'))).toStrictEqual(at('1969-12-31T23:59:00Z'));
    expect(nextMinute(at('2026-03-29T12:34:00.000Z'))).toStrictEqual(at('2026-03-29T12:35:00Z'));
    expect(startOf(at('2026-03-29T12:34:56.789Z'), '1h', 'UTC')).toStrictEqual(at('2026-03-29T11:34:00Z'));
    expect(endOf(at('2026-03-29T12:34:56.789Z'), '1h', 'UTC')).toStrictEqual(at('2026-03-29T13:34:00Z'));
  });

  it('take a day as 24 hours, and a month by the calendar, where the clock changes', () => {
    // Berlin went from +01:00 to +02:00 on 29 March 2026 at 01:00 UTC.
    const noon = at('2026-03-29T10:00:00Z');
    expect(startOf(noon, '1d', BERLIN)).toStrictEqual(at('2026-03-28T10:00:00Z'));
    expect(startOf(noon, '1mo', BERLIN)).toStrictEqual(at('2026-02-28T11:00:00Z'));
    // 02:30 does not exist on that day: two months after 29 January, 02:30 is 03:30.
    expect(endOf(at('2026-01-29T01:30:00Z'), '2mo', BERLIN)).toStrictEqual(at('2026-03-29T01:30:00Z'));
    // 02:30 comes twice on 25 October 2026: the first counts.
    expect(endOf(at('2026-09-25T00:30:00Z'), '1mo', BERLIN)).toStrictEqual(at('2026-10-25T00:30:00Z'));
  });

  it('clamp months to their end', () => {
    expect(startOf(at('2026-03-31T12:00:00Z'), '1mo', 'UTC')).toStrictEqual(at('2026-02-28T12:00:00Z'));
    expect(startOf(at('2024-03-31T12:00:00Z'), '1mo', 'UTC')).toStrictEqual(at('2024-02-29T12:00:00Z'));
    expect(startOf(at('2024-02-29T12:00:00Z'), '1y', 'UTC')).toStrictEqual(at('2023-02-28T12:00:00Z'));
    expect(endOf(at('2026-01-31T12:00:00Z'), '1mo', 'UTC')).toStrictEqual(at('2026-02-28T12:00:00Z'));
  });

  it('of windows on events end with the current minute, but for two given instants', () => {
    const now = at('2026-03-29T12:34:56.789Z');
    const to = at('2026-03-29T12:35:00Z');
    expect(eventSpan(undefined, now, BERLIN)).toStrictEqual({ from: null, to });
    expect(eventSpan({ last: '30d' }, now, BERLIN)).toStrictEqual({ from: at('2026-02-27T12:34:00Z'), to });
    expect(eventSpan({ since: '2026-03-01' }, now, BERLIN)).toStrictEqual({
      from: at('2026-02-28T23:00:00Z'),
      to,
    });
    expect(eventSpan({ between: ['2026-03-01', '2026-04-01'] }, now, BERLIN)).toStrictEqual({
      from: at('2026-02-28T23:00:00Z'),
      to: at('2026-03-31T22:00:00Z'),
    });
  });

  it('of dates count both ends to the minute', () => {
    const now = at('2026-03-29T12:34:56.789Z');
    expect(dateSpan('within_last', '1h', now, 'UTC')).toStrictEqual({
      from: at('2026-03-29T11:34:00Z'),
      to: at('2026-03-29T12:35:00Z'),
    });
    expect(dateSpan('within_next', '1h', now, 'UTC')).toStrictEqual({
      from: at('2026-03-29T12:34:00Z'),
      to: at('2026-03-29T13:35:00Z'),
    });
    expect(heldSince({ lessThan: '1h' }, now, 'UTC')).toStrictEqual(at('2026-03-29T11:34:00Z'));
  });
});

describe('anniversaries', () => {
  it('run from today in the zone', () => {
    expect(anniversaryDays('2d', at('2026-12-30T23:30:00Z'), 'UTC')).toStrictEqual([
      '12-30',
      '12-31',
      '01-01',
    ]);
    expect(anniversaryDays('0d', at('2026-12-30T23:30:00Z'), BERLIN)).toStrictEqual(['12-31']);
    expect(dayIn(BERLIN, at('1980-12-30T23:30:00Z'))).toBe('12-31');
  });

  it('of 29 February fall on the 28th in other years', () => {
    expect(anniversaryDays('1d', at('2026-02-27T12:00:00Z'), 'UTC')).toStrictEqual([
      '02-27',
      '02-28',
      '02-29',
    ]);
    expect(anniversaryDays('0d', at('2026-03-01T12:00:00Z'), 'UTC')).toStrictEqual(['03-01']);
    expect(anniversaryDays('0d', at('2024-02-28T12:00:00Z'), 'UTC')).toStrictEqual(['02-28']);
    expect(anniversaryDays('1d', at('2024-02-28T12:00:00Z'), 'UTC')).toStrictEqual(['02-28', '02-29']);
  });

  it('are every day within a year', () => {
    expect(anniversaryDays('52w', at('2026-02-27T12:00:00Z'), 'UTC')).toHaveLength(366);
    expect(anniversaryDays('36500d', at('2026-02-27T12:00:00Z'), 'UTC')).toHaveLength(366);
  });
});

describe('instants', () => {
  it.each([
    ['2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['2026-03-29T09:30Z', '2026-03-29T09:30:00.000Z'],
    ['2026-03-29T09:30:15.250+05:30', '2026-03-29T04:00:15.250Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
    ['2000-02-29', '2000-02-28T23:00:00.000Z'],
  ])('%s', (text, instant) => expect(instantOf(text, BERLIN).toISOString()).toBe(instant));

  it('start the day when the zone does, where midnight does not exist', () => {
    // São Paulo went from 00:00 to 01:00 on 4 November 2018.
    expect(instantOf('2018-11-04', 'America/Sao_Paulo').toISOString()).toBe('2018-11-04T03:00:00.000Z');
  });

  it.each([
    '',
    '2026',
    '2026-3-1',
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '0000-01-01',
    '2026-03-29T24:00Z',
    '2026-03-29T09:60Z',
    '2026-03-29T09:30',
    '2026-03-29T09:30z',
    '2026-03-29 09:30Z',
    '2026-03-29T09:30:15.1234Z',
    '2026-03-29T09:30+15:00',
    '+002026-03-29',
    '2026-03-29\n',
    ' 2026-03-29',
  ])('refuses "%s"', (text) => {
    expect(isInstant(text)).toBe(false);
    expect(() => instantOf(text, BERLIN)).toThrow(RangeError);
  });
});
