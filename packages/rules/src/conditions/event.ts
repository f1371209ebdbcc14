import type { Count, EventCondition, Sum, Window } from '../ast.js';
import { SUM_FUNCTIONS, SUM_OPERATORS } from '../ast.js';
import type { Checker, Fields } from '../checker.js';
import { fold } from '../fold.js';
import { checkOperand, printComparison, sayComparison } from '../operators.js';
import { instantInWords, negatedAsWhole, quoted, spaced, stretch } from '../phrases.js';
import type { Clause } from '../phrases.js';
import { printKey, printText } from '../syntax.js';
import { durationInWords } from '../time.js';
import type { ConditionHandler } from './condition.js';
import { checkPattern, PATTERN_FIELDS, printPattern, sayEvents, sayPattern } from './pattern.js';

const FIELDS = [...PATTERN_FIELDS, 'count', 'window', 'sum', 'first'];

/** More than any contact does, and small enough for an integer of the database. */
const MAX_COUNT = 1_000_000;

/** `event`: what a contact did, how often, when, and what it added up to. */
export const event: ConditionHandler<'event'> = {
  check(body, path, checker) {
    const fields = checker.fields(body, path, FIELDS);
    const pattern = fields && checkPattern(checker, fields, path);
    const clauses = fields && checkClauses(checker, fields, path);
    return pattern && clauses && { ...pattern, ...clauses };
  },

  print(body) {
    return [printPattern(body), ...printClauses(body)].join(' ');
  },

  describe(body, _names, negated) {
    const bounds = boundsOf(body);
    const window = sayWindow(body.window);
    if (bounds === undefined) return saySumAlone(body, body.sum!, window, negated);
    const plain = !body.sum && !body.first;
    if (plain && saysNever(bounds, negated))
      return { lead: 'who', text: `has not ${sayPattern(body)}${window}` };
    if (plain && saysEver(bounds, negated))
      return {
        lead: 'who',
        text: `has ${sayPattern(body)}${body.window || body.count ? ' at least once' : ''}${window}`,
      };
    const sum = body.sum ? `, where the ${saySum(body.sum)} ${sayComparison(body.sum, false)}` : '';
    const text = `has ${sayPattern(body)} ${sayBounds(bounds)}${window}${sum}${body.first ? ', and never before that' : ''}`;
    return negated ? negatedAsWhole(text) : { lead: 'who', text };
  },

  /** Even without a window: an event dated ahead of now counts once its time has come. */
  usesClock(body) {
    return body.window === undefined || !('between' in body.window);
  },

  refer(body, references) {
    references.events.add(fold(body.name));
  },
};

type Clauses = Pick<EventCondition, 'count' | 'window' | 'sum' | 'first'>;

function checkClauses(checker: Checker, fields: Fields, path: string): Clauses | undefined {
  const optional = <Value>(
    name: string,
    read: (checker: Checker, value: unknown, path: string) => Value | undefined,
  ) => (fields.has(name) ? read(checker, fields.get(name), `${path}.${name}`) : null);
  const count = optional('count', checkCount);
  const window = optional('window', checkWindow);
  const sum = optional('sum', checkSum);
  const first = optional('first', (_, value, at) => checker.boolean(value, at));
  if (count === undefined || window === undefined || sum === undefined || first === undefined)
    return undefined;
  if (first && !window)
    return checker.refuse(
      'NOT_COMBINABLE',
      `${path}.first`,
      '"first" needs a "window" before which there was none.',
    );
  return { ...(count && { count }), ...(window && { window }), ...(sum && { sum }), ...(first && { first }) };
}

function checkCount(checker: Checker, value: unknown, path: string): Count | undefined {
  const option = checker.option(value, path, ['atLeast', 'atMost', 'exactly']);
  if (option === undefined) return undefined;
  const [name, raw] = option;
  const times = checker.whole(raw, `${path}.${name}`, name === 'atLeast' ? 1 : 0, MAX_COUNT);
  if (times === undefined) return undefined;
  if (name === 'atLeast') return { atLeast: times };
  return name === 'atMost' ? { atMost: times } : { exactly: times };
}

function checkWindow(checker: Checker, value: unknown, path: string): Window | undefined {
  const option = checker.option(value, path, ['last', 'between', 'since']);
  if (option === undefined) return undefined;
  const [name, raw] = option;
  if (name === 'between') return checkBetween(checker, raw, `${path}.between`);
  if (name === 'last') {
    const last = checker.duration(raw, `${path}.last`, ['m', 'h', 'd', 'w', 'mo', 'y']);
    return last === undefined ? undefined : { last };
  }
  const since = checker.instant(raw, `${path}.since`);
  return since === undefined ? undefined : { since };
}

function checkBetween(checker: Checker, raw: unknown, path: string): Window | undefined {
  const ends = checker.list(raw, path, { from: 2, to: 2, tooMany: 'TOO_MANY_VALUES' }, (end, at) =>
    checker.instant(end, at),
  );
  return ends && checker.ordered(ends, path, { strict: true })
    ? { between: [ends[0]!, ends[1]!] }
    : undefined;
}

function checkSum(checker: Checker, value: unknown, path: string): Sum | undefined {
  const fields = checker.fields(value, path, ['property', 'function', 'op', 'value', 'values']);
  if (fields === undefined) return undefined;
  const property = checker.need(fields, 'property', path, (each, at) => checker.text(each, at));
  const fn = checker.need(fields, 'function', path, (each, at) => checker.word(each, at, SUM_FUNCTIONS));
  const op = checker.need(fields, 'op', path, (each, at) =>
    checker.word(each, at, SUM_OPERATORS, 'UNKNOWN_OPERATOR'),
  );
  if (property === undefined || fn === undefined || op === undefined) return undefined;
  const operand = checkOperand(checker, fields, path, op, 'number') as
    | Pick<Sum, 'value' | 'values'>
    | undefined;
  return operand && { property, function: fn, op, ...operand };
}

function printClauses({ count, sum, window, first }: EventCondition): string[] {
  return [
    ...(count ? [printCount(count)] : []),
    ...(sum ? [`with ${sum.function} of ${printKey(sum.property)} ${printComparison(sum)}`] : []),
    ...(window ? [printWindow(window)] : []),
    ...(first ? ['for the first time'] : []),
  ];
}

function printCount(count: Count): string {
  const [words, times] =
    'atLeast' in count
      ? ['at least', count.atLeast]
      : 'atMost' in count
        ? ['at most', count.atMost]
        : ['exactly', count.exactly];
  return `${words} ${times} ${times === 1 ? 'time' : 'times'}`;
}

function printWindow(window: Window): string {
  if ('last' in window) return `in last ${durationInWords(window.last)}`;
  if ('since' in window) return `since ${printText(window.since)}`;
  return `between ${window.between.map(printText).join(' and ')}`;
}

/** How often, as a range; undefined when only a sum is asked for. */
interface Bounds {
  from: number;
  to: number;
}

function boundsOf({ count, sum }: EventCondition): Bounds | undefined {
  if (count === undefined) return sum ? undefined : { from: 1, to: Infinity };
  if ('atLeast' in count) return { from: count.atLeast, to: Infinity };
  return 'atMost' in count ? { from: 0, to: count.atMost } : { from: count.exactly, to: count.exactly };
}

function saysNever({ from, to }: Bounds, negated: boolean): boolean {
  return negated ? from === 1 && to === Infinity : to === 0;
}

function saysEver({ from, to }: Bounds, negated: boolean): boolean {
  return negated ? to === 0 : from === 1 && to === Infinity;
}

function sayBounds({ from, to }: Bounds): string {
  if (from === to) return `exactly ${sayTimes(from)}`;
  return to === Infinity ? `at least ${sayTimes(from)}` : `at most ${sayTimes(to)}`;
}

function sayTimes(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}

function sayWindow(window: Window | undefined): string {
  if (window === undefined) return '';
  if ('last' in window) return ` in ${stretch('last', window.last)}`;
  if ('since' in window) return ` since ${instantInWords(window.since)}`;
  return ` from ${instantInWords(window.between[0])} until before ${instantInWords(window.between[1])}`;
}

const SUM_WORDS: Record<Sum['function'], string> = {
  sum: 'total',
  min: 'lowest',
  max: 'highest',
  average: 'average',
};

function saySum(sum: Sum): string {
  return `${SUM_WORDS[sum.function]} ${quoted(spaced(sum.property))}`;
}

function saySumAlone(body: EventCondition, sum: Sum, window: string, negated: boolean): Clause {
  const subject = `${saySum(sum)} of ${sayEvents(body)}${window}`;
  if (!body.first) return { lead: 'whose', text: `${subject} ${sayComparison(sum, negated)}` };
  const text = `${subject} ${sayComparison(sum, false)}, with none before that`;
  return negated ? negatedAsWhole(text) : { lead: 'whose', text };
}
