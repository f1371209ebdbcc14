/** How the dates of a column are written. Text that is plain about it, such as `5 Mar 2026`, is read in any but epochs. */
export const dateFormats = ['iso', 'day_first', 'month_first', 'epoch_seconds', 'epoch_millis'] as const;
export type DateFormat = (typeof dateFormats)[number];

/** What a column of dates looks like: a format, or two that both fit and do not mean the same. */
export type DetectedFormat = DateFormat | 'ambiguous';

/** A date, and behind it a time as clocks and CRMs write it, with or without a zone. */
const dateAndTime =
  /^(?<date>.*?\d)(?:(?:T|,?\s+(?:at\s+)?)(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}(?:[.,]\d{1,9})?))?\s*(?:(?<half>[ap])\.?m\.?)?\s*(?<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/iu;

const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/u;
const compact = /^((?:19|20)\d{2})(\d{2})(\d{2})$/u;
const dayName =
  /^(?:[a-z]{3,9}\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})$/iu;
const nameDay = /^(?:[a-z]{3,9}\.?,?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/iu;
const numeric = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/u;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

type Day = [year: number, month: number, day: number];

/**
 * Reads a cell as a date.
 * @returns the date in ISO 8601, without a zone when the cell names none: it is then meant in the workspace's.
 *   Undefined when it is no date in this format.
 */
export function readDate(cell: string, format: DateFormat): string | undefined {
  if (format === 'epoch_seconds')
    return /^-?\d{1,11}(\.\d+)?$/u.test(cell) ? atEpoch(Number(cell) * 1000) : undefined;
  if (/^-?\d{12,13}$/u.test(cell)) return atEpoch(Number(cell));
  if (format === 'epoch_millis') return /^-?\d{1,14}$/u.test(cell) ? atEpoch(Number(cell)) : undefined;
  const parts = dateAndTime.exec(cell)?.groups;
  const day = parts && readDay(parts['date'] ?? '', format);
  if (!day || !exists(day)) return undefined;
  const [year, month, date] = day.map((number, index) => String(number).padStart(index === 0 ? 4 : 2, '0'));
  const time = readTime(parts);
  return time === undefined ? undefined : `${year}-${month}-${date}${time}`;
}

function atEpoch(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function readDay(text: string, format: DateFormat): Day | undefined {
  const plain = readPlainDay(text);
  if (plain) return plain;
  const found = numeric.exec(text);
  if (!found || format === 'iso') return undefined;
  const [first, second, year] = [Number(found[1]), Number(found[3]), fullYear(found[4] ?? '')];
  return format === 'day_first' ? [year, second, first] : [year, first, second];
}

/** A day whose parts cannot be mistaken for each other. */
function readPlainDay(text: string): Day | undefined {
  const year = yearFirst.exec(text);
  if (year) return [Number(year[1]), Number(year[3]), Number(year[4])];
  const digits = compact.exec(text);
  if (digits) return [Number(digits[1]), Number(digits[2]), Number(digits[3])];
  const british = dayName.exec(text);
  if (british) return [fullYear(british[3] ?? ''), monthOf(british[2]), Number(british[1])];
  const american = nameDay.exec(text);
  return american ? [Number(american[3]), monthOf(american[1]), Number(american[2])] : undefined;
}

/** 1 for January; 0, which no calendar has, for anything else. */
function monthOf(name = ''): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** Two digits are read as POSIX does. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 69 ? 2000 + year : 1900 + year;
}

function exists([year, month, day]: Day): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return month >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function readTime(parts: Record<string, string | undefined>): string | undefined {
  const { hour, minute = '', second = '00', half, zone = '' } = parts;
  if (hour === undefined) return '';
  const hours = half ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour);
  if (hours > 23 || Number(minute) > 59 || (half && Number(hour) > 12)) return undefined;
  const offset = /^(UTC|GMT)$/iu.test(zone) ? 'Z' : zone;
  return `T${String(hours).padStart(2, '0')}:${minute}:${second.replace(',', '.')}${offset}`;
}

/** How many dates must speak for one order where one speaks for the other: somebody mistyped that one. */
const typosAgainst = 9;

/**
 * Finds out how the dates of a column are written.
 * @param values the cells of the column that are not blank.
 * @returns undefined when there is nothing to go by.
 */
export function detectDateFormat(values: readonly string[]): DetectedFormat | undefined {
  const digits = values.filter((value) => /^-?\d+$/u.test(value) && !compact.test(value));
  if (digits.length * 2 > values.length) {
    return digits.some((value) => value.length > 11) ? 'epoch_millis' : 'epoch_seconds';
  }
  const readings = values.flatMap((value) => {
    const isPlain = readDate(value, 'iso') !== undefined;
    return isPlain ? [] : [[readDate(value, 'day_first'), readDate(value, 'month_first'), value] as const];
  });
  const either = readings.filter(([day, month]) => day !== undefined || month !== undefined);
  if (either.length === 0) return values.length > 0 ? 'iso' : undefined;
  // A few others among many that leave nothing open are mistakes of their rows.
  const plain = values.length - readings.length;
  if (plain > either.length * typosAgainst) return 'iso';
  // Nobody writes the month first and puts points between.
  if (either.every(([, , value]) => /^\d{1,2}\./u.test(value))) return 'day_first';
  const onlyDay = either.filter(([, month]) => month === undefined).length;
  const onlyMonth = either.filter(([day]) => day === undefined).length;
  if (onlyDay > onlyMonth * typosAgainst) return 'day_first';
  if (onlyMonth > onlyDay * typosAgainst) return 'month_first';
  return either.every(([day, month]) => day === month) ? 'day_first' : 'ambiguous';
}
