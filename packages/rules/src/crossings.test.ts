import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anniversaryTurns,
  comingMinute,
  endBound,
  startBound,
  thisMinute,
  type MovingBound,
} from './crossings.js';
import { ZONES } from './testing/vocabulary.js';
import { anniversaryDays, dayIn, endOf, minuteOf, nextMinute, startOf, startOfDay } from './time.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** The days after which clocks are changed, months end or February is short, and some others. */
const days = [
  '2024-02-28',
  '2025-03-28',
  '2025-03-30',
  '2025-03-09',
  '2025-10-25',
  '2025-11-01',
  '2026-02-27',
  '2026-05-30',
  '2026-07-15',
];

/** The minutes, out of all of them, at which a bound comes to lie after an instant or does so no more. */
function everyCrossing(at: (now: Date) => Date, instant: Date, from: number, to: number): string[] {
  const found: string[] = [];
  let isBeyond = at(new Date(from - MINUTE)) > instant;
  for (let minute = from; minute < to; minute += MINUTE) {
    if (at(new Date(minute)) > instant === isBeyond) continue;
    isBeyond = !isBeyond;
    found.push(new Date(minute).toISOString());
  }
  return found;
}

const within = (crossings: Date[], from: number, to: number): string[] =>
  crossings.filter((each) => each.getTime() >= from && each.getTime() < to).map((each) => each.toISOString());

describe('a bound that moves with the time', () => {
  it.each<[string, MovingBound, (now: Date) => Date]>([
    ['this minute', thisMinute, minuteOf],
    ['the coming minute', comingMinute, nextMinute],
    ['3 hours ago', startBound('3h', 'Europe/Berlin'), (now) => startOf(now, '3h', 'Europe/Berlin')],
    ['in 2 days', endBound('2d', 'Europe/Berlin'), (now) => nextMinute(endOf(now, '2d', 'Europe/Berlin'))],
  ])('crosses an instant once when it keeps a fixed distance: %s', (_, bound, at) => {
    for (const offset of [0, 1, 59_999, 60_000]) {
      const instant = new Date(Date.parse('2025-03-30T00:00:00Z') + offset);
      const [crossing, ...more] = bound.crossings(instant);
      expect(more).toEqual([]);
      expect(at(crossing!) > instant).toBe(true);
      expect(at(new Date(crossing!.getTime() - MINUTE)) > instant).toBe(false);
    }
  });

  it('crosses an instant again each midnight while it waits for a short month', () => {
    const crossings = startBound('1mo', 'UTC').crossings(new Date('2026-02-28T12:00:00Z'));
    expect(crossings.map((each) => each.toISOString().slice(5, 16))).toEqual([
      '03-28T12:01',
      '03-29T00:00',
      '03-29T12:01',
      '03-30T00:00',
      '03-30T12:01',
      '03-31T00:00',
      '03-31T12:01',
    ]);
  });

  it(
    'crosses an instant at those minutes, of all there are, at which it does',
    () => {
      const property = fc.property(
        fc.constantFrom(...days),
        fc.integer({ min: 0, max: 4 * 1_440 }),
        fc.constantFrom(0, 0, 1, 30_500),
        fc.constantFrom('1mo', '2mo', '3mo', '6mo', '1y'),
        fc.constantFrom(...ZONES, 'Australia/Lord_Howe', 'Africa/Cairo'),
        fc.boolean(),
        (day, minutes, offset, duration, zone, isStart) => {
          const instant = new Date(Date.parse(day) + minutes * MINUTE + offset);
          const [bound, at, middle] = isStart
            ? [
                startBound(duration, zone),
                (now: Date) => startOf(now, duration, zone),
                endOf(instant, duration, zone),
              ]
            : [
                endBound(duration, zone),
                (now: Date) => nextMinute(endOf(now, duration, zone)),
                startOf(instant, duration, zone),
              ];
          const [from, to] = [middle.getTime() - 3.2 * DAY, middle.getTime() + 3.2 * DAY];
          const first = minuteOf(new Date(from)).getTime();
          expect(within(bound.crossings(instant), first, to)).toEqual(everyCrossing(at, instant, first, to));
        },
      );
      fc.assert(property, { numRuns: 25 });
    },
    10 * 60_000,
  );
});

describe('the days on which an anniversary turns', () => {
  it.each([
    ['1980-02-29T12:00:00Z', '0d'],
    ['1980-02-29T12:00:00Z', '7d'],
    ['1980-02-28T23:30:00Z', '1d'],
    ['1990-12-31T12:00:00Z', '2w'],
    ['1990-01-01T00:00:00Z', '3d'],
  ])('are among those that are told: of %s, %s ahead', (birthday, duration) => {
    const [from, to] = [new Date('2024-01-15T12:00:00Z'), new Date('2028-04-01T00:00:00Z')];
    const instant = new Date(birthday);
    for (const zone of ['UTC', 'Europe/Berlin']) {
      const turns: number[] = [];
      let held: boolean | undefined;
      for (let day = from; day <= to; day = startOfDay(new Date(day.getTime() + 1.1 * DAY), zone)) {
        const holds = anniversaryDays(duration, day, zone).includes(dayIn(zone, instant));
        if (held !== undefined && holds !== held) turns.push(day.getTime());
        held = holds;
      }
      const told = anniversaryTurns(instant, duration, zone, { from, to }).map((turn) => turn.getTime());
      expect(turns.length).toBeGreaterThanOrEqual(8);
      expect(turns.filter((turn) => !told.includes(turn))).toEqual([]);
    }
  });
});
