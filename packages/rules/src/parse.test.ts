import { describe, expect, it } from 'vitest';
import type { Rule } from './ast.js';
import { MAX_RULE_TEXT, parse } from './parse.js';

const read = (text: string): Rule => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rule;
};

const problemOf = (text: string) => {
  const parsed = parse(text);
  if (parsed.ok) throw new Error('parsed');
  return parsed.problems[0]!;
};

const exists = (key: string): Rule => ({ attribute: { key, op: 'exists' } });

describe('parse', () => {
  it('reads the rule of the first page', () => {
    expect(
      read('event "page_viewed" on "/pricing" in last 30 days and not event "demo_requested"'),
    ).toStrictEqual({
      all: [
        { event: { name: 'page_viewed', target: '/pricing', window: { last: '30d' } } },
        { not: { event: { name: 'demo_requested' } } },
      ],
    });
  });

  it('binds "and" more tightly than "or", and "not" most tightly', () => {
    expect(read('a exists or not b exists and c exists')).toStrictEqual({
      any: [exists('a'), { all: [{ not: exists('b') }, exists('c')] }],
    });
  });

  it('takes keywords in any case, signs for words, short units, comments and line breaks', () => {
    expect(read('A = 1 AND b != "x" # why\r\nand Event "c" IN THE LAST 3mo')).toStrictEqual({
      all: [
        { attribute: { key: 'A', op: 'equals', value: 1 } },
        { attribute: { key: 'b', op: 'not_equals', value: 'x' } },
        { event: { name: 'c', window: { last: '3mo' } } },
      ],
    });
  });

  it('reads signals, with and without what they say', () => {
    expect(
      read(
        'signal "crm" from "bombora" in ("hot", "warm") in the last 30 days or signal "erp" in last 1 week',
      ),
    ).toStrictEqual({
      any: [
        { signal: { name: 'crm', source: 'bombora', op: 'in', values: ['hot', 'warm'], within: '30d' } },
        { signal: { name: 'erp', within: '1w' } },
      ],
    });
  });

  it('takes the clauses of an event in any order', () => {
    expect(read('event "a" since "2026-01-01" at least 2 times')).toStrictEqual(
      read('event "a" at least 2 times since "2026-01-01"'),
    );
  });

  it('takes words that start like keywords, and keywords that are not reserved, as names', () => {
    expect(
      read('android exists and within_budget exists and first exists and attribute last is 1'),
    ).toStrictEqual({
      all: [
        exists('android'),
        exists('within_budget'),
        exists('first'),
        { attribute: { key: 'last', op: 'equals', value: 1 } },
      ],
    });
  });

  it.each([
    ['', 1, 1, /^Expected "\(", "all".* or .*, but the rule ends here\.$/],
    ['event page_viewed', 1, 7, /^Expected text in double quotes, but found "page_viewed"\.$/],
    [
      'plan is',
      1,
      8,
      /^Expected text in double quotes, a number, "true" or "false", but the rule ends here\.$/,
    ],
    ['plan is "pro"\n  plan', 2, 3, /^Expected "and", "or" or the end of the rule, but found "plan"\.$/],
    ['(plan exists', 1, 13, /^Expected "\)", but the rule ends here\.$/],
    ['event "a" in last 3 parsecs', 1, 21, /^Expected minutes, hours, days, .*, but found "parsecs"\.$/],
    ['event "a" in last 1.5 days', 1, 19, /whole number/],
    ['consent mail granted', 1, 9, /^Expected email, ads, phone, profiling, but found "mail"\.$/],
    ['event "a" with mode of price > 1', 1, 16, /^Expected sum, min, max, average/],
    ['event "a" with sum of price in (1)', 1, 29, /^A sum is compared by/],
    ['event "a" where due within last 3 days', 1, 21, /^A property of an event/],
    ['event "a" since "2026-01-01" in last 3 days', 1, 30, /already has a window/],
    ['score > 1e999', 1, 9, /too large/],
  ])('says what it expected: %s', (text, line, column, message) => {
    expect(problemOf(text)).toMatchObject({ code: 'SYNTAX', line, column });
    expect(problemOf(text).message).toMatch(message);
  });

  it('points at the offset and length of what is wrong', () => {
    expect(problemOf('plan is "pro"\n  nonsense')).toMatchObject({ offset: 16, length: 8 });
    expect(problemOf('plan is ')).toMatchObject({ offset: 8, length: 0 });
  });

  it.each([
    ['plan ? 3', 6, 'Unexpected "?".'],
    ['plan is "pro', 9, 'This text has no closing ", or a line break or an unknown escape in it.'],
    ['plan is "a\\x"', 9, 'This text has no closing ", or a line break or an unknown escape in it.'],
    ['`plan exists', 1, 'This text has no closing `, or a line break or an unknown escape in it.'],
    ['plan is 💥', 9, 'Unexpected "💥".'],
  ])('refuses characters that start nothing: %s', (text, column, message) => {
    expect(problemOf(text)).toMatchObject({ code: 'UNEXPECTED_CHARACTER', line: 1, column, message });
  });

  it('refuses nesting without limit, and stays on its feet', () => {
    expect(problemOf('('.repeat(100_000)).code).toBe('TOO_DEEP');
    expect(problemOf(`${'not '.repeat(100_000)}a exists`).code).toBe('TOO_DEEP');
    expect(problemOf(`${'not '.repeat(12)}a exists`).code).toBe('TOO_DEEP');
    expect(read(`${'not '.repeat(11)}a exists`)).toHaveProperty('not.not.not');
    expect(read(`${'('.repeat(50)}a exists${')'.repeat(50)}`)).toStrictEqual(exists('a'));
    expect(problemOf(`${'all of ('.repeat(20)}${')'.repeat(20)}`).code).toBe('TOO_DEEP');
  });

  it('refuses text without end', () => {
    expect(problemOf(' '.repeat(MAX_RULE_TEXT + 1)).code).toBe('TOO_LONG');
  });

  it('reads a good rule after a bad one', () => {
    expect(parse('event').ok).toBe(false);
    expect(read('a exists')).toStrictEqual(exists('a'));
  });
});
