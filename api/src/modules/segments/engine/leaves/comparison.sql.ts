import {
  dateSpan,
  anniversaryDays,
  fold,
  instantOf,
  type AttributeOperator,
  type Scalar,
  type Span,
} from '@coterie/rules';
import type { LeafScope } from './leaf.js';

/**
 * A value that is compared, in each form it may be compared in: SQL expressions, null where the value is of another
 * type. Text comes twice, as written and folded.
 */
export interface Operand {
  text: string;
  folded: string;
  number: string;
  flag: string;
  instant: string;
  /** Whether there is a value of any type. */
  present: string;
  /** Set where numbers are exact decimals instead of binary ones. */
  exact?: boolean;
}

/** A comparison as conditions on attributes, properties and sums share it. */
export interface Comparison {
  op: AttributeOperator;
  value?: Scalar;
  values?: Scalar[];
  caseSensitive?: boolean;
}

/** The operators that are the complement of another: they hold where the other does not, so also without a value. */
const positives: Partial<Record<AttributeOperator, AttributeOperator>> = {
  not_equals: 'equals',
  not_in: 'in',
  not_contains: 'contains',
  not_exists: 'exists',
};

/** The comparison that this is the complement of; undefined for one that is itself affirmative. */
export function complementOf(comparison: Comparison): Comparison | undefined {
  const op = positives[comparison.op];
  return op && { ...comparison, op };
}

type Writer = (comparison: Comparison, operand: Operand, scope: LeafScope) => string;

const refusal: Writer = ({ op }) => {
  throw new TypeError(`"${op}" is not an affirmative operator.`);
};

/** An affirmative comparison as SQL; null where the value is missing or of another type. */
const writers: Record<AttributeOperator, Writer> = {
  equals: (comparison, operand, scope) => anyOf([comparison.value as Scalar], comparison, operand, scope),
  in: (comparison, operand, scope) => anyOf(comparison.values as Scalar[], comparison, operand, scope),
  includes_any: (comparison, operand, scope) =>
    anyOf(comparison.values as Scalar[], comparison, operand, scope),
  // About several stored values, not one: see the attribute leaf.
  includes_all: refusal,
  contains: (comparison, operand, scope) =>
    onText(comparison, operand, scope, (text, piece) => `position(${piece} in ${text}) > 0`),
  starts_with: (comparison, operand, scope) =>
    onText(comparison, operand, scope, (text, piece) => `starts_with(${text}, ${piece})`),
  ends_with: (comparison, operand, scope) =>
    onText(comparison, operand, scope, (text, piece) => `right(${text}, char_length(${piece})) = ${piece}`),
  exists: (_, operand) => operand.present,
  gt: (comparison, operand, scope) => onNumber('>', comparison, operand, scope),
  gte: (comparison, operand, scope) => onNumber('>=', comparison, operand, scope),
  lt: (comparison, operand, scope) => onNumber('<', comparison, operand, scope),
  lte: (comparison, operand, scope) => onNumber('<=', comparison, operand, scope),
  between: ({ values = [] }, operand, { parameters, timeZone }) => {
    const [from, to] = values;
    if (typeof from === 'number') {
      return `${operand.number} between ${parameters.add(from, numberType(operand))} and ${parameters.add(to, numberType(operand))}`;
    }
    const bound = (end: Scalar | undefined): string =>
      parameters.addInstant(instantOf(String(end), timeZone));
    return `${operand.instant} between ${bound(from)} and ${bound(to)}`;
  },
  before: (comparison, operand, scope) => `${operand.instant} < ${instantParameter(comparison, scope)}`,
  after: (comparison, operand, scope) => `${operand.instant} > ${instantParameter(comparison, scope)}`,
  within_last: ({ value }, operand, scope) =>
    withinSpan(operand.instant, dateSpan('within_last', String(value), scope.now, scope.timeZone), scope),
  within_next: ({ value }, operand, scope) =>
    withinSpan(operand.instant, dateSpan('within_next', String(value), scope.now, scope.timeZone), scope),
  anniversary_within: ({ value }, operand, { parameters, now, timeZone }) => {
    const days = parameters.add(anniversaryDays(String(value), now, timeZone), 'text[]');
    return `to_char(${operand.instant} at time zone ${parameters.add(timeZone, 'text')}, 'MM-DD') = any(${days})`;
  },
  not_equals: refusal,
  not_in: refusal,
  not_contains: refusal,
  not_exists: refusal,
};

/** Writes an affirmative comparison: true, false, or null where the value is missing or of another type. */
export function writeComparison(comparison: Comparison, operand: Operand, scope: LeafScope): string {
  return writers[comparison.op](comparison, operand, scope);
}

/** Whether an instant lies in a span: from its start up to, but without, its end. */
export function withinSpan(instant: string, { from, to }: Span, { parameters }: LeafScope): string {
  const bounds = [
    from && `${instant} >= ${parameters.addInstant(from)}`,
    to && `${instant} < ${parameters.addInstant(to)}`,
  ];
  return bounds.filter(Boolean).join(' and ') || 'true';
}

/** Text of a rule in the form in which it is compared. */
export function comparable(text: string, caseSensitive: boolean | undefined): string {
  return caseSensitive ? text : fold(text);
}

/** Is one of the values, each compared as its own type. */
function anyOf(
  values: readonly Scalar[],
  { caseSensitive }: Comparison,
  operand: Operand,
  { parameters }: LeafScope,
): string {
  const texts = values.filter((value) => typeof value === 'string');
  const numbers = values.filter((value) => typeof value === 'number');
  const flags = values.filter((value) => typeof value === 'boolean');
  const compared = texts.map((text) => comparable(text, caseSensitive));
  const parts = [
    texts.length > 0 &&
      `${caseSensitive ? operand.text : operand.folded} = any(${parameters.add(compared, 'text[]')})`,
    numbers.length > 0 && `${operand.number} = any(${parameters.add(numbers, `${numberType(operand)}[]`)})`,
    ...flags.map((flag) => `${operand.flag} = ${parameters.add(flag, 'boolean')}`),
  ];
  return `(${parts.filter(Boolean).join(' or ')})`;
}

function numberType({ exact }: Operand): 'numeric' | 'float8' {
  return exact ? 'numeric' : 'float8';
}

function onText(
  { value, caseSensitive }: Comparison,
  operand: Operand,
  { parameters }: LeafScope,
  write: (text: string, piece: string) => string,
): string {
  const piece = parameters.add(comparable(String(value), caseSensitive), 'text');
  return write(caseSensitive ? operand.text : operand.folded, piece);
}

function onNumber(sign: string, { value }: Comparison, operand: Operand, { parameters }: LeafScope): string {
  return `${operand.number} ${sign} ${parameters.add(value, numberType(operand))}`;
}

function instantParameter({ value }: Comparison, { parameters, timeZone }: LeafScope): string {
  return parameters.addInstant(instantOf(String(value), timeZone));
}
