import type { Duration } from './ast.js';
import { Temporal } from 'temporal-polyfill';
import { dayIn, endOf, fixedLength, minuteOf, nextMinute, startOf, startOfDay } from './time.js';

/*
 * Bounds of rules move by the minute, and conditions change when a bound passes an instant that is stored. Here is told
 * when that is. A bound that keeps a number of calendar months from now does not move evenly: it waits at the end of
 * shorter months, where it is thrown back to the beginning of the same day each midnight, and jumps where clocks are
 * changed. So it may pass an instant more than once, and when is looked up instead of reckoned.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A bound that moves with the time. */
export interface MovingBound {
  /** The minutes at which it comes to lie after an instant, or does so no more, in order. */
  crossings(instant: Date): Date[];
}

/** The beginning of the present minute. */
export const thisMinute: MovingBound = evenBound(minuteOf);

/** The beginning of the next minute, where windows that end now end. */
export const comingMinute: MovingBound = evenBound(nextMinute);

/** Where a window of this length starts that ends now. */
export function startBound(duration: Duration, zone: string): MovingBound {
  return boundOf((now) => startOf(now, duration, zone), {
    duration,
    zone,
    reached: (instant) => endOf(instant, duration, zone),
  });
}

/** Where a window of this length ends that starts now: after the whole of its last minute. */
export function endBound(duration: Duration, zone: string): MovingBound {
  return boundOf((now) => nextMinute(endOf(now, duration, zone)), {
    duration,
    zone,
    reached: (instant) => startOf(instant, duration, zone),
  });
}

/**
 * The first moments of days, within a span, on which an anniversary may begin or cease to be within a number of days:
 * a superset, for the 29 February moves from year to year.
 */
export function anniversaryTurns(
  instant: Date,
  duration: Duration,
  zone: string,
  { from, to }: { from: Date; to: Date },
): Date[] {
  const days = Math.floor((fixedLength(duration) ?? 0) / DAY);
  const [month, day] = dayIn(zone, instant).split('-').map(Number) as [number, number];
  const turns: Date[] = [];
  for (let year = from.getUTCFullYear() - 1; year <= to.getUTCFullYear() + 2; year += 1) {
    const anniversary = Temporal.PlainDate.from({ year, month, day });
    for (const offset of [-days - 1, -days, -days + 1, 0, 1, 2]) {
      const turn = anniversary.add({ days: offset }).toZonedDateTime(zone).epochMilliseconds;
      if (turn > from.getTime() && turn <= to.getTime()) turns.push(new Date(turn));
    }
  }
  return turns;
}

type At = (now: Date) => Date;

interface Reach {
  duration: Duration;
  zone: string;
  /** About when the bound reaches an instant, give or take the days that months differ by. */
  reached: (instant: Date) => Date;
}

function boundOf(at: At, reach: Reach): MovingBound {
  return fixedLength(reach.duration) === undefined ? new CalendarBound(at, reach) : evenBound(at);
}

/** A bound that always keeps the same distance. */
function evenBound(at: At): MovingBound {
  const distance = at(new Date(0)).getTime();
  return { crossings: (instant) => [new Date(firstBeyond(instant, distance))] };
}

/** The first minute that, this much later, lies after the instant. */
function firstBeyond(instant: Date, distance: number): number {
  return minuteOf(new Date(instant.getTime() - distance)).getTime() + MINUTE;
}

/** Minutes from one up to, but without, another at which the bound keeps one distance. */
interface Stretch {
  from: number;
  to: number;
  distance: number;
}

/** How far from where it is expected a bound is looked for: no two months differ by more than three days. */
const daysAround = 5;

class CalendarBound implements MovingBound {
  readonly #at: At;
  readonly #reach: Reach;
  readonly #days = new Map<number, Stretch[]>();

  constructor(at: At, reach: Reach) {
    this.#at = at;
    this.#reach = reach;
  }

  crossings(instant: Date): Date[] {
    const crossed: Date[] = [];
    let isBeyond = false;
    for (const { from, to, distance } of this.#stretchesAround(this.#reach.reached(instant).getTime())) {
      const first = firstBeyond(instant, distance);
      if (from >= first !== isBeyond) {
        crossed.push(new Date(from));
        isBeyond = !isBeyond;
      }
      if (!isBeyond && first < to) {
        crossed.push(new Date(first));
        isBeyond = true;
      }
    }
    return crossed;
  }

  *#stretchesAround(middle: number): Generator<Stretch> {
    let day = this.#startOfDay(middle - daysAround * DAY);
    while (day < middle + daysAround * DAY) {
      // No day has less than 22 hours, or more than 26.
      const next = this.#startOfDay(day + 26 * HOUR);
      let stretches = this.#days.get(day);
      if (!stretches) this.#days.set(day, (stretches = this.#stretchesOf(day, next)));
      yield* stretches;
      day = next;
    }
  }

  /** A day on which neither clock is changed, here or where the bound is, is one stretch. */
  #stretchesOf(from: number, to: number): Stretch[] {
    const isPlain = to - from === DAY && this.#distance(from) === this.#distance(to - MINUTE);
    return isPlain ? [{ from, to, distance: this.#distance(from) }] : this.#search(from, to, 15 * MINUTE);
  }

  /** Looks at steps, and at every minute of a step within which the distance changes. */
  #search(from: number, to: number, step: number): Stretch[] {
    const found: Stretch[] = [];
    for (let start = from; start < to; start += step) {
      const end = Math.min(start + step, to);
      const distance = this.#distance(start);
      if (end - start > MINUTE && this.#distance(end - MINUTE) !== distance) {
        found.push(...this.#search(start, end, MINUTE));
      } else {
        found.push({ from: start, to: end, distance });
      }
    }
    return found;
  }

  #distance(now: number): number {
    return this.#at(new Date(now)).getTime() - now;
  }

  /** In whole minutes, also where a zone is not such a number of them ahead. */
  #startOfDay(within: number): number {
    return Math.ceil(startOfDay(new Date(within), this.#reach.zone).getTime() / MINUTE) * MINUTE;
  }
}
