import { describe, expect, it } from 'vitest';
import { daily } from './daily.js';

const now = Date.parse('2026-11-25T12:00:00Z');
const point = (at: string, size: number, entered = 0, exited = 0) => ({ at, size, entered, exited });

describe('the days of a segment’s growth', () => {
  it('are as large as the day before when nothing moved, and unknown before the first point', () => {
    const days = daily([point('2026-11-23T10:00:00Z', 12)], 4, 'UTC', now);
    expect(days.map(({ day, size }) => [day, size])).toEqual([
      ['2026-11-22', null],
      ['2026-11-23', 12],
      ['2026-11-24', 12],
      ['2026-11-25', 12],
    ]);
  });

  it('add up who came and went, and end with the last size of the day', () => {
    const points = [
      point('2026-11-20T10:00:00Z', 5, 5),
      point('2026-11-25T01:00:00Z', 8, 4, 1),
      point('2026-11-25T09:00:00Z', 7, 0, 1),
    ];
    expect(daily(points, 2, 'UTC', now)).toEqual([
      { day: '2026-11-24', size: 5, entered: 0, exited: 0 },
      { day: '2026-11-25', size: 7, entered: 4, exited: 2 },
    ]);
  });

  it('are those of the workspace’s zone, each once, also where the clocks change', () => {
    const points = [point('2026-11-24T23:30:00Z', 3, 3)];
    expect(daily(points, 1, 'Europe/Berlin', now)[0]).toMatchObject({ day: '2026-11-25', entered: 3 });
    const autumn = daily([], 3, 'Europe/Berlin', Date.parse('2026-10-26T12:00:00Z'));
    expect(autumn.map(({ day }) => day)).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
  });
});
