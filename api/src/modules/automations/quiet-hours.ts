import { Temporal } from 'temporal-polyfill';
import type { Guards } from './automation.js';

/**
 * The end of the quiet hours that an instant falls in; null when it falls in none. They may go over midnight. In the night
 * that the clocks are changed, what counts is what they show.
 */
export function endOfQuiet(now: Date, quiet: Guards['quietHours'], timeZone: string): Date | null {
  if (!quiet) return null;
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const time = local.toPlainTime();
  const [from, to] = [Temporal.PlainTime.from(quiet.from), Temporal.PlainTime.from(quiet.to)];
  const isAfter = (one: Temporal.PlainTime, other: Temporal.PlainTime): boolean =>
    Temporal.PlainTime.compare(one, other) >= 0;
  const overMidnight = isAfter(from, to);
  const isQuiet = overMidnight
    ? isAfter(time, from) || !isAfter(time, to)
    : isAfter(time, from) && !isAfter(time, to);
  if (!isQuiet) return null;
  const day =
    overMidnight && isAfter(time, from) ? local.toPlainDate().add({ days: 1 }) : local.toPlainDate();
  return new Date(day.toZonedDateTime({ timeZone, plainTime: to }).epochMilliseconds);
}
