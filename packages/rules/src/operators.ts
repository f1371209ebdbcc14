import type { AttributeOperator, AttributeType, PropertyOperator, Scalar } from './ast.js';
import type { Checker, Fields } from './checker.js';
import { instantInWords, joined, quoted, stretch } from './phrases.js';
import { printList, printScalar } from './syntax.js';
import { durationInWords } from './time.js';
import type { DurationUnit } from './time.js';

/** The operators, shared by conditions on attributes, on properties of events, and on sums over them. */

/** What an operator compares with. */
type Operand = 'none' | 'one' | 'many' | 'range' | 'duration';

/** The type of a value that is compared; `any` takes the type of what it is compared with. */
export type OperandType = 'text' | 'number' | 'boolean' | 'date' | 'any';

/** An operator with its operand; what the conditions have in common. */
export interface Comparison {
  op: AttributeOperator;
  value?: Scalar;
  values?: Scalar[];
  caseSensitive?: boolean;
}

interface Operator {
  operand: Operand;
  /** Compares text, so that it matters whether case does. */
  text?: true;
  /** The complement of another operator, and thus true of a contact without the attribute. */
  complement?: true;
  /** The text form. */
  print(comparison: Comparison): string;
  /** In a sentence, after the attribute's name: affirmed and denied. */
  say(comparison: Comparison): [holds: string, fails: string];
}

const one = (comparison: Comparison) => printScalar(comparison.value!);
const many = (comparison: Comparison) => printList(comparison.values!);
const range = (comparison: Comparison) => comparison.values!.map(printScalar).join(' and ');
const span = (comparison: Comparison) => durationInWords(String(comparison.value));

const sayScalar = (value: Scalar) => (typeof value === 'string' ? quoted(value) : String(value));
const sayOne = (comparison: Comparison) => sayScalar(comparison.value!);
const sayMany = (comparison: Comparison, word: 'and' | 'or') =>
  joined(comparison.values!.map(sayScalar), word);
const sayInstant = (value: Scalar) => (typeof value === 'string' ? instantInWords(value) : String(value));
const is = (rest: string): [string, string] => [`is ${rest}`, `is not ${rest}`];
const does = (verb: string, third: string, rest: string): [string, string] => [
  `${third} ${rest}`,
  `does not ${verb} ${rest}`,
];
const denied = ([holds, fails]: [string, string]): [string, string] => [fails, holds];

const sayEquals = (comparison: Comparison) => is(sayOne(comparison));
const sayIn = (comparison: Comparison) =>
  is(`${comparison.values!.length > 1 ? 'one of ' : ''}${sayMany(comparison, 'or')}`);
const sayContains = (comparison: Comparison) => does('contain', 'contains', sayOne(comparison));
const sayExists = () => is('known');
const sayAnniversary = (comparison: Comparison): [string, string] => {
  const when =
    comparison.value === '0d' || comparison.value === '0w'
      ? 'today'
      : `within ${stretch('next', String(comparison.value))}`;
  return [`has its anniversary ${when}`, `does not have its anniversary ${when}`];
};

/** Every operator. */
export const OPERATORS: Record<AttributeOperator, Operator> = {
  equals: { operand: 'one', text: true, print: (c) => `is ${one(c)}`, say: sayEquals },
  not_equals: {
    operand: 'one',
    text: true,
    complement: true,
    print: (c) => `is not ${one(c)}`,
    say: (c) => denied(sayEquals(c)),
  },
  in: { operand: 'many', text: true, print: (c) => `in ${many(c)}`, say: sayIn },
  not_in: {
    operand: 'many',
    text: true,
    complement: true,
    print: (c) => `not in ${many(c)}`,
    say: (c) => denied(sayIn(c)),
  },
  contains: { operand: 'one', text: true, print: (c) => `contains ${one(c)}`, say: sayContains },
  not_contains: {
    operand: 'one',
    text: true,
    complement: true,
    print: (c) => `not contains ${one(c)}`,
    say: (c) => denied(sayContains(c)),
  },
  starts_with: {
    operand: 'one',
    text: true,
    print: (c) => `starts with ${one(c)}`,
    say: (c) => does('start with', 'starts with', sayOne(c)),
  },
  ends_with: {
    operand: 'one',
    text: true,
    print: (c) => `ends with ${one(c)}`,
    say: (c) => does('end with', 'ends with', sayOne(c)),
  },
  exists: { operand: 'none', print: () => 'exists', say: sayExists },
  not_exists: {
    operand: 'none',
    complement: true,
    print: () => 'not exists',
    say: () => denied(sayExists()),
  },
  gt: { operand: 'one', print: (c) => `> ${one(c)}`, say: (c) => is(`greater than ${sayOne(c)}`) },
  gte: { operand: 'one', print: (c) => `>= ${one(c)}`, say: (c) => is(`at least ${sayOne(c)}`) },
  lt: { operand: 'one', print: (c) => `< ${one(c)}`, say: (c) => is(`less than ${sayOne(c)}`) },
  lte: { operand: 'one', print: (c) => `<= ${one(c)}`, say: (c) => is(`at most ${sayOne(c)}`) },
  between: {
    operand: 'range',
    print: (c) => `between ${range(c)}`,
    say: (c) => is(`between ${c.values!.map(sayInstant).join(' and ')}`),
  },
  before: {
    operand: 'one',
    print: (c) => `before ${one(c)}`,
    say: (c) => is(`before ${sayInstant(c.value!)}`),
  },
  after: { operand: 'one', print: (c) => `after ${one(c)}`, say: (c) => is(`after ${sayInstant(c.value!)}`) },
  within_last: {
    operand: 'duration',
    print: (c) => `within last ${span(c)}`,
    say: (c) => is(`within ${stretch('last', String(c.value))}`),
  },
  within_next: {
    operand: 'duration',
    print: (c) => `within next ${span(c)}`,
    say: (c) => is(`within ${stretch('next', String(c.value))}`),
  },
  anniversary_within: {
    operand: 'duration',
    print: (c) => `anniversary within ${span(c)}`,
    say: sayAnniversary,
  },
  includes_any: {
    operand: 'many',
    text: true,
    print: (c) => `includes any of ${many(c)}`,
    say: (c) => does('include', 'includes', `${c.values!.length > 1 ? 'any of ' : ''}${sayMany(c, 'or')}`),
  },
  includes_all: {
    operand: 'many',
    text: true,
    print: (c) => `includes all of ${many(c)}`,
    say: (c) => does('include', 'includes', `${c.values!.length > 1 ? 'all of ' : ''}${sayMany(c, 'and')}`),
  },
};

const PRESENCE = ['exists', 'not_exists'] as const;
const EQUALITY = ['equals', 'not_equals'] as const;
const CHOICE = ['in', 'not_in'] as const;

/** Which operators an attribute of each type takes. */
export const OPERATORS_OF_TYPE: Record<AttributeType, readonly AttributeOperator[]> = {
  text: [...EQUALITY, ...CHOICE, 'contains', 'not_contains', 'starts_with', 'ends_with', ...PRESENCE],
  number: [...EQUALITY, ...CHOICE, 'gt', 'gte', 'lt', 'lte', 'between', ...PRESENCE],
  boolean: [...EQUALITY, ...PRESENCE],
  date: ['before', 'after', 'between', 'within_last', 'within_next', 'anniversary_within', ...PRESENCE],
  text_list: ['includes_any', 'includes_all', ...PRESENCE],
};

/** What the properties of events, which have no declared type, are compared as. */
export const PROPERTY_OPERAND: Record<PropertyOperator, OperandType> = {
  equals: 'any',
  not_equals: 'any',
  in: 'any',
  not_in: 'any',
  contains: 'text',
  not_contains: 'text',
  starts_with: 'text',
  ends_with: 'text',
  exists: 'any',
  not_exists: 'any',
  gt: 'number',
  gte: 'number',
  lt: 'number',
  lte: 'number',
  between: 'any',
  before: 'date',
  after: 'date',
};

const DURATION_UNITS: readonly DurationUnit[] = ['m', 'h', 'd', 'w', 'mo', 'y'];

/**
 * Reads the operand of an operator out of a condition's fields. Undefined after noting what is wrong with it, such as an
 * operand the operator does not take.
 */
export function checkOperand(
  checker: Checker,
  fields: Fields,
  path: string,
  op: AttributeOperator,
  type: OperandType,
): Omit<Comparison, 'op'> | undefined {
  const { operand } = OPERATORS[op];
  const field =
    operand === 'none' ? undefined : operand === 'many' || operand === 'range' ? 'values' : 'value';
  for (const other of ['value', 'values']) {
    if (other !== field && fields.has(other)) {
      return checker.refuse(
        'UNKNOWN_FIELD',
        `${path}.${other}`,
        field === undefined ? `"${op}" takes no value.` : `"${op}" takes "${field}".`,
      );
    }
  }
  const compared =
    field === undefined ? {} : readOperand(checker, fields, `${path}.${field}`, op, type, field);
  return compared && withCase(checker, fields, path, op, compared);
}

function readOperand(
  checker: Checker,
  fields: Fields,
  path: string,
  op: AttributeOperator,
  type: OperandType,
  field: 'value' | 'values',
) {
  const { operand } = OPERATORS[op];
  const raw = fields.get(field);
  if (raw === undefined) return checker.refuse('MISSING_FIELD', path, `"${op}" needs "${field}".`);
  if (operand === 'many') return readMany(checker, raw, path, type);
  if (operand === 'range') return readRange(checker, raw, path, type);
  const value =
    operand === 'duration' ? readDuration(checker, raw, path, op) : readScalar(checker, raw, path, type);
  return value === undefined ? undefined : { value };
}

function readDuration(
  checker: Checker,
  raw: unknown,
  path: string,
  op: AttributeOperator,
): string | undefined {
  return op === 'anniversary_within'
    ? checker.duration(raw, path, ['d', 'w'], { zero: true })
    : checker.duration(raw, path, DURATION_UNITS);
}

function readMany(
  checker: Checker,
  raw: unknown,
  path: string,
  type: OperandType,
): { values: Scalar[] } | undefined {
  const values = checker.values(raw, path, (value, at) => readScalar(checker, value, at, type));
  return values && { values };
}

/** Both ends are numbers, or both are instants. */
function readRange(
  checker: Checker,
  raw: unknown,
  path: string,
  type: OperandType,
): { values: Scalar[] } | undefined {
  const first: unknown = Array.isArray(raw) ? raw[0] : undefined;
  const endType = type === 'any' ? (typeof first === 'string' ? 'date' : 'number') : type;
  const bounds = { from: 2, to: 2, tooMany: 'TOO_MANY_VALUES' } as const;
  const values = checker.list(raw, path, bounds, (value, at) => readScalar(checker, value, at, endType));
  return values && checker.ordered(values, path) ? { values } : undefined;
}

function readScalar(checker: Checker, raw: unknown, path: string, type: OperandType): Scalar | undefined {
  const readers: Record<OperandType, () => Scalar | undefined> = {
    text: () => checker.text(raw, path, { empty: true }),
    number: () => checker.number(raw, path),
    boolean: () => checker.boolean(raw, path),
    date: () => checker.instant(raw, path),
    any: () => readAny(checker, raw, path),
  };
  return readers[type]();
}

function readAny(checker: Checker, raw: unknown, path: string): Scalar | undefined {
  if (typeof raw === 'number') return checker.number(raw, path);
  if (typeof raw === 'boolean') return raw;
  return checker.text(raw, path, { empty: true });
}

/** `caseSensitive: false` is the default and is left out. */
function withCase(
  checker: Checker,
  fields: Fields,
  path: string,
  op: AttributeOperator,
  compared: Omit<Comparison, 'op'>,
): Omit<Comparison, 'op'> | undefined {
  if (!fields.has('caseSensitive')) return compared;
  const at = `${path}.caseSensitive`;
  const caseSensitive = checker.boolean(fields.get('caseSensitive'), at);
  if (caseSensitive === undefined) return undefined;
  if (!caseSensitive) return compared;
  const operands: readonly unknown[] = compared.values ?? [compared.value];
  if (OPERATORS[op].text && operands.some((value) => typeof value === 'string'))
    return { ...compared, caseSensitive };
  return checker.refuse('NOT_COMBINABLE', at, '"caseSensitive" is for comparisons with text.');
}

/** A comparison in the text form, without what is compared. */
export function printComparison(comparison: Comparison): string {
  const text = OPERATORS[comparison.op].print(comparison);
  return comparison.caseSensitive ? `${text} case sensitive` : text;
}

/** A comparison in a sentence, without what is compared. */
export function sayComparison(comparison: Comparison, negated: boolean): string {
  const text = OPERATORS[comparison.op].say(comparison)[negated ? 1 : 0];
  return comparison.caseSensitive ? `${text} (case sensitive)` : text;
}
