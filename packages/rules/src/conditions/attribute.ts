import type { AttributeOperator, HeldFor } from '../ast.js';
import { ATTRIBUTE_OPERATORS, COMPANY_PREFIX } from '../ast.js';
import type { AttributeSchema, Checker } from '../checker.js';
import { checkOperand, OPERATORS, OPERATORS_OF_TYPE, printComparison, sayComparison } from '../operators.js';
import type { OperandType } from '../operators.js';
import { negatedAsWhole, spaced } from '../phrases.js';
import type { Names } from '../phrases.js';
import { printKey } from '../syntax.js';
import { durationInWords } from '../time.js';
import type { ConditionHandler } from './condition.js';

const FIELDS = ['key', 'op', 'value', 'values', 'heldFor', 'caseSensitive'];

const CLOCK_OPERATORS: ReadonlySet<AttributeOperator> = new Set([
  'within_last',
  'within_next',
  'anniversary_within',
]);

/** `attribute`: compares an attribute of the contact or its company. */
export const attribute: ConditionHandler<'attribute'> = {
  check(body, path, checker) {
    const fields = checker.fields(body, path, FIELDS);
    if (fields === undefined) return undefined;
    const key = checker.need(fields, 'key', path, (value, at) => checker.text(value, at));
    const known = key === undefined ? undefined : checkKey(checker, key, `${path}.key`);
    const op = checker.need(fields, 'op', path, (value, at) =>
      checker.word(value, at, ATTRIBUTE_OPERATORS, 'UNKNOWN_OPERATOR'),
    );
    if (
      key === undefined ||
      known === undefined ||
      op === undefined ||
      !checkOperator(checker, known, op, path)
    )
      return undefined;
    const operand = checkOperand(checker, fields, path, op, operandType(known));
    const heldFor = fields.has('heldFor')
      ? checkHeldFor(checker, fields.get('heldFor'), `${path}.heldFor`, op)
      : null;
    if (operand === undefined || heldFor === undefined) return undefined;
    return { key, op, ...operand, ...(heldFor && { heldFor }) };
  },

  print(body) {
    const text = `${printKey(body.key)} ${printComparison(body)}`;
    return body.heldFor ? `${text} held for ${printHeldFor(body.heldFor)}` : text;
  },

  describe(body, names, negated) {
    const label = labelOf(body.key, names);
    if (!body.heldFor) return { lead: 'whose', text: `${label} ${sayComparison(body, negated)}` };
    const text = `${label} ${sayComparison(body, false)} (and has been so for ${printHeldFor(body.heldFor)})`;
    return negated ? negatedAsWhole(text) : { lead: 'whose', text };
  },

  usesClock(body) {
    return body.heldFor !== undefined || CLOCK_OPERATORS.has(body.op);
  },

  refer(body, references) {
    if (body.key.startsWith(COMPANY_PREFIX))
      references.companyKeys.add(body.key.slice(COMPANY_PREFIX.length));
    else references.attributeKeys.add(body.key);
  },
};

function checkKey(checker: Checker, key: string, path: string): AttributeSchema | undefined {
  return (
    checker.attribute(key) ?? checker.refuse('UNKNOWN_ATTRIBUTE', path, `There is no attribute "${key}".`)
  );
}

function checkOperator(
  checker: Checker,
  { type, label }: AttributeSchema,
  op: AttributeOperator,
  path: string,
): boolean {
  const offered = OPERATORS_OF_TYPE[type];
  if (offered.includes(op)) return true;
  checker.refuse(
    'OPERATOR_NOT_FOR_TYPE',
    `${path}.op`,
    `"${label}" is a ${spaced(type)}; use ${offered.join(', ')}.`,
  );
  return false;
}

function operandType({ type }: AttributeSchema): OperandType {
  return type === 'text_list' ? 'text' : type;
}

/** A missing value has no age, so operators that hold without a value cannot ask for one. */
function checkHeldFor(
  checker: Checker,
  value: unknown,
  path: string,
  op: AttributeOperator,
): HeldFor | undefined {
  if (OPERATORS[op].complement) {
    return checker.refuse(
      'NOT_COMBINABLE',
      path,
      `"${op}" also holds without a value, which has no age; "heldFor" needs a present value.`,
    );
  }
  const option = checker.option(value, path, ['atLeast', 'lessThan']);
  const duration =
    option && checker.duration(option[1], `${path}.${option[0]}`, ['m', 'h', 'd', 'w', 'mo', 'y']);
  if (duration === undefined) return undefined;
  return option![0] === 'atLeast' ? { atLeast: duration } : { lessThan: duration };
}

function printHeldFor(heldFor: HeldFor): string {
  return 'atLeast' in heldFor
    ? `at least ${durationInWords(heldFor.atLeast)}`
    : `less than ${durationInWords(heldFor.lessThan)}`;
}

function labelOf(key: string, names: Names): string {
  const label = names.attribute?.(key);
  if (label !== undefined) return label;
  return key.startsWith(COMPANY_PREFIX)
    ? `company's ${spaced(key.slice(COMPANY_PREFIX.length))}`
    : spaced(key);
}
