import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuleProblemCode } from './problem.js';
import { RULE_PROBLEMS } from './problem.js';
import { schemaOf } from './testing/world.js';
import { validate } from './validate.js';

const schema = schemaOf('Europe/Berlin');
const attribute = (condition: object) => ({ attribute: condition });
const event = (condition: object = {}) => ({ event: { name: 'purchase', ...condition } });
const nested = (depth: number): unknown => (depth === 0 ? { all: [] } : { not: nested(depth - 1) });
const many = (length: number) => Array.from({ length }, () => ({ identified: 'email' }));
const thousand = Array.from({ length: 1_000 }, (_, index) => `v${index}`);
const id = '0190a000-0000-7000-8000-00000000ffff';

/** Code, path, and input. */
const refused: [RuleProblemCode, string, unknown][] = [
  ['WRONG_TYPE', 'rule', null],
  ['WRONG_TYPE', 'rule', 'all'],
  ['WRONG_TYPE', 'rule', []],
  ['WRONG_TYPE', 'rule.all', { all: {} }],
  ['WRONG_TYPE', 'rule.all[1]', { all: [event(), 3] }],
  ['MISSING_FIELD', 'rule.companyPeople.match', { companyPeople: { rule: { all: [] } } }],
  ['UNKNOWN_VALUE', 'rule.companyPeople.match', { companyPeople: { match: 'some', rule: { all: [] } } }],
  ['WRONG_TYPE', 'rule.companyPeople.rule', { companyPeople: { match: 'any', rule: 3 } }],
  [
    'WRONG_TYPE',
    'rule.companyPeople.rule.event.name',
    { companyPeople: { match: 'any', rule: event({ name: 3 }) } },
  ],
  ['WRONG_TYPE', 'rule.event.name', event({ name: 3 })],
  ['WRONG_TYPE', 'rule.event.where', event({ where: {} })],
  ['WRONG_TYPE', 'rule.attribute.value', attribute({ key: 'plan', op: 'equals', value: 3 })],
  ['WRONG_TYPE', 'rule.attribute.value', attribute({ key: 'score', op: 'gt', value: '3' })],
  ['WRONG_TYPE', 'rule.attribute.value', attribute({ key: 'subscribed', op: 'equals', value: 'yes' })],
  ['WRONG_TYPE', 'rule.attribute.values[1]', attribute({ key: 'score', op: 'in', values: [1, '2'] })],
  ['WRONG_TYPE', 'rule.event.window.last', event({ window: { last: 30 } })],
  ['WRONG_TYPE', 'rule.event.first', event({ first: 'yes' })],
  ['WRONG_TYPE', 'rule.event.where[0].value', event({ where: [{ property: 'a', op: 'gt', value: '1' }] })],
  ['WRONG_TYPE', 'rule.segment', { segment: 7 }],
  ['UNKNOWN_KIND', 'rule', {}],
  ['UNKNOWN_KIND', 'rule.all[0]', { all: [{ event: null }] }],
  ['AMBIGUOUS', 'rule', { all: [], any: [] }],
  ['AMBIGUOUS', 'rule.event.count', event({ count: { atLeast: 1, atMost: 2 } })],
  ['UNKNOWN_FIELD', 'rule.some', { some: [] }],
  ['UNKNOWN_FIELD', 'rule.__proto__', JSON.parse('{"__proto__": {"all": []}, "all": []}')],
  ['UNKNOWN_FIELD', 'rule.event.windows', event({ windows: {} })],
  ['UNKNOWN_FIELD', 'rule.attribute.value', attribute({ key: 'plan', op: 'exists', value: 'x' })],
  [
    'UNKNOWN_FIELD',
    'rule.attribute.values',
    attribute({ key: 'plan', op: 'equals', value: 'x', values: ['x'] }),
  ],
  ['MISSING_FIELD', 'rule.attribute.key', attribute({ op: 'exists' })],
  ['MISSING_FIELD', 'rule.attribute.op', attribute({ key: 'plan' })],
  ['MISSING_FIELD', 'rule.attribute.value', attribute({ key: 'plan', op: 'equals', value: null })],
  ['MISSING_FIELD', 'rule.event.name', { event: {} }],
  ['MISSING_FIELD', 'rule.event.window', event({ window: {} })],
  ['UNKNOWN_ATTRIBUTE', 'rule.attribute.key', attribute({ key: 'nope', op: 'exists' })],
  ['UNKNOWN_ATTRIBUTE', 'rule.attribute.key', attribute({ key: 'industry', op: 'exists' })],
  ['UNKNOWN_ATTRIBUTE', 'rule.attribute.key', attribute({ key: 'constructor', op: 'exists' })],
  ['UNKNOWN_OPERATOR', 'rule.attribute.op', attribute({ key: 'plan', op: 'like', value: 'x' })],
  [
    'UNKNOWN_OPERATOR',
    'rule.event.where[0].op',
    event({ where: [{ property: 'a', op: 'within_last', value: '1d' }] }),
  ],
  [
    'UNKNOWN_OPERATOR',
    'rule.event.sum.op',
    event({ sum: { property: 'a', function: 'sum', op: 'not_equals', value: 1 } }),
  ],
  ['OPERATOR_NOT_FOR_TYPE', 'rule.attribute.op', attribute({ key: 'plan', op: 'gt', value: 1 })],
  ['OPERATOR_NOT_FOR_TYPE', 'rule.attribute.op', attribute({ key: 'score', op: 'contains', value: 'x' })],
  [
    'OPERATOR_NOT_FOR_TYPE',
    'rule.attribute.op',
    attribute({ key: 'birthday', op: 'equals', value: '2026-01-01' }),
  ],
  ['OPERATOR_NOT_FOR_TYPE', 'rule.attribute.op', attribute({ key: 'tags', op: 'contains', value: 'x' })],
  ['OPERATOR_NOT_FOR_TYPE', 'rule.attribute.op', attribute({ key: 'subscribed', op: 'in', values: [true] })],
  ['MISSING_FIELD', 'rule.signal.name', { signal: { source: 'g2' } }],
  ['MISSING_FIELD', 'rule.signal.op', { signal: { name: 'crm', value: 70 } }],
  ['UNKNOWN_OPERATOR', 'rule.signal.op', { signal: { name: 'crm', op: 'not_equals', value: 70 } }],
  ['WRONG_TYPE', 'rule.signal.value', { signal: { name: 'crm', op: 'gte', value: 'hot' } }],
  ['BAD_DURATION', 'rule.signal.within', { signal: { name: 'crm', within: 'long' } }],
  ['UNKNOWN_VALUE', 'rule.consent.channel', { consent: { channel: 'fax', state: 'granted' } }],
  ['UNKNOWN_VALUE', 'rule.consent.state', { consent: { channel: 'email', state: 'maybe' } }],
  ['UNKNOWN_VALUE', 'rule.identified', { identified: 'cookie' }],
  [
    'UNKNOWN_VALUE',
    'rule.event.sum.function',
    event({ sum: { property: 'a', function: 'median', op: 'gt', value: 1 } }),
  ],
  ['NOT_COMBINABLE', 'rule.event.first', event({ first: true })],
  [
    'NOT_COMBINABLE',
    'rule.attribute.heldFor',
    attribute({ key: 'plan', op: 'not_equals', value: 'x', heldFor: { atLeast: '1d' } }),
  ],
  [
    'NOT_COMBINABLE',
    'rule.attribute.heldFor',
    attribute({ key: 'plan', op: 'not_exists', heldFor: { atLeast: '1d' } }),
  ],
  [
    'NOT_COMBINABLE',
    'rule.attribute.caseSensitive',
    attribute({ key: 'score', op: 'equals', value: 1, caseSensitive: true }),
  ],
  [
    'NOT_COMBINABLE',
    'rule.attribute.caseSensitive',
    attribute({ key: 'plan', op: 'exists', caseSensitive: true }),
  ],
  ['TOO_DEEP', `rule${'.not'.repeat(12)}`, nested(12)],
  ['TOO_MANY_CONDITIONS', 'rule.all', { all: many(201) }],
  [
    'TOO_MANY_CONDITIONS',
    'rule.all[1].any[100].identified',
    { all: [{ any: many(100) }, { any: many(101) }] },
  ],
  ['TOO_MANY_CONDITIONS', 'rule.all[1].all[0].any', { all: [{ any: many(200) }, { all: [{ any: [] }] }] }],
  [
    'TOO_MANY_CONDITIONS',
    'rule.event.where[199]',
    event({ where: Array.from({ length: 200 }, () => ({ property: 'a', op: 'exists' })) }),
  ],
  [
    'TOO_MANY_VALUES',
    'rule.attribute.values',
    attribute({ key: 'score', op: 'in', values: Array.from({ length: 1_001 }, () => 1) }),
  ],
  ['TOO_MANY_VALUES', 'rule.attribute.values', attribute({ key: 'score', op: 'between', values: [1, 2, 3] })],
  [
    'TOO_MANY_VALUES',
    'rule.sequence.steps',
    { sequence: { steps: Array.from({ length: 11 }, () => ({ name: 'a' })), within: '1d' } },
  ],
  [
    'TOO_MANY_VALUES',
    'rule.all[10].event.where[0].values',
    {
      all: [
        ...Array.from({ length: 10 }, () => attribute({ key: 'tags', op: 'includes_all', values: thousand })),
        event({ where: [{ property: 'a', op: 'in', values: [1] }] }),
      ],
    },
  ],
  ['NO_VALUES', 'rule.attribute.values', attribute({ key: 'plan', op: 'in', values: [] })],
  ['NO_VALUES', 'rule.sequence.steps', { sequence: { steps: [{ name: 'a' }], within: '1d' } }],
  ['TOO_LONG', 'rule.attribute.value', attribute({ key: 'plan', op: 'equals', value: 'x'.repeat(501) })],
  ['BAD_TEXT', 'rule.event.name', event({ name: '' })],
  ['BAD_TEXT', 'rule.event.target', event({ target: 'a\0b' })],
  ['BAD_TEXT', 'rule.attribute.value', attribute({ key: 'plan', op: 'equals', value: '\ud800' })],
  ['BAD_TEXT', 'rule.sample.salt', { sample: { percent: 1, salt: '' } }],
  ['BAD_NUMBER', 'rule.attribute.value', attribute({ key: 'score', op: 'gt', value: Number.NaN })],
  [
    'BAD_NUMBER',
    'rule.attribute.values[0]',
    attribute({ key: 'score', op: 'in', values: [Number.POSITIVE_INFINITY] }),
  ],
  ['BAD_NUMBER', 'rule.event.count.atLeast', event({ count: { atLeast: 1.5 } })],
  ['OUT_OF_RANGE', 'rule.event.count.atLeast', event({ count: { atLeast: 0 } })],
  ['OUT_OF_RANGE', 'rule.event.count.exactly', event({ count: { exactly: -1 } })],
  [
    'OUT_OF_RANGE',
    'rule.lookalike.top',
    { lookalike: { id: '0190a000-0000-7000-8000-0000000000a1', top: 21 } },
  ],
  ['OUT_OF_RANGE', 'rule.sample.percent', { sample: { percent: 100.1, salt: 'x' } }],
  ['BAD_DURATION', 'rule.event.window.last', event({ window: { last: '30 days' } })],
  ['BAD_DURATION', 'rule.event.window.last', event({ window: { last: '0d' } })],
  ['BAD_DURATION', 'rule.event.window.last', event({ window: { last: '101y' } })],
  [
    'BAD_DURATION',
    'rule.sequence.within',
    { sequence: { steps: [{ name: 'a' }, { name: 'b' }], within: '1mo' } },
  ],
  [
    'BAD_DURATION',
    'rule.attribute.value',
    attribute({ key: 'birthday', op: 'anniversary_within', value: '1mo' }),
  ],
  [
    'BAD_DURATION',
    'rule.attribute.heldFor.atLeast',
    attribute({ key: 'plan', op: 'exists', heldFor: { atLeast: '-1d' } }),
  ],
  ['BAD_INSTANT', 'rule.event.window.since', event({ window: { since: '2026-02-29' } })],
  ['BAD_INSTANT', 'rule.event.window.since', event({ window: { since: '2026-02-01T10:00' } })],
  ['BAD_INSTANT', 'rule.attribute.value', attribute({ key: 'birthday', op: 'before', value: 'yesterday' })],
  ['OUT_OF_RANGE', 'rule.event.window.since', event({ window: { since: '0001-01-01' } })],
  ['OUT_OF_RANGE', 'rule.attribute.value', attribute({ key: 'birthday', op: 'before', value: '0001-01-01' })],
  [
    'OUT_OF_RANGE',
    'rule.attribute.value',
    attribute({ key: 'birthday', op: 'after', value: '9999-12-31T23:59:59-14:00' }),
  ],
  [
    'OUT_OF_RANGE',
    'rule.event.where[0].value',
    event({ where: [{ property: 'a', op: 'before', value: '0001-01-01T00:00:00+00:01' }] }),
  ],
  ['EMPTY_RANGE', 'rule.attribute.values', attribute({ key: 'score', op: 'between', values: [2, 1] })],
  [
    'EMPTY_RANGE',
    'rule.attribute.values',
    attribute({ key: 'birthday', op: 'between', values: ['2026-02-01', '2026-01-31T22:59:59Z'] }),
  ],
  ['EMPTY_RANGE', 'rule.event.window.between', event({ window: { between: ['2026-02-01', '2026-02-01'] } })],
  ['BAD_ID', 'rule.segment', { segment: 'abc' }],
  ['BAD_ID', 'rule.list', { list: `${id}0` }],
  ['UNKNOWN_SEGMENT', 'rule.segment', { segment: id }],
  ['UNKNOWN_LIST', 'rule.list', { list: id }],
  ['UNKNOWN_LOOKALIKE', 'rule.lookalike.id', { lookalike: { id, top: 1 } }],
];

describe('validate', () => {
  it.each(refused)('%s at %s', (code, path, input) => {
    const result = validate(input, schema);
    expect(result.ok ? [] : result.problems.map((problem) => [problem.code, problem.path])).toContainEqual([
      code,
      path,
    ]);
  });

  it('has an example of every code', () => {
    expect(new Set(refused.map(([code]) => code))).toStrictEqual(new Set(Object.keys(RULE_PROBLEMS)));
  });

  it('lists every problem, each with its own path', () => {
    const result = validate(
      { all: [event({ count: { atLeast: 0 } }), { any: [attribute({ key: 'nope', op: 'like' })] }] },
      schema,
    );
    expect(result.ok ? [] : result.problems.map(({ path }) => path)).toStrictEqual([
      'rule.all[0].event.count.atLeast',
      'rule.all[1].any[0].attribute.key',
      'rule.all[1].any[0].attribute.op',
    ]);
  });

  it('allows empty groups, 12 levels and 200 conditions', () => {
    for (const input of [{ all: [] }, { any: [] }, nested(11), { any: many(200) }])
      expect(validate(input, schema)).toStrictEqual({ ok: true, rule: input });
  });

  it('returns the normal form', () => {
    const input = {
      all: [
        {
          event: { name: 'a', where: [], first: false, target: null, window: { last: '1d' }, sum: undefined },
          attribute: null,
        },
        attribute({ key: 'score', op: 'equals', value: -0, caseSensitive: false }),
        { segment: '0190A000-0000-7000-8000-00000000005A' },
        Object.assign(Object.create(null), { identified: 'email' }),
      ],
    };
    expect(validate(input, schema)).toStrictEqual({
      ok: true,
      rule: {
        all: [
          { event: { name: 'a', window: { last: '1d' } } },
          { attribute: { key: 'score', op: 'equals', value: 0 } },
          { segment: '0190a000-0000-7000-8000-00000000005a' },
          { identified: 'email' },
        ],
      },
    });
  });

  it('takes attributes from an object as from a map', () => {
    const attributes = { plan: { type: 'text', label: 'Plan' } } as const;
    expect(validate(attribute({ key: 'plan', op: 'exists' }), { attributes, zone: 'UTC' }).ok).toBe(true);
    expect(validate(attribute({ key: 'toString', op: 'exists' }), { attributes, zone: 'UTC' }).ok).toBe(
      false,
    );
  });

  it('does not ask for ids it cannot check', () => {
    expect(validate({ segment: id }, { attributes: {}, zone: 'UTC' })).toStrictEqual({
      ok: true,
      rule: { segment: id },
    });
  });

  it('survives a million levels', () => {
    let input: unknown = { all: [] };
    for (let depth = 0; depth < 1_000_000; depth += 1) input = depth % 2 ? { not: input } : { any: [input] };
    expect(validate(input, schema)).toMatchObject({ ok: false, problems: [{ code: 'TOO_DEEP' }] });
  });

  it('survives huge lists, objects and texts, and answers briefly', () => {
    const wide = { all: Array.from({ length: 1_000_000 }, () => ({ nonsense: 1 })) };
    const fields = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`field${index}`, index]),
    );
    for (const input of [
      wide,
      fields,
      event({ name: 'x'.repeat(10_000_000) }),
      { ['y'.repeat(1_000_000)]: 1 },
    ]) {
      const result = validate(input, schema);
      expect(JSON.stringify(result).length).toBeLessThan(50_000);
      expect(result.ok).toBe(false);
    }
  });

  it('does not multiply: lists of lists of lists are counted', () => {
    const row = many(190);
    const input = {
      all: Array.from({ length: 200 }, () => ({ all: Array.from({ length: 200 }, () => ({ all: row })) })),
    };
    const result = validate(input, schema);
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toStrictEqual(['TOO_MANY_CONDITIONS']);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withMap: true, withDate: true, withBigInt: true }),
        fc.constantFrom(
          'all',
          'any',
          'not',
          'companyPeople',
          'attribute',
          'event',
          'sequence',
          'lookalike',
          'sample',
          'segment',
        ),
        (body, kind) => {
          expect(typeof validate(body, schema).ok).toBe('boolean');
          expect(typeof validate({ [kind]: body }, schema).ok).toBe('boolean');
        },
      ),
      { numRuns: 500 },
    );
  });
});
