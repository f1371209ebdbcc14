import type { AttributeType, Scalar } from './ast.js';
import { MAX_CONDITIONS, MAX_TEXT, MAX_VALUES, MAX_VALUES_IN_ALL } from './ast.js';
import type { RuleProblem, RuleProblemCode } from './problem.js';
import { instantOf, isInstant, isWithinYears, parseDuration } from './time.js';
import type { DurationUnit } from './time.js';

/** An attribute as rules need to know it. */
export interface AttributeSchema {
  type: AttributeType;
  label: string;
}

/** What a rule is checked against: the workspace's attributes, its time zone, and what exists in it. */
export interface RuleSchema {
  /** By key; those of companies as `company.<key>`. */
  attributes: ReadonlyMap<string, AttributeSchema> | Readonly<Record<string, AttributeSchema>>;
  /** An IANA time zone. */
  zone: string;
  /** Whether an id, in lower case, exists; not asked when absent. */
  segmentExists?: (id: string) => boolean;
  listExists?: (id: string) => boolean;
  lookalikeExists?: (id: string) => boolean;
}

/** The own fields of an object that are set; null and undefined count as not set, as GraphQL sends them. */
export type Fields = ReadonlyMap<string, unknown>;

/** After this many problems the rest is not listed: hostile input gets no endless answer. */
const MAX_PROBLEMS = 50;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Reads untrusted values and notes what is wrong with them. Every reader returns the value in normal form, or undefined
 * after noting a problem; none of them throws or follows a prototype.
 */
export class Checker {
  readonly problems: RuleProblem[] = [];
  readonly schema: RuleSchema;
  #conditions = 0;
  #values = 0;

  constructor(schema: RuleSchema) {
    this.schema = schema;
  }

  /** Notes a problem; returns undefined, so that a reader can end with it. */
  refuse(code: RuleProblemCode, path: string, message: string): undefined {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ code, path, message });
    return undefined;
  }

  /** Counts `many` more conditions; false once there are too many, which is noted once. */
  count(path: string, many = 1): boolean {
    const before = this.#conditions;
    this.#conditions += many;
    if (before <= MAX_CONDITIONS && this.#conditions > MAX_CONDITIONS) {
      this.refuse('TOO_MANY_CONDITIONS', path, `A rule holds at most ${MAX_CONDITIONS} conditions.`);
    }
    return this.#conditions <= MAX_CONDITIONS;
  }

  /** A list of values to compare with, each read by `item`; those of the whole rule are counted, too many noted once. */
  values<Item>(
    value: unknown,
    path: string,
    item: (value: unknown, path: string) => Item | undefined,
  ): Item[] | undefined {
    const before = this.#values;
    this.#values += Array.isArray(value) ? Math.min(value.length, MAX_VALUES) : 0;
    if (this.#values > MAX_VALUES_IN_ALL) {
      if (before > MAX_VALUES_IN_ALL) return undefined;
      return this.refuse(
        'TOO_MANY_VALUES',
        path,
        `The lists of a rule hold at most ${MAX_VALUES_IN_ALL} values together.`,
      );
    }
    return this.list(value, path, { from: 1, to: MAX_VALUES, tooMany: 'TOO_MANY_VALUES' }, item);
  }

  /** Whether there are too many conditions already, so that looking further is pointless. */
  get isFull(): boolean {
    return this.#conditions > MAX_CONDITIONS;
  }

  /** An attribute of the schema by its key. */
  attribute(key: string): AttributeSchema | undefined {
    const { attributes } = this.schema;
    if (attributes instanceof Map) return (attributes as ReadonlyMap<string, AttributeSchema>).get(key);
    return Object.hasOwn(attributes, key)
      ? (attributes as Readonly<Record<string, AttributeSchema>>)[key]
      : undefined;
  }

  /** The fields of an object that has no others than `allowed`. */
  fields(value: unknown, path: string, allowed: readonly string[]): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.refuse('WRONG_TYPE', path, `Expected an object, got ${nameOf(value)}.`);
    }
    const fields = new Map(
      Object.entries(value).filter(([, field]) => field !== null && field !== undefined),
    );
    const unknown = [...fields.keys()].filter((key) => !allowed.includes(key));
    for (const key of unknown.slice(0, MAX_PROBLEMS)) {
      this.refuse('UNKNOWN_FIELD', `${path}.${excerpt(key)}`, `Unknown field. Known are ${listed(allowed)}.`);
    }
    return unknown.length === 0 ? fields : undefined;
  }

  /** The one option that is given of several: `{atLeast: 2}`. */
  option(
    value: unknown,
    path: string,
    options: readonly string[],
  ): [name: string, value: unknown] | undefined {
    const fields = this.fields(value, path, options);
    if (fields === undefined) return undefined;
    const [first, ...more] = fields;
    if (first === undefined) return this.refuse('MISSING_FIELD', path, `Give one of ${listed(options)}.`);
    if (more.length > 0) return this.refuse('AMBIGUOUS', path, `Give only one of ${listed(options)}.`);
    return first;
  }

  /** Reads a field that must be there. */
  need<Value>(
    fields: Fields,
    name: string,
    path: string,
    read: (value: unknown, path: string) => Value | undefined,
  ): Value | undefined {
    const at = `${path}.${name}`;
    const value = fields.get(name);
    return value === undefined ? this.refuse('MISSING_FIELD', at, `"${name}" is missing.`) : read(value, at);
  }

  /** Text that can be stored and compared; `empty` allows none at all. */
  text(value: unknown, path: string, { empty = false } = {}): string | undefined {
    if (typeof value !== 'string')
      return this.refuse('WRONG_TYPE', path, `Expected text, got ${nameOf(value)}.`);
    if (value.length > MAX_TEXT)
      return this.refuse('TOO_LONG', path, `Text has at most ${MAX_TEXT} characters.`);
    if (value === '' && !empty) return this.refuse('BAD_TEXT', path, 'Text must not be empty.');
    if (value.includes('\0')) return this.refuse('BAD_TEXT', path, 'Text must not hold a NUL character.');
    if (!value.isWellFormed())
      return this.refuse('BAD_TEXT', path, 'Text must not hold half a surrogate pair.');
    return value;
  }

  /** A finite number; minus zero becomes zero. */
  number(value: unknown, path: string): number | undefined {
    if (typeof value !== 'number')
      return this.refuse('WRONG_TYPE', path, `Expected a number, got ${nameOf(value)}.`);
    if (!Number.isFinite(value)) return this.refuse('BAD_NUMBER', path, 'Expected a finite number.');
    return value === 0 ? 0 : value;
  }

  /** A number from `from` to `to`. */
  numberWithin(value: unknown, path: string, from: number, to: number): number | undefined {
    const number = this.number(value, path);
    if (number === undefined || (number >= from && number <= to)) return number;
    return this.refuse('OUT_OF_RANGE', path, `Expected a number from ${from} to ${to}.`);
  }

  /** A whole number from `from` to `to`. */
  whole(value: unknown, path: string, from: number, to: number): number | undefined {
    const number = this.numberWithin(value, path, from, to);
    if (number === undefined || Number.isInteger(number)) return number;
    return this.refuse('BAD_NUMBER', path, 'Expected a whole number.');
  }

  boolean(value: unknown, path: string): boolean | undefined {
    if (typeof value === 'boolean') return value;
    return this.refuse('WRONG_TYPE', path, `Expected true or false, got ${nameOf(value)}.`);
  }

  /** One word of a fixed set. */
  word<Word extends string>(
    value: unknown,
    path: string,
    words: readonly Word[],
    code: RuleProblemCode = 'UNKNOWN_VALUE',
  ): Word | undefined {
    if (typeof value !== 'string')
      return this.refuse('WRONG_TYPE', path, `Expected text, got ${nameOf(value)}.`);
    return (words as readonly string[]).includes(value)
      ? (value as Word)
      : this.refuse(code, path, `Unknown: "${excerpt(value)}". Known are ${listed(words)}.`);
  }

  /** A duration in one of `units`, of at least one unit unless zero is allowed. */
  duration(
    value: unknown,
    path: string,
    units: readonly DurationUnit[],
    { zero = false } = {},
  ): string | undefined {
    if (typeof value !== 'string')
      return this.refuse('WRONG_TYPE', path, `Expected a duration, got ${nameOf(value)}.`);
    const duration = parseDuration(value);
    if (duration !== undefined && units.includes(duration.unit) && (zero || duration.amount > 0))
      return value;
    return this.refuse(
      'BAD_DURATION',
      path,
      `Expected a whole number and a unit (${units.join(', ')}) such as "30d", of at most 100 years, got "${excerpt(value)}".`,
    );
  }

  instant(value: unknown, path: string): string | undefined {
    if (typeof value !== 'string')
      return this.refuse('WRONG_TYPE', path, `Expected an instant, got ${nameOf(value)}.`);
    if (!isInstant(value))
      return this.refuse(
        'BAD_INSTANT',
        path,
        `Expected a date ("2026-03-01") or an instant with its offset ("2026-03-01T09:30:00Z"), got "${excerpt(value)}".`,
      );
    if (isWithinYears(instantOf(value, this.schema.zone))) return value;
    return this.refuse('OUT_OF_RANGE', path, 'Expected an instant of the years 1 to 9999 in UTC.');
  }

  /** A UUID, returned in lower case. */
  id(value: unknown, path: string): string | undefined {
    if (typeof value !== 'string')
      return this.refuse('WRONG_TYPE', path, `Expected an id, got ${nameOf(value)}.`);
    const id = value.length === 36 ? value.toLowerCase() : '';
    return UUID.test(id) ? id : this.refuse('BAD_ID', path, `Expected a UUID, got "${excerpt(value)}".`);
  }

  /** A list of `from` to `to` items, each read by `item`; undefined if any of them is wrong. */
  list<Item>(
    value: unknown,
    path: string,
    { from, to, tooMany }: { from: number; to: number; tooMany: RuleProblemCode },
    item: (value: unknown, path: string) => Item | undefined,
  ): Item[] | undefined {
    if (!Array.isArray(value))
      return this.refuse('WRONG_TYPE', path, `Expected a list, got ${nameOf(value)}.`);
    if (value.length < from)
      return this.refuse('NO_VALUES', path, `Expected at least ${from}, got ${value.length}.`);
    if (value.length > to) return this.refuse(tooMany, path, `Expected at most ${to}, got ${value.length}.`);
    const items = Array.from(value, (each: unknown, index) => item(each, `${path}[${index}]`));
    return items.includes(undefined) ? undefined : (items as Item[]);
  }

  /** Two ends in order; `strict` refuses that they are the same. */
  ordered(ends: readonly Scalar[], path: string, { strict = false } = {}): boolean {
    const [from, to] = ends.map((end) =>
      typeof end === 'string' ? instantOf(end, this.schema.zone).getTime() : Number(end),
    );
    if (from! < to! || (from === to && !strict)) return true;
    this.refuse('EMPTY_RANGE', path, 'The range ends before it starts.');
    return false;
  }
}

/** What a value is, in a word. */
function nameOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The beginning of what someone sent, safe to repeat in a message. */
function excerpt(text: string): string {
  const start = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return start.toWellFormed().replaceAll('\0', '\u{FFFD}');
}

function listed(words: readonly string[]): string {
  return words.join(', ');
}
