import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from './ast.js';
import { canonical } from './inspect.js';
import { parse } from './parse.js';
import { print } from './print.js';
import { ruleArbitrary } from './testing/arbitraries.js';
import { TUNED, WILD } from './testing/vocabulary.js';

const exists = (key: string): Rule => ({ attribute: { key, op: 'exists' } });

describe('parse(print(rule))', () => {
  it('is the rule, whatever its words', () => {
    fc.assert(
      fc.property(fc.oneof(ruleArbitrary(WILD), ruleArbitrary(TUNED, { maxDepth: 5 })), (rule) => {
        const parsed = parse(print(rule));
        expect(parsed).toStrictEqual({ ok: true, rule });
        expect(canonical((parsed as { rule: Rule }).rule)).toBe(canonical(rule));
      }),
      { numRuns: 500 },
    );
  });

  it.each<Rule>([
    { all: [] },
    { any: [] },
    { all: [{ any: [] }] },
    { any: [{ all: [{ any: [exists('a')] }] }] },
    { not: { not: { all: [] } } },
    { all: [{ all: [exists('a'), exists('b')] }, { all: [exists('c')] }] },
    { any: [{ all: [exists('a'), exists('b')] }, exists('c')] },
    { not: { any: [exists('a'), exists('b')] } },
    exists('event'),
    exists('Not'),
    exists('`'),
    exists('\\`"'),
    exists('first'),
    exists('company.job title'),
    { attribute: { key: 'a', op: 'equals', value: '"\\\n\u2028 #) and' } },
    { attribute: { key: 'a', op: 'equals', value: 1e300 } },
    { attribute: { key: 'a', op: 'equals', value: -5e-324 } },
    {
      event: {
        name: 'a',
        where: [{ property: 'b', op: 'exists' }],
        window: { between: ['2026-01-01', '2026-02-01'] },
      },
    },
  ])('keeps %j', (rule) => {
    expect(parse(print(rule))).toStrictEqual({ ok: true, rule });
  });

  it('keeps what looks like a line break in a text, however deep', () => {
    const text: Rule = {
      attribute: { key: 'a\u2029b', op: 'equals', value: `\u2028\r\n\u0085${'x'.repeat(100)}` },
    };
    const rule: Rule = { all: [exists('a'), { any: [exists('b'), { all: [exists('c'), text] }] }] };
    expect(parse(print(rule))).toStrictEqual({ ok: true, rule });
  });

  it('prints what it parsed the same way again', () => {
    fc.assert(
      fc.property(ruleArbitrary(), (rule) => {
        const parsed = parse(print(rule));
        expect(parsed.ok && print(parsed.rule)).toBe(print(rule));
      }),
    );
  });
});

describe('print', () => {
  it('keeps a short rule on one line', () => {
    expect(print({ all: [exists('a'), { any: [exists('b'), { not: exists('c') }] }] })).toBe(
      'a exists and (b exists or not c exists)',
    );
  });

  it('lays a long rule out over lines', () => {
    const visited: Rule = { event: { name: 'page_viewed', target: '/pricing', window: { last: '30d' } } };
    const rule: Rule = {
      all: [
        visited,
        { any: [visited, { not: { event: { name: 'demo_requested', count: { atLeast: 2 } } } }] },
      ],
    };
    expect(print(rule)).toBe(
      [
        'event "page_viewed" on "/pricing" in last 30 days',
        'and (',
        '  event "page_viewed" on "/pricing" in last 30 days',
        '  or not event "demo_requested" at least 2 times',
        ')',
      ].join('\n'),
    );
  });

  it.each<[Rule, string]>([
    [
      { attribute: { key: 'plan', op: 'not_in', values: ['Pro', 'Team'], caseSensitive: true } },
      'plan not in ("Pro", "Team") case sensitive',
    ],
    [
      { attribute: { key: 'plan', op: 'equals', value: 'pro', heldFor: { lessThan: '1mo' } } },
      'plan is "pro" held for less than 1 month',
    ],
    [
      { attribute: { key: 'birthday', op: 'anniversary_within', value: '7d' } },
      'birthday anniversary within 7 days',
    ],
    [
      {
        event: {
          name: 'purchase',
          where: [
            { property: 'price', op: 'gte', value: 10 },
            { property: 'plan', op: 'starts_with', value: 'p' },
          ],
          count: { atMost: 1 },
          sum: { property: 'price', function: 'average', op: 'between', values: [1, 5] },
          window: { since: '2026-01-01' },
          first: true,
        },
      },
      'event "purchase" where (price >= 10 and plan starts with "p") at most 1 time with average of price between 1 and 5 since "2026-01-01" for the first time',
    ],
    [
      { sequence: { steps: [{ name: 'a', target: '/x' }, { name: 'b' }], within: '7d' } },
      'sequence (event "a" on "/x", event "b") within 7 days',
    ],
    [
      { lookalike: { id: '0190a000-0000-7000-8000-0000000000a1', top: 5 } },
      'lookalike "0190a000-0000-7000-8000-0000000000a1" top 5%',
    ],
    [{ consent: { channel: 'ads', state: 'granted' } }, 'consent ads granted'],
    [{ identified: 'anonymous_id' }, 'identified by anonymous_id'],
    [{ sample: { percent: 12.5, salt: 'x' } }, 'sample 12.5% salt "x"'],
  ])('prints %j', (rule, text) => {
    expect(print(rule)).toBe(text);
  });
});
