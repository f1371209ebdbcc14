import type { Random } from './random.js';

/** Days that the demonstration looks back over. */
export const days = 180;
const dayMillis = 86_400_000;
const hourMillis = 3_600_000;

/** How much of a week's work falls on each day, from Sunday on. */
const weekdays = [0.25, 1.1, 1.25, 1.2, 1.1, 0.85, 0.2];

/** How much of a day's work falls on each hour, in UTC. */
const hours = [1, 1, 1, 1, 1, 2, 4, 8, 14, 17, 17, 14, 10, 13, 15, 15, 12, 8, 6, 5, 5, 4, 3, 2].map(
  (weight, hour) => [hour, weight] as const,
);

/** The days up to an instant, and how much goes on in each: fewer people are at work on weekends and on holidays. */
export class Calendar {
  /** The instant up to which things have happened. */
  readonly end: Date;
  readonly #midnight: number;
  readonly #activity: number[];

  constructor(end: Date) {
    this.end = end;
    this.#midnight = Math.floor(end.getTime() / dayMillis) * dayMillis;
    this.#activity = Array.from({ length: days }, (_, day) => this.#activityOn(day));
  }

  /** How much goes on, 1 on an ordinary day. Day 0 is the oldest, `days - 1` is today. */
  activity(day: number): number {
    return this.#activity[day] ?? 0;
  }

  /** A day from `first` to `last`; the busier ones are likelier. */
  day(random: Random, first = 0, last = days - 1): number {
    const [from, to] = [Math.max(0, first), Math.min(days - 1, last)];
    for (;;) {
      const day = random.whole(from, Math.max(from, to));
      if (random.chance(this.activity(day) / 1.5)) return day;
    }
  }

  /** This day, or the next on which people are at work; the last day where there is none any more. */
  workday(day: number): number {
    let next = day;
    while (next < days - 1 && this.activity(next) < 0.5) next += 1;
    return next;
  }

  /** An instant on this day, mostly during the hours of work; on the last day never later than the end. */
  instant(random: Random, day: number): number {
    const at = this.startOf(day) + random.weighted(hours) * hourMillis + random.next() * hourMillis;
    const end = this.end.getTime();
    return Math.floor(at < end ? at : this.startOf(day) + random.next() * (end - this.startOf(day)));
  }

  /** The day on which it ends. */
  get today(): number {
    return days - 1;
  }

  /** Midnight before this day, in UTC. */
  startOf(day: number): number {
    return this.#midnight - (days - 1 - day) * dayMillis;
  }

  #activityOn(day: number): number {
    const date = new Date(this.startOf(day));
    return weekdays[date.getUTCDay()]! * seasonOf(date.getUTCMonth(), date.getUTCDate());
  }
}

/** Much of August is spent on holiday, and so are the days around the turn of the year; quarters end busily. */
function seasonOf(month: number, date: number): number {
  if ((month === 11 && date >= 22) || (month === 0 && date <= 4)) return 0.3;
  if (month === 7) return 0.7;
  if (month % 3 === 2 && date > 20) return 1.2;
  return 1;
}
