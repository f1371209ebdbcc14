import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from './ast.js';
import { canonical, references, usesClock, walk } from './inspect.js';
import { ruleArbitrary } from './testing/arbitraries.js';
import { evaluate } from './testing/evaluate.js';
import { worldArbitrary } from './testing/world-arbitrary.js';

const segment: Rule = { segment: '0190a000-0000-7000-8000-00000000005a' };

describe('walk', () => {
  it('yields every node, a group before its children, with its path', () => {
    const rule: Rule = { all: [{ not: segment }, { any: [{ identified: 'email' }] }] };
    expect([...walk(rule)].map(({ path, depth }) => [path, depth])).toStrictEqual([
      ['rule', 1],
      ['rule.all[0]', 2],
      ['rule.all[0].not', 3],
      ['rule.all[1]', 2],
      ['rule.all[1].any[0]', 3],
    ]);
  });
});

describe('references', () => {
  it('lists what a rule mentions, each once', () => {
    const rule: Rule = {
      all: [
        segment,
        { not: segment },
        { list: 'l' },
        { lookalike: { id: 'k', top: 1 } },
        { attribute: { key: 'plan', op: 'exists' } },
        { attribute: { key: 'company.size', op: 'exists' } },
        { event: { name: 'Purchase' } },
        { sequence: { steps: [{ name: 'purchase' }, { name: 'refund' }], within: '1d' } },
        { consent: { channel: 'email', state: 'granted' } },
      ],
    };
    expect(references(rule)).toStrictEqual({
      segments: ['0190a000-0000-7000-8000-00000000005a'],
      lists: ['l'],
      lookalikes: ['k'],
      attributeKeys: ['plan'],
      companyKeys: ['size'],
      events: ['purchase', 'refund'],
    });
  });
});

describe('usesClock', () => {
  it.each<[boolean, Rule]>([
    [false, { all: [] }],
    [false, segment],
    [false, { attribute: { key: 'a', op: 'before', value: '2026-01-01' } }],
    [true, { attribute: { key: 'a', op: 'within_next', value: '1d' } }],
    [true, { attribute: { key: 'a', op: 'exists', heldFor: { lessThan: '1d' } } }],
    [true, { not: { any: [segment, { event: { name: 'a', window: { last: '1d' } } }] } }],
    [true, { event: { name: 'a' } }],
    [false, { event: { name: 'a', window: { between: ['2026-01-01', '2026-02-01'] } } }],
  ])('%s: %j', (expected, rule) => expect(usesClock(rule)).toBe(expected));

  it('is true of every rule whose answer time alone changes', () => {
    fc.assert(
      fc.property(
        ruleArbitrary(),
        worldArbitrary(),
        fc.integer({ min: 0, max: 400 * 86_400_000 }),
        (rule, world, later) => {
          const then = { ...world, now: new Date(world.now.getTime() + later) };
          fc.pre(!usesClock(rule));
          expect(evaluate(rule, then)).toStrictEqual(evaluate(rule, world));
        },
      ),
    );
  });
});

describe('canonical', () => {
  it('does not depend on the order of fields, but on that of conditions', () => {
    expect(canonical({ lookalike: { top: 1, id: 'k' } })).toBe(canonical({ lookalike: { id: 'k', top: 1 } }));
    expect(canonical({ all: [segment, { all: [] }] })).not.toBe(canonical({ all: [{ all: [] }, segment] }));
  });

  it('is JSON of the rule', () => {
    fc.assert(
      fc.property(ruleArbitrary(), (rule) => {
        expect(JSON.parse(canonical(rule))).toStrictEqual(rule);
      }),
    );
  });
});
