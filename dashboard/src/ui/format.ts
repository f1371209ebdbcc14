const whole = new Intl.NumberFormat('en');
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** 12,480 */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** Nov 23, 2026 */
export function formatDay(instant: string): string {
  return day.format(new Date(instant));
}

/** Nov 23, 2026, 7:12 PM */
export function formatMoment(instant: string): string {
  return moment.format(new Date(instant));
}

/** 3.4 ms, 1.2 s */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Number(milliseconds.toPrecision(2))} ms`
    : `${Number((milliseconds / 1000).toPrecision(2))} s`;
}
