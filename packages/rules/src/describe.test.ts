import fc from 'fast-check';
import { describe as suite, expect, it } from 'vitest';
import type { Rule } from './ast.js';
import { describe } from './describe.js';
import { ruleArbitrary } from './testing/arbitraries.js';
import { WILD } from './testing/vocabulary.js';

const viewed: Rule = { event: { name: 'page_viewed', target: '/pricing', window: { last: '30d' } } };
const demo: Rule = { event: { name: 'demo_requested' } };
const title: Rule = { attribute: { key: 'job_title', op: 'contains', value: 'ops' } };
const id = '0190a000-0000-7000-8000-00000000005a';

suite('a rule in words', () => {
  it.each<[string, Rule]>([
    ['Everyone.', { all: [] }],
    ['Nobody.', { any: [] }],
    [
      'Everyone who works at a company with someone who has requested a demo.',
      { companyPeople: { match: 'any', rule: demo } },
    ],
    [
      'Everyone who works at a company with nobody (who has requested a demo and whose Job title contains "ops").',
      { companyPeople: { match: 'none', rule: { all: [demo, title] } } },
    ],
    [
      'Everyone who does not meet (works at a company with only people who is anyone at all).',
      { not: { companyPeople: { match: 'all', rule: { all: [] } } } },
    ],
    ['Nobody.', { not: { all: [] } }],
    [
      'Everyone who has viewed /pricing at least once in the last 30 days and has not requested a demo.',
      { all: [viewed, { not: demo }] },
    ],
    [
      'Everyone who shows the signal "crm software" from bombora that is at least 70 in the last 30 days.',
      { signal: { name: 'crm software', source: 'bombora', op: 'gte', value: 70, within: '30d' } },
    ],
    ['Everyone who does not show the signal "crm software".', { not: { signal: { name: 'crm software' } } }],
    ['Everyone who has not requested a demo.', { event: { name: 'demo_requested', count: { exactly: 0 } } }],
    [
      'Everyone who has requested a demo at least once.',
      { not: { event: { name: 'Demo Requested', count: { atMost: 0 } } } },
    ],
    [
      'Everyone who has done "quiz_finished" on quiz 7 exactly 2 times.',
      { event: { name: 'quiz_finished', target: 'quiz 7', count: { exactly: 2 } } },
    ],
    [
      'Everyone who does not meet (has done "a" at least 2 times in the last week).',
      { not: { event: { name: 'a', count: { atLeast: 2 }, window: { last: '1w' } } } },
    ],
    [
      'Everyone who has done "a" at most once since 1 March 2026.',
      { event: { name: 'a', count: { atMost: 1 }, window: { since: '2026-03-01' } } },
    ],
    [
      'Everyone who has done "a" at least once from 1 March 2026 09:30 UTC until before 2 March 2026, and never before that.',
      { event: { name: 'a', first: true, window: { between: ['2026-03-01T09:30Z', '2026-03-02'] } } },
    ],
    [
      'Everyone who has completed an order (where plan is "pro" and total price is at least 10).',
      {
        event: {
          name: 'order_completed',
          where: [
            { property: 'plan', op: 'equals', value: 'pro' },
            { property: 'total_price', op: 'gte', value: 10 },
          ],
        },
      },
    ],
    [
      'Everyone whose total "price" of "order_completed" events on /shop in the last month is greater than 100.',
      {
        event: {
          name: 'order_completed',
          target: '/shop',
          window: { last: '1mo' },
          sum: { property: 'price', function: 'sum', op: 'gt', value: 100 },
        },
      },
    ],
    [
      'Everyone who has done "a" at least 3 times, where the average "price" is between 1 and 2.',
      {
        event: {
          name: 'a',
          count: { atLeast: 3 },
          sum: { property: 'price', function: 'average', op: 'between', values: [1, 2] },
        },
      },
    ],
    [
      'Everyone who has viewed /pricing, then requested a demo, all within 7 days.',
      {
        sequence: {
          steps: [{ name: 'page_viewed', target: '/pricing' }, { name: 'demo_requested' }],
          within: '7d',
        },
      },
    ],
    ['Everyone whose Job title contains "ops".', title],
    ['Everyone whose Job title does not contain "ops".', { not: title }],
    [
      'Everyone whose plan is one of "pro" or "team".',
      { attribute: { key: 'plan', op: 'in', values: ['pro', 'team'] } },
    ],
    [
      'Everyone whose company\'s industry is not "Software" (case sensitive).',
      { attribute: { key: 'company.industry', op: 'not_equals', value: 'Software', caseSensitive: true } },
    ],
    [
      'Everyone whose plan is known (and has been so for at least 3 days).',
      { attribute: { key: 'plan', op: 'exists', heldFor: { atLeast: '3d' } } },
    ],
    [
      'Everyone whose birthday has its anniversary within the next 7 days.',
      { attribute: { key: 'birthday', op: 'anniversary_within', value: '7d' } },
    ],
    [
      'Everyone whose birthday does not have its anniversary today.',
      { not: { attribute: { key: 'birthday', op: 'anniversary_within', value: '0d' } } },
    ],
    [
      'Everyone whose tags includes all of "a", "b" and "c".',
      { attribute: { key: 'tags', op: 'includes_all', values: ['a', 'b', 'c'] } },
    ],
    ['Everyone who is in the segment "Trials".', { segment: id }],
    ['Everyone who is not in the list "0190a000-0000-7000-8000-00000000005a".', { not: { list: id } }],
    [
      'Everyone who is among the top 5% of the lookalike "0190a000-0000-7000-8000-00000000005a".',
      { lookalike: { id, top: 5 } },
    ],
    [
      'Everyone who has consented to email and is not known by a phone number.',
      { all: [{ consent: { channel: 'email', state: 'granted' } }, { not: { identified: 'phone' } }] },
    ],
    ['Everyone who is in the random 10% sample "hold-out".', { sample: { percent: 10, salt: 'hold-out' } }],
    [
      'Everyone who has viewed /pricing at least once in the last 30 days and (whose Job title contains "ops" or who has requested a demo).',
      { all: [viewed, { any: [title, demo] }] },
    ],
    [
      'Everyone whose Job title does not contain "ops" or who has not requested a demo.',
      { not: { all: [title, demo] } },
    ],
    [
      'Everyone who has requested a demo, whose Job title contains "ops" and who is known by an email address.',
      { all: [demo, { all: [title] }, { all: [{ identified: 'email' }] }] },
    ],
  ])('%s', (sentence, rule) => {
    const names = {
      attribute: (key: string) => (key === 'job_title' ? 'Job title' : undefined),
      segment: () => 'Trials',
    };
    expect(describe(rule, names)).toBe(sentence);
  });

  it('has a sentence for every rule', () => {
    fc.assert(
      fc.property(ruleArbitrary(WILD), (rule) => {
        expect(describe(rule)).toMatch(/^(?:Everyone|Nobody)(?:\.| who[^]*\.)$|^Everyone \([^]*\.$/);
        expect(describe(rule)).not.toMatch(/undefined|\[object|NaN/);
      }),
      { numRuns: 300 },
    );
  });
});
