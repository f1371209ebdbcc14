import { Temporal } from 'temporal-polyfill';
import type { Duration, HeldFor, Instant, Window } from './ast.js';

/**
 * Time as rules see it. Everything relative to now moves by the minute: a window that starts "30 days ago" starts at
 * the beginning of the minute 30 days ago, and one that ends "now" ends with the current minute, so that what has just
 * happened counts. Bounds are computed here, once for every evaluator, and compared as plain instants.
 */

const MINUTE = 60_000;

/** The units of a duration, and how many of each make a hundred years, the longest a duration may be. */
const LONGEST = { m: 52_560_000, h: 876_000, d: 36_500, w: 5_200, mo: 1_200, y: 100 } as const;

/** A unit of a duration: minutes, hours, days, weeks, calendar months, calendar years. */
export type DurationUnit = keyof typeof LONGEST;

/** Milliseconds of the units whose length is fixed. */
const FIXED: Partial<Record<DurationUnit, number>> = {
  m: MINUTE,
  h: 60 * MINUTE,
  d: 1_440 * MINUTE,
  w: 10_080 * MINUTE,
};

/** The units in words. */
export const UNIT_NAMES: Record<DurationUnit, string> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

/** A stretch of time from `from` up to, but without, `to`; null is unbounded. */
export interface Span {
  from: Date | null;
  to: Date | null;
}

/** A duration taken apart, or undefined if the text is none, or one of more than a hundred years. */
export function parseDuration(text: string): { amount: number; unit: DurationUnit } | undefined {
  const [, digits, unit] = /^(0|[1-9]\d{0,8})(mo|[mhdwy])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const amount = Number(digits);
  return amount <= LONGEST[unit as DurationUnit] ? { amount, unit: unit as DurationUnit } : undefined;
}

/** Milliseconds of a duration of fixed length; undefined for months and years. Throws a RangeError for other text. */
export function fixedLength(duration: Duration): number | undefined {
  const { amount, unit } = knownDuration(duration);
  const length = FIXED[unit];
  return length === undefined ? undefined : amount * length;
}

/** `30 days`, `1 month`. Throws a RangeError for text that is no duration. */
export function durationInWords(duration: Duration): string {
  const { amount, unit } = knownDuration(duration);
  return `${amount} ${UNIT_NAMES[unit]}${amount === 1 ? '' : 's'}`;
}

/** The beginning of an instant's minute. */
export function minuteOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / MINUTE) * MINUTE);
}

/** The beginning of the next minute: where every window that ends now ends. */
export function nextMinute(now: Date): Date {
  return new Date(minuteOf(now).getTime() + MINUTE);
}

/**
 * The instant a duration before now's minute. Months and years are the calendar's in `zone`, clamped to the end of a
 * shorter month (a month before 31 March is 28 or 29 February); the other units are of fixed length.
 */
export function startOf(now: Date, duration: Duration, zone: string): Date {
  return shift(minuteOf(now), duration, zone, -1);
}

/** The instant a duration after now's minute; see `startOf`. */
export function endOf(now: Date, duration: Duration, zone: string): Date {
  return shift(minuteOf(now), duration, zone, 1);
}

/**
 * When an event must have occurred to be in a window. `last` and `since` end with the current minute, and so does the
 * absence of a window: an event whose clock ran ahead counts once its time has come. `between` is taken literally.
 */
export function eventSpan(window: Window | undefined, now: Date, zone: string): Span {
  if (window === undefined) return { from: null, to: nextMinute(now) };
  if ('last' in window) return { from: startOf(now, window.last, zone), to: nextMinute(now) };
  if ('since' in window) return { from: instantOf(window.since, zone), to: nextMinute(now) };
  return { from: instantOf(window.between[0], zone), to: instantOf(window.between[1], zone) };
}

/** Where a date must be for `within_last` and `within_next`: both ends count, to the minute. */
export function dateSpan(
  op: 'within_last' | 'within_next',
  duration: Duration,
  now: Date,
  zone: string,
): Span {
  return op === 'within_last'
    ? { from: startOf(now, duration, zone), to: nextMinute(now) }
    : { from: minuteOf(now), to: nextMinute(endOf(now, duration, zone)) };
}

/**
 * The instant that tells how long a value has stood: it was set at or before it for `atLeast`, after it for `lessThan`.
 */
export function heldSince(heldFor: HeldFor, now: Date, zone: string): Date {
  return startOf(now, 'atLeast' in heldFor ? heldFor.atLeast : heldFor.lessThan, zone);
}

/**
 * The days of the year (`MM-DD`) from today in `zone` to a number of days later, both included. A 29 February has its
 * anniversary on the 28th in other years, so it is listed with that day then.
 */
export function anniversaryDays(duration: Duration, now: Date, zone: string): string[] {
  const days = Math.min((fixedLength(duration) ?? 0) / FIXED.d!, 366);
  const today = zoned(now, zone).toPlainDate();
  const found = new Set<string>();
  for (let offset = 0; offset <= days; offset += 1) {
    const day = today.add({ days: offset });
    found.add(dayOfYear(day));
    if (day.month === 2 && day.day === 28 && !day.inLeapYear) found.add('02-29');
  }
  return [...found];
}

/** The first moment of an instant's day in `zone`. */
export function startOfDay(instant: Date, zone: string): Date {
  return new Date(zoned(instant, zone).startOfDay().epochMilliseconds);
}

/** The day of the year (`MM-DD`) of an instant in `zone`. */
export function dayIn(zone: string, instant: Date): string {
  return dayOfYear(zoned(instant, zone).toPlainDate());
}

const LONG_MONTHS = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
const SHORT_MONTHS = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
const FEBRUARY = '02-(?:0[1-9]|1[0-9]|2[0-8])';
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DATE = `(?:[0-9]{4}-(?:${LONG_MONTHS}|${SHORT_MONTHS}|${FEBRUARY})|${LEAP_YEAR}-02-29)`;
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,3})?)?';
const OFFSET = '(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])';

/**
 * What counts as an instant in rules and in the properties of events: an existing date of the years 1 to 9999, or such
 * a date with a time (to the millisecond at most) and an offset. Written for JavaScript and PostgreSQL alike, so that
 * both tell the same texts apart.
 */
export const INSTANT_PATTERN = `^(?!0000)${DATE}(?:T${TIME}${OFFSET})?$`;

const instantPattern = new RegExp(INSTANT_PATTERN);

/** Whether text is an instant; see `INSTANT_PATTERN`. */
export function isInstant(text: string): boolean {
  return instantPattern.test(text);
}

/** Whether an instant lies in the years 1 to 9999 of UTC, as those that are stored do; a zone may shift it out of them. */
export function isWithinYears(instant: Date): boolean {
  return instant.getUTCFullYear() >= 1 && instant.getUTCFullYear() <= 9999;
}

/** The instant that text stands for; a date alone is its first moment in `zone`. Throws a RangeError for other text. */
export function instantOf(text: Instant, zone: string): Date {
  if (!isInstant(text)) throw new RangeError(`"${text}" is not an instant.`);
  if (text.includes('T')) return new Date(text);
  return new Date(Temporal.PlainDate.from(text).toZonedDateTime(zone).epochMilliseconds);
}

function knownDuration(duration: Duration): { amount: number; unit: DurationUnit } {
  const known = parseDuration(duration);
  if (known === undefined) throw new RangeError(`"${duration}" is not a duration.`);
  return known;
}

function shift(instant: Date, duration: Duration, zone: string, direction: 1 | -1): Date {
  const length = fixedLength(duration);
  if (length !== undefined) return new Date(instant.getTime() + direction * length);
  const { amount, unit } = knownDuration(duration);
  const calendar = unit === 'y' ? { years: direction * amount } : { months: direction * amount };
  return new Date(zoned(instant, zone).add(calendar).epochMilliseconds);
}

function zoned(instant: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
}

function dayOfYear(date: Temporal.PlainDate): string {
  return date.toString().slice(-5);
}
