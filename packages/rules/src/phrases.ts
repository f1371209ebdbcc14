import type { Duration, Instant } from './ast.js';
import { durationInWords } from './time.js';

/** How things with an id or key are called, for sentences; what it does not know is told by id or key. */
export interface Names {
  segment?(id: string): string | undefined;
  list?(id: string): string | undefined;
  lookalike?(id: string): string | undefined;
  /** The label of an attribute by its key, those of companies as `company.<key>`. */
  attribute?(key: string): string | undefined;
}

/** Part of a sentence about a contact: "who" + "has viewed /pricing", "whose" + "job title contains …". */
export interface Clause {
  lead: 'who' | 'whose';
  text: string;
}

/** "A", "A and B", "A, B and C". */
export function joined(parts: readonly string[], word: 'and' | 'or'): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}

/** "the last 30 days", "the last day". */
export function stretch(which: 'last' | 'next', duration: Duration): string {
  const words = durationInWords(duration);
  return `the ${which} ${words.startsWith('1 ') ? words.slice(2) : words}`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** "1 March 2026", "1 March 2026 09:30 UTC". */
export function instantInWords(instant: Instant): string {
  const [, year, month, day, rest = ''] = /^(\d+)-(\d+)-(\d+)(?:T(.*))?$/.exec(instant) ?? [];
  if (year === undefined) return instant;
  const [, time = '', offset = ''] = /^(.*?)(Z|[+-]\d\d:\d\d)$/.exec(rest) ?? [];
  const clock = time === '' ? '' : ` ${time} ${offset === 'Z' ? 'UTC' : `UTC${offset}`}`;
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${Number(year)}${clock}`;
}

/** A key as words: `job_title` → "job title". */
export function spaced(key: string): string {
  return key.replaceAll('_', ' ');
}

/** A thing by its name, or by its id. */
export function named(
  word: string,
  id: string,
  find: ((id: string) => string | undefined) | undefined,
): string {
  return `the ${word} ${quoted(find?.(id) ?? id)}`;
}

/** Text in double quotes, as people read it. */
export function quoted(text: string): string {
  return `"${text}"`;
}

/** A condition that English cannot simply negate, in brackets. */
export function negatedAsWhole(statement: string): Clause {
  return { lead: 'who', text: `does not meet (${statement})` };
}
