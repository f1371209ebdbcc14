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
}

/** All of the conditions; true when there is none. */
export function conjunction(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`;
}

/** Any of the conditions; false when there is none. */
export function disjunction(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
}
