import type { SignalCondition, SignalOperator } from '../ast.js';
import { SIGNAL_OPERATORS } from '../ast.js';
import type { Checker, Fields } from '../checker.js';
import { checkOperand, printComparison, sayComparison } from '../operators.js';
import type { Comparison, OperandType } from '../operators.js';
import { quoted, stretch } from '../phrases.js';
import { printText } from '../syntax.js';
import { durationInWords } from '../time.js';
import type { ConditionHandler } from './condition.js';

const FIELDS = ['name', 'source', 'op', 'value', 'values', 'caseSensitive', 'within'];

/** What a signal is compared as: it is a text or a number, and says so by itself. */
const OPERAND: Record<SignalOperator, OperandType> = {
  equals: 'any',
  in: 'any',
  contains: 'text',
  starts_with: 'text',
  ends_with: 'text',
  gt: 'number',
  gte: 'number',
  lt: 'number',
  lte: 'number',
  between: 'number',
};

/** `signal`: what a third party says of the contact or its company. */
export const signal: ConditionHandler<'signal'> = {
  check(body, path, checker) {
    const fields = checker.fields(body, path, FIELDS);
    if (fields === undefined) return undefined;
    const name = checker.need(fields, 'name', path, (value, at) => checker.text(value, at));
    const source = fields.has('source') ? checker.text(fields.get('source'), `${path}.source`) : null;
    const comparison = checkComparison(checker, fields, path);
    const within = fields.has('within')
      ? checker.duration(fields.get('within'), `${path}.within`, ['m', 'h', 'd', 'w', 'mo', 'y'])
      : null;
    if (name === undefined || source === undefined || comparison === undefined || within === undefined)
      return undefined;
    return {
      name,
      ...(source !== null && { source }),
      ...comparison,
      ...(within !== null && { within }),
    };
  },

  print(body) {
    const source = body.source === undefined ? '' : ` from ${printText(body.source)}`;
    const comparison = isCompared(body) ? ` ${printComparison(body)}` : '';
    const within = body.within === undefined ? '' : ` in last ${durationInWords(body.within)}`;
    return `signal ${printText(body.name)}${source}${comparison}${within}`;
  },

  describe(body, _names, negated) {
    const source = body.source === undefined ? '' : ` from ${body.source}`;
    const comparison = isCompared(body) ? ` that ${sayComparison(body, false)}` : '';
    const within = body.within === undefined ? '' : ` in ${stretch('last', body.within)}`;
    return {
      lead: 'who',
      text: `${negated ? 'does not show' : 'shows'} the signal ${quoted(body.name)}${source}${comparison}${within}`,
    };
  },

  usesClock: (body) => body.within !== undefined,
  refer: () => {},
};

/** Without an operator it is enough that there is such a signal, whatever it says. */
function checkComparison(
  checker: Checker,
  fields: Fields,
  path: string,
): Omit<SignalCondition, 'name'> | undefined {
  if (!fields.has('op')) {
    const stray = ['value', 'values', 'caseSensitive'].find((field) => fields.has(field));
    if (stray === undefined) return {};
    return checker.refuse('MISSING_FIELD', `${path}.op`, `"${stray}" needs "op": how to compare with it.`);
  }
  const op = checker.word(fields.get('op'), `${path}.op`, SIGNAL_OPERATORS, 'UNKNOWN_OPERATOR');
  const operand = op && checkOperand(checker, fields, path, op, OPERAND[op]);
  return operand && { op, ...(operand as Omit<SignalCondition, 'name' | 'op'>) };
}

function isCompared(body: SignalCondition): body is SignalCondition & Comparison {
  return body.op !== undefined;
}
