import {
  OPERATORS_OF_TYPE,
  type AttributeCondition,
  type AttributeOperator,
  type AttributeType,
  type PropertyOperator,
  type Scalar,
  type SignalOperator,
  type SumOperator,
} from '@coterie/rules';

/** What operators are called, and which fields they need. */

/** What is compared with: nothing, one value, several, the two ends of a range, or a stretch of time. */
export type Operand = 'none' | 'one' | 'many' | 'range' | 'duration';

const operands: Record<AttributeOperator, Operand> = {
  equals: 'one',
  not_equals: 'one',
  in: 'many',
  not_in: 'many',
  contains: 'one',
  not_contains: 'one',
  starts_with: 'one',
  ends_with: 'one',
  exists: 'none',
  not_exists: 'none',
  gt: 'one',
  gte: 'one',
  lt: 'one',
  lte: 'one',
  between: 'range',
  before: 'one',
  after: 'one',
  within_last: 'duration',
  within_next: 'duration',
  anniversary_within: 'duration',
  includes_any: 'many',
  includes_all: 'many',
};

const words: Record<AttributeOperator, string> = {
  equals: 'is',
  not_equals: 'is not',
  in: 'is one of',
  not_in: 'is none of',
  contains: 'contains',
  not_contains: 'does not contain',
  starts_with: 'starts with',
  ends_with: 'ends with',
  exists: 'is known',
  not_exists: 'is not known',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  between: 'is between',
  before: 'is before',
  after: 'is after',
  within_last: 'is within the last',
  within_next: 'is within the next',
  anniversary_within: 'has its anniversary within the next',
  includes_any: 'includes any of',
  includes_all: 'includes all of',
};

/** Those that say the opposite, and so hold without a value: they know no age of it. */
const opposites: ReadonlySet<AttributeOperator> = new Set([
  'not_equals',
  'not_in',
  'not_contains',
  'not_exists',
]);

export function operandOf(op: AttributeOperator): Operand {
  return operands[op];
}

export function knowsAge(op: AttributeOperator): boolean {
  return !opposites.has(op);
}

const choice = <Op extends AttributeOperator>(op: Op) => ({ value: op, label: words[op] });

/** What can be asked of an attribute of a type; and what is asked already, whether or not it can be. */
export function operatorsOf(
  type: AttributeType,
  asked: AttributeOperator,
): { value: AttributeOperator; label: string }[] {
  const fitting = OPERATORS_OF_TYPE[type];
  return (fitting.includes(asked) ? fitting : [...fitting, asked]).map(choice);
}

/** What can be asked of a property of an event, by what it is compared with. */
export const propertyOperators: Record<'text' | 'number' | 'boolean', readonly PropertyOperator[]> = {
  text: [
    'equals',
    'not_equals',
    'in',
    'not_in',
    'contains',
    'not_contains',
    'starts_with',
    'ends_with',
    'before',
    'after',
    'exists',
    'not_exists',
  ],
  number: ['equals', 'not_equals', 'gt', 'gte', 'lt', 'lte', 'between', 'exists', 'not_exists'],
  boolean: ['equals', 'not_equals', 'exists', 'not_exists'],
};
export const choicesOf = <Op extends AttributeOperator>(ops: readonly Op[]) => ops.map(choice);

export const sumOperators = choicesOf<SumOperator>(['gt', 'gte', 'lt', 'lte', 'equals', 'between']);
export const signalOperators = choicesOf<SignalOperator>([
  'equals',
  'in',
  'contains',
  'starts_with',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
]);

/** A comparison without what is asked of: the part that all conditions with operators share. */
export interface Compared<Op extends AttributeOperator = AttributeOperator> {
  op: Op;
  value?: Scalar;
  values?: Scalar[];
  caseSensitive?: boolean;
}

/** Another operator, with as much of what was compared with as it can use. */
export function withOperator<Op extends AttributeOperator, Condition extends Compared<Op>>(
  condition: Condition,
  op: Op,
): Condition {
  const { value, values, caseSensitive, ...rest } = condition;
  const [from, to] = [operands[condition.op], operands[op]];
  const known = values ?? (value === undefined ? [] : [value]);
  // A duration is no value, and a value is no duration.
  const kept = (from === 'duration') === (to === 'duration') ? known : [];
  const operand =
    to === 'none'
      ? {}
      : to === 'many'
        ? kept.length > 0
          ? { values: kept }
          : {}
        : to === 'range'
          ? kept.length === 2
            ? { values: kept }
            : {}
          : kept[0] === undefined
            ? to === 'duration'
              ? { value: '30d' }
              : {}
            : { value: kept[0] };
  const cased = caseSensitive && to !== 'none' ? { caseSensitive } : {};
  return { ...rest, op, ...operand, ...cased } as unknown as Condition;
}

/** An attribute's first question: whatever is asked of its type most. */
export function askOf(key: string, type: AttributeType): AttributeCondition {
  const first: Record<AttributeType, AttributeCondition> = {
    text: { key, op: 'in' },
    number: { key, op: 'gte' },
    boolean: { key, op: 'equals', value: true },
    date: { key, op: 'within_last', value: '30d' },
    text_list: { key, op: 'includes_any' },
  };
  return first[type];
}
