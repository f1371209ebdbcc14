/** A SQL statement and the values of its parameters: no value of a user ever becomes part of the text. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** The PostgreSQL types that parameters are given as. */
export type SqlType =
  | 'text'
  | 'text[]'
  | 'float8'
  | 'float8[]'
  | 'numeric'
  | 'numeric[]'
  | 'boolean'
  | 'timestamptz'
  | 'uuid'
  | 'uuid[]'
  | 'integer'
  | 'integer[]'
  | 'bigint';

/** Collects the values of one statement while its text is written. */
export class Parameters {
  readonly values: unknown[] = [];
  readonly #before: number;

  /** @param before how many parameters the statement that this becomes a part of has already. */
  constructor(before = 0) {
    this.#before = before;
  }

  /** Takes a value up and returns what stands for it in the text. */
  add(value: unknown, type: SqlType): string {
    this.values.push(value);
    return `$${this.#before + this.values.length}::${type}`;
  }

  /** Takes an instant up, of whatever year. */
  addInstant(instant: Date): string {
    return this.add(printInstant(instant), 'timestamptz');
  }
}

/**
 * An instant as PostgreSQL reads it. ISO 8601 writes years before 1 and after 9999 with a sign; they come up where a
 * rule's date is read in another time zone than the one that it was written in.
 */
export function printInstant(instant: Date): string {
  const year = instant.getUTCFullYear();
  const rest = instant.toISOString().replace(/^[+-]?\d+/, '');
  return year < 1
    ? `${String(1 - year).padStart(4, '0')}${rest} BC`
    : `${String(year).padStart(4, '0')}${rest}`;
}

/** All of the conditions; true when there is none. */
export function conjunction(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`;
}

/** Any of the conditions; false when there is none. */
export function disjunction(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
}
