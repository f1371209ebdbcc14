import { hash } from 'node:crypto';
import type { DateFormat } from './date-format.js';
import type { MappingTarget } from './suggest-mapping.js';

/** What is said about a column. */
export interface ColumnChoice {
  /** Null leaves the column out; undefined says nothing. */
  target?: MappingTarget | null;
  dateFormat?: DateFormat;
}

/** What is said about the columns of a file, by header. */
export type MappingChoices = Readonly<Record<string, ColumnChoice>>;

/** What files with the same columns have in common, whatever their order. */
export function signatureOf(headers: readonly string[]): string {
  return hash('sha256', JSON.stringify([...headers].sort()));
}

/** What was said before, with what is said now in its place. */
export function mergeChoices(before: MappingChoices, now: MappingChoices): MappingChoices {
  const headers = new Set([...Object.keys(before), ...Object.keys(now)]);
  const choices = [...headers].map((header) => [header, { ...ownOf(before, header), ...ownOf(now, header) }]);
  return Object.fromEntries(choices) as MappingChoices;
}

/** What is said about a column; a header may be called like something that every object has. */
export function ownOf(choices: MappingChoices, header: string): ColumnChoice {
  return Object.hasOwn(choices, header) ? choices[header]! : {};
}
