import { Failure, type Problem } from '../../platform/errors.js';
import { detectDateFormat, type DateFormat } from './date-format.js';
import type { MappableField, MappingTarget } from './suggest-mapping.js';

/** What is known of the columns of a file, in its order. */
export interface MappedColumns {
  headers: readonly string[];
  targets: readonly (MappingTarget | null)[];
  /** Of the first rows, the cells that are not blank. */
  samples: readonly (readonly string[])[];
}

/** How dates are written, by header, as somebody said. */
export interface SaidFormats {
  explicit: Readonly<Record<string, DateFormat>>;
  /** Of an earlier file with the same columns. */
  saved?: Readonly<Record<string, DateFormat>>;
}

/**
 * Decides how the dates of each column are written; null where its values are no dates: as the uploader says, else as
 * the values show. A column that could have the day or the month first goes by the other columns, which the same tool
 * wrote; where they say nothing, nothing is guessed: it throws INVALID_INPUT, with each such column among the problems.
 * @param said header → format, now and of an earlier file.
 */
export function chooseDateFormats(
  { headers, targets, samples }: MappedColumns,
  fields: readonly MappableField[],
  { explicit, saved = {} }: SaidFormats,
): (DateFormat | null)[] {
  const dates = new Set(fields.filter(({ type }) => type === 'date').map(({ target }) => target));
  const isDate = headers.map((_, index) => dates.has(targets[index] ?? ''));
  refuse(
    headers.filter((header, index) => Object.hasOwn(explicit, header) && !isDate[index]),
    (header) => `"${header}" goes to no field that holds a date.`,
  );
  const found = headers.map((header, index) => {
    if (!isDate[index]) return null;
    const [given] = [explicit, saved].flatMap((said) =>
      Object.hasOwn(said, header) ? (said[header] ?? []) : [],
    );
    return given ?? detectDateFormat(samples[index] ?? []) ?? 'iso';
  });
  const decided = new Set(found.filter((format) => format === 'day_first' || format === 'month_first'));
  const [common] = decided.size === 1 ? decided : [];
  if (!common) {
    refuse(
      headers.filter((_, index) => found[index] === 'ambiguous'),
      (header) =>
        `The dates of "${header}" could have the day or the month first, such as ${samples[headers.indexOf(header)]?.[0]}. ` +
        `Say which in the mapping: {"${header}": {"dateFormat": "day_first"}}, or "month_first".`,
    );
  }
  return found.map((format) => (format === 'ambiguous' ? common! : format));
}

function refuse(headers: readonly string[], message: (header: string) => string): void {
  const problems = headers.map((header): Problem => ({
    code: 'INVALID_INPUT',
    path: `mapping.${header}`,
    message: message(header),
  }));
  const [first] = problems;
  if (first) throw new Failure('INVALID_INPUT', first.message, { path: first.path, problems });
}
