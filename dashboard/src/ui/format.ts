const whole = new Intl.NumberFormat('en');
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** 12,480 */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** 1 contact, 12,480 contacts */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Nov 23, 2026 */
export function formatDay(instant: string): string {
  return day.format(new Date(instant));
}

/** Nov 23, 2026, 7:12 PM */
export function formatMoment(instant: string): string {
  return moment.format(new Date(instant));
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** 5 minutes ago, yesterday; a date when it is longer than a week ago or ahead. */
export function formatAge(instant: string, now = Date.now()): string {
  const distance = new Date(instant).getTime() - now;
  if (Math.abs(distance) > 7 * 86_400_000) return formatDay(instant);
  for (const [unit, length] of units) {
    if (Math.abs(distance) >= length) return relative.format(Math.round(distance / length), unit);
  }
  return 'just now';
}

/** 3.4 ms, 1.2 s */
export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Number(milliseconds.toPrecision(2))} ms`
    : `${Number((milliseconds / 1000).toPrecision(2))} s`;
}

/** 340 bytes, 1.2 MB */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const unit = bytes < 1_000_000 ? 'kB' : bytes < 1_000_000_000 ? 'MB' : 'GB';
  const size = bytes / { kB: 1000, MB: 1_000_000, GB: 1_000_000_000 }[unit];
  return `${size.toPrecision(2 + Number(size >= 100))} ${unit}`;
}

/** marketing_qualified → Marketing qualified: how people read a name that programs wrote. */
export function humanize(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** +312, −1,048, 0 */
export function formatChange(change: number): string {
  if (change === 0) return '0';
  return `${change > 0 ? '+' : '−'}${whole.format(Math.abs(change))}`;
}

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });

/** 37% */
export function formatShare(share: number): string {
  return percent.format(share);
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 1.2M: where there is no room for all digits. */
export function formatShort(count: number): string {
  return short.format(count);
}
