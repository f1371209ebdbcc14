import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  AttributeCondition,
  AttributeOperator,
  AttributeType,
  Condition,
  ConditionKind,
  EventCondition,
  EventPattern,
  HeldFor,
  PropertyCondition,
  Rule,
  Scalar,
  SignalCondition,
  Sum,
  Window,
} from '../ast.js';
import {
  ATTRIBUTE_TYPES,
  CHANNELS,
  CONDITION_KINDS,
  CONSENT_STATES,
  IDENTITY_KINDS,
  PEOPLE_MATCHES,
  PROPERTY_OPERATORS,
  SIGNAL_OPERATORS,
  SUM_FUNCTIONS,
  SUM_OPERATORS,
} from '../ast.js';
import { OPERATORS, OPERATORS_OF_TYPE, PROPERTY_OPERAND } from '../operators.js';
import type { Comparison, OperandType } from '../operators.js';
import type { Vocabulary } from './vocabulary.js';
import { TUNED } from './vocabulary.js';

/** How large random rules get: at most 27 conditions by default. */
export interface RuleSize {
  maxDepth?: number;
  maxChildren?: number;
}

/** Random rules in normal form, of every kind of node and every operator; by default such as often hold in a world. */
export function ruleArbitrary(
  vocabulary: Vocabulary = TUNED,
  { maxDepth = 3, maxChildren = 3 }: RuleSize = {},
): Arbitrary<Rule> {
  const condition = conditionArbitrary(vocabulary);
  return fc.letrec<{ rule: Rule; group: Rule; children: Rule[] }>((tie) => ({
    rule: fc.oneof(
      { maxDepth, depthSize: 'max', withCrossShrink: true },
      { arbitrary: condition, weight: 1 },
      { arbitrary: tie('group'), weight: 2 },
    ),
    group: fc.oneof(
      { arbitrary: tie('children').map((all) => ({ all })), weight: 2 },
      { arbitrary: tie('children').map((any) => ({ any })), weight: 2 },
      { arbitrary: tie('rule').map((not) => ({ not })), weight: 1 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom(...PEOPLE_MATCHES), tie('rule'))
          .map(([match, rule]) => ({ companyPeople: { match, rule } })),
        weight: 1,
      },
    ),
    // Groups of none and of one are rarely written, and easily got wrong.
    children: fc.oneof(
      { arbitrary: fc.array(tie('rule'), { maxLength: 1 }), weight: 1 },
      { arbitrary: fc.array(tie('rule'), { minLength: 2, maxLength: maxChildren }), weight: 6 },
    ),
  })).rule;
}

/** Random conditions of every kind, or of one. */
export function conditionArbitrary(
  vocabulary: Vocabulary = TUNED,
  kind?: ConditionKind,
): Arbitrary<Condition> {
  const arbitraries: Record<ConditionKind, Arbitrary<Condition>> = {
    attribute: attributeArbitrary(vocabulary).map((attribute) => ({ attribute })),
    event: eventArbitrary(vocabulary).map((event) => ({ event })),
    sequence: fc
      .tuple(fc.array(patternArbitrary(vocabulary), { minLength: 2, maxLength: 3 }), vocabulary.fixedDuration)
      .map(([steps, within]) => ({ sequence: { steps, within } })),
    signal: signalArbitrary(vocabulary).map((signal) => ({ signal })),
    segment: vocabulary.segment.map((segment) => ({ segment })),
    list: vocabulary.list.map((list) => ({ list })),
    lookalike: fc
      .tuple(vocabulary.lookalike, fc.integer({ min: 1, max: 20 }))
      .map(([id, top]) => ({ lookalike: { id, top } })),
    consent: fc
      .tuple(fc.constantFrom(...CHANNELS), fc.constantFrom(...CONSENT_STATES))
      .map(([channel, state]) => ({ consent: { channel, state } })),
    identified: fc.constantFrom(...IDENTITY_KINDS).map((identified) => ({ identified })),
    sample: fc
      .tuple(vocabulary.percent, vocabulary.salt)
      .map(([percent, salt]) => ({ sample: { percent, salt } })),
  };
  if (kind !== undefined) return arbitraries[kind];
  // The kinds with many operators come more often.
  const weights: Partial<Record<ConditionKind, number>> = { attribute: 8, event: 8, sequence: 3, signal: 3 };
  return fc.oneof(
    ...CONDITION_KINDS.map((each) => ({ arbitrary: arbitraries[each], weight: weights[each] ?? 1 })),
  );
}

/** Random conditions on attributes, with every operator of every type. */
function attributeArbitrary(vocabulary: Vocabulary): Arbitrary<AttributeCondition> {
  const cases = ATTRIBUTE_TYPES.flatMap((type) =>
    OPERATORS_OF_TYPE[type].map((op) => attributeCase(vocabulary, type, op)),
  );
  return fc.oneof(...cases);
}

function attributeCase(
  vocabulary: Vocabulary,
  type: AttributeType,
  op: AttributeOperator,
): Arbitrary<AttributeCondition> {
  const comparison = comparisonArbitrary(vocabulary, op, type === 'text_list' ? 'text' : type);
  const heldFor: Arbitrary<HeldFor | undefined> = OPERATORS[op].complement
    ? fc.constant(undefined)
    : fc.option(
        fc.oneof(
          vocabulary.duration.map((atLeast) => ({ atLeast })),
          vocabulary.duration.map((lessThan) => ({ lessThan })),
        ),
        { nil: undefined, freq: 4 },
      );
  return fc
    .tuple(vocabulary.key[type], comparison, heldFor)
    .map(([key, compared, held]) => ({ key, ...compared, ...(held && { heldFor: held }) }));
}

function comparisonArbitrary(
  vocabulary: Vocabulary,
  op: AttributeOperator,
  type: OperandType,
): Arbitrary<Comparison> {
  const operand = operandArbitrary(vocabulary, op, type);
  const sensitive = OPERATORS[op].text ? fc.boolean() : fc.constant(false);
  return fc.tuple(operand, sensitive).map(([operands, caseSensitive]) => {
    const hasText = (operands.values ?? [operands.value]).some((value) => typeof value === 'string');
    return { op, ...operands, ...(caseSensitive && hasText && { caseSensitive }) };
  });
}

function operandArbitrary(
  vocabulary: Vocabulary,
  op: AttributeOperator,
  type: OperandType,
): Arbitrary<Omit<Comparison, 'op'>> {
  const scalar = scalarArbitrary(vocabulary, type);
  switch (OPERATORS[op].operand) {
    case 'none':
      return fc.constant({});
    case 'one':
      return scalar.map((value) => ({ value }));
    case 'many':
      return fc.array(scalar, { minLength: 1, maxLength: 3 }).map((values) => ({ values }));
    case 'range':
      return rangeArbitrary(vocabulary, type).map((values) => ({ values }));
    case 'duration':
      return (op === 'anniversary_within' ? vocabulary.days : vocabulary.duration).map((value) => ({
        value,
      }));
  }
}

function scalarArbitrary(vocabulary: Vocabulary, type: OperandType): Arbitrary<Scalar> {
  const arbitraries: Record<OperandType, Arbitrary<Scalar>> = {
    text: vocabulary.text,
    number: vocabulary.number,
    boolean: fc.boolean(),
    date: vocabulary.instant,
    any: fc.oneof(vocabulary.text, vocabulary.number, fc.boolean()),
  };
  return arbitraries[type];
}

function rangeArbitrary(vocabulary: Vocabulary, type: OperandType): Arbitrary<Scalar[]> {
  const numbers = fc
    .tuple(vocabulary.number, vocabulary.number)
    .map((ends) => ends.toSorted((a, b) => a - b));
  const instants = fc.tuple(vocabulary.instant, vocabulary.instant).map((ends) => ends.toSorted());
  if (type === 'number') return numbers;
  return type === 'date' ? instants : fc.oneof<Arbitrary<Scalar[]>[]>(numbers, instants);
}

/** Random patterns of events, which are the steps of sequences too. */
function patternArbitrary(vocabulary: Vocabulary): Arbitrary<EventPattern> {
  const target = fc.option(vocabulary.target, { nil: undefined, freq: 1 });
  const where = fc.array(propertyArbitrary(vocabulary), { maxLength: 2 });
  return fc
    .tuple(
      vocabulary.eventName,
      target,
      fc.oneof({ arbitrary: fc.constant<PropertyCondition[]>([]), weight: 3 }, where),
    )
    .map(([name, on, conditions]) => ({
      name,
      ...(on !== undefined && { target: on }),
      ...(conditions.length > 0 && { where: conditions }),
    }));
}

function propertyArbitrary(vocabulary: Vocabulary): Arbitrary<PropertyCondition> {
  const comparison = fc
    .constantFrom(...PROPERTY_OPERATORS)
    .chain((op) => comparisonArbitrary(vocabulary, op, PROPERTY_OPERAND[op]));
  return fc
    .tuple(vocabulary.property, comparison)
    .map(([property, compared]) => ({ property, ...(compared as Omit<PropertyCondition, 'property'>) }));
}

/** Random conditions on events. */
function eventArbitrary(vocabulary: Vocabulary): Arbitrary<EventCondition> {
  const count = fc.oneof(
    fc.integer({ min: 1, max: vocabulary.times }).map((atLeast) => ({ atLeast })),
    fc.integer({ min: 0, max: vocabulary.times }).map((atMost) => ({ atMost })),
    fc.integer({ min: 0, max: vocabulary.times }).map((exactly) => ({ exactly })),
  );
  const optional = <Value>(arbitrary: Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
  return fc
    .tuple(
      patternArbitrary(vocabulary),
      optional(count),
      optional(windowArbitrary(vocabulary)),
      optional(sumArbitrary(vocabulary)),
      fc.boolean(),
    )
    .map(([pattern, counted, window, sum, first]) => ({
      ...pattern,
      ...(counted && { count: counted }),
      ...(window && { window }),
      ...(sum && { sum }),
      ...(first && window && { first }),
    }));
}

/** Random conditions on signals, with every operator and with none. */
function signalArbitrary(vocabulary: Vocabulary): Arbitrary<SignalCondition> {
  const comparison = fc.constantFrom(...SIGNAL_OPERATORS).chain((op) => {
    const type = op === 'between' ? 'number' : PROPERTY_OPERAND[op];
    return comparisonArbitrary(vocabulary, op, type) as Arbitrary<Omit<SignalCondition, 'name'>>;
  });
  const optional = <Value>(arbitrary: Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
  return fc
    .tuple(
      vocabulary.signal,
      optional(vocabulary.signalSource),
      optional(comparison),
      optional(vocabulary.duration),
    )
    .map(([name, source, compared, within]) => ({
      name,
      ...(source !== undefined && { source }),
      ...compared,
      ...(within !== undefined && { within }),
    }));
}

function windowArbitrary(vocabulary: Vocabulary): Arbitrary<Window> {
  return fc.oneof(
    vocabulary.duration.map((last) => ({ last })),
    vocabulary.instant.map((since) => ({ since })),
    fc
      .uniqueArray(vocabulary.instant, { minLength: 2, maxLength: 2 })
      .map((ends) => ({ between: ends.toSorted() as [string, string] })),
  );
}

function sumArbitrary(vocabulary: Vocabulary): Arbitrary<Sum> {
  const comparison = fc
    .constantFrom(...SUM_OPERATORS)
    .chain((op) => comparisonArbitrary(vocabulary, op, 'number'));
  return fc
    .tuple(vocabulary.property, fc.constantFrom(...SUM_FUNCTIONS), comparison)
    .map(([property, fn, compared]) => ({
      property,
      function: fn,
      ...(compared as Omit<Sum, 'property' | 'function'>),
    }));
}
