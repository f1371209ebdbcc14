import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttributeCondition, Condition, EventCondition, Rule, Scalar } from '../ast.js';
import { CONDITION_KINDS, kindOf } from '../ast.js';
import { walk } from '../inspect.js';
import { validate } from '../validate.js';
import { conditionArbitrary, ruleArbitrary } from './arbitraries.js';
import { evaluate } from './evaluate.js';
import { worldArbitrary } from './world-arbitrary.js';
import type { Json, World, WorldContact, WorldEvent, WorldSignal, WorldValue } from './world.js';
import { LIST_IDS, LOOKALIKE_IDS, schemaOf, SEGMENT_IDS } from './world.js';

const NOW = new Date('2026-03-29T12:34:56.789Z');
const minute = (text: string) => new Date(`2026-03-${text}:00.000Z`);

interface Person {
  attributes?: Record<string, WorldValue['value']>;
  since?: Date;
  events?: Partial<WorldEvent>[];
  consents?: WorldContact['consents'];
  identities?: WorldContact['identities'];
  companyId?: string;
  signals?: Partial<WorldSignal>[];
}

/** One contact in a world of its own. */
function worldOf(person: Person, more: Partial<World> = {}): World {
  const since = person.since ?? new Date('2026-01-01T00:00:00Z');
  const contact: WorldContact = {
    id: '0190a000-0000-7000-8000-000000000001',
    attributes: new Map(
      Object.entries(person.attributes ?? {}).map(([key, value]) => [key, { value, since }]),
    ),
    identities: person.identities ?? [],
    consents: person.consents ?? new Map(),
    companyId: person.companyId ?? null,
    signals: signalsOf(person.signals),
    events: (person.events ?? []).map((event, index) => ({
      id: `0190a000-0000-7000-8000-00000000010${index}`,
      name: 'purchase',
      target: null,
      properties: {},
      occurredAt: NOW,
      ...event,
    })),
  };
  return {
    now: NOW,
    zone: 'UTC',
    contacts: [contact],
    companies: [],
    segments: new Map(),
    lists: new Map(),
    lookalikes: new Map(),
    ...more,
  };
}

const signalsOf = (signals: Partial<WorldSignal>[] = []): WorldSignal[] =>
  signals.map((signal) => ({ name: 'crm', source: 'bombora', value: null, observedAt: NOW, ...signal }));

const matches = (rule: Rule, person: Person, more?: Partial<World>) =>
  evaluate(rule, worldOf(person, more)).length === 1;

type Operands = { value?: Scalar; values?: Scalar[] } & Pick<AttributeCondition, 'caseSensitive' | 'heldFor'>;
const attribute = (op: AttributeCondition['op'], operands: Operands = {}): Rule => ({
  attribute: { key: 'a', op, ...operands },
});
const event = (condition: Partial<EventCondition> = {}): Rule => ({
  event: { name: 'purchase', ...condition },
});

describe('groups', () => {
  it('"not" is the complement, in every world', () => {
    fc.assert(
      fc.property(ruleArbitrary(), worldArbitrary(), (rule, world) => {
        const inside = evaluate(rule, world);
        const outside = evaluate({ not: rule }, world);
        expect([...inside, ...outside].toSorted()).toStrictEqual(
          world.contacts.map(({ id }) => id).toSorted(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('"all" is the intersection and "any" the union', () => {
    fc.assert(
      fc.property(ruleArbitrary(), ruleArbitrary(), worldArbitrary(), (a, b, world) => {
        const [left, right] = [new Set(evaluate(a, world)), new Set(evaluate(b, world))];
        const ids = world.contacts.map(({ id }) => id);
        expect(evaluate({ all: [a, b] }, world)).toStrictEqual(
          ids.filter((id) => left.has(id) && right.has(id)),
        );
        expect(evaluate({ any: [a, b] }, world)).toStrictEqual(
          ids.filter((id) => left.has(id) || right.has(id)),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('an empty "all" holds for everyone, an empty "any" for nobody', () => {
    expect(matches({ all: [] }, {})).toBe(true);
    expect(matches({ any: [] }, {})).toBe(false);
  });
});

describe('random rules and worlds', () => {
  it('are valid and in normal form', () => {
    fc.assert(
      fc.property(ruleArbitrary(), (rule) => {
        expect(validate(rule, schemaOf('UTC'))).toStrictEqual({ ok: true, rule });
      }),
      { numRuns: 300 },
    );
  });

  it('hold and fail often enough to tell evaluators apart, for every kind', () => {
    for (const kind of CONDITION_KINDS) {
      const pairs = fc.sample(fc.tuple(conditionArbitrary(undefined, kind), worldArbitrary()), {
        numRuns: 300,
        seed: 7,
      });
      const holding = pairs.filter(([rule, world]) => evaluate(rule, world).length > 0).length;
      const failing = pairs.filter(
        ([rule, world]) => evaluate(rule, world).length < world.contacts.length,
      ).length;
      expect(holding, `${kind} holds`).toBeGreaterThan(10);
      expect(failing, `${kind} fails`).toBeGreaterThan(10);
    }
  });

  it('hold every kind of node', () => {
    const kinds = new Set(
      fc
        .sample(ruleArbitrary(), { numRuns: 500, seed: 7 })
        .flatMap((rule) => [...walk(rule)].map(({ node }) => kindOf(node))),
    );
    expect(kinds).toStrictEqual(new Set(['all', 'any', 'not', 'companyPeople', ...CONDITION_KINDS]));
  });
});

describe('attribute', () => {
  // The rule, and whether it holds for each value; the last is a contact without the attribute.
  it.each<[Rule, [WorldValue['value'], boolean][], boolean]>([
    [
      attribute('equals', { value: 'Ops' }),
      [
        ['ops', true],
        ['OPS', true],
        ['op', false],
      ],
      false,
    ],
    [
      attribute('equals', { value: 'CAFÉ' }),
      [
        ['cafe\u0301', true],
        ['cafe', false],
      ],
      false,
    ],
    [
      attribute('equals', { value: 'Ops', caseSensitive: true }),
      [
        ['Ops', true],
        ['ops', false],
      ],
      false,
    ],
    [
      attribute('not_equals', { value: 'ops' }),
      [
        ['OPS', false],
        ['x', true],
      ],
      true,
    ],
    [
      attribute('in', { values: ['a', 'B'] }),
      [
        ['b', true],
        ['c', false],
      ],
      false,
    ],
    [
      attribute('not_in', { values: ['a', 'B'] }),
      [
        ['b', false],
        ['c', true],
      ],
      true,
    ],
    [
      attribute('contains', { value: 'P' }),
      [
        ['ops', true],
        ['os', false],
      ],
      false,
    ],
    [
      attribute('not_contains', { value: 'P' }),
      [
        ['ops', false],
        ['os', true],
      ],
      true,
    ],
    [
      attribute('contains', { value: '%' }),
      [
        ['100%', true],
        ['100', false],
      ],
      false,
    ],
    [
      attribute('starts_with', { value: 'O' }),
      [
        ['ops', true],
        ['pos', false],
      ],
      false,
    ],
    [
      attribute('ends_with', { value: 'S', caseSensitive: true }),
      [
        ['opS', true],
        ['ops', false],
      ],
      false,
    ],
    [
      attribute('exists'),
      [
        ['', true],
        [0, true],
        [false, true],
      ],
      false,
    ],
    [attribute('not_exists'), [['x', false]], true],
    [
      attribute('equals', { value: 1 }),
      [
        [1, true],
        [2, false],
      ],
      false,
    ],
    [
      attribute('equals', { value: false }),
      [
        [false, true],
        [true, false],
      ],
      false,
    ],
    [
      attribute('not_equals', { value: true }),
      [
        [false, true],
        [true, false],
      ],
      true,
    ],
    [
      attribute('gt', { value: 1 }),
      [
        [2, true],
        [1, false],
      ],
      false,
    ],
    [
      attribute('gte', { value: 1 }),
      [
        [1, true],
        [0.5, false],
      ],
      false,
    ],
    [
      attribute('lt', { value: 1 }),
      [
        [0, true],
        [1, false],
      ],
      false,
    ],
    [
      attribute('lte', { value: 1 }),
      [
        [1, true],
        [1.5, false],
      ],
      false,
    ],
    [
      attribute('between', { values: [1, 2] }),
      [
        [1, true],
        [2, true],
        [2.5, false],
      ],
      false,
    ],
    [
      attribute('before', { value: '2026-03-01' }),
      [
        [minute('01T00:00'), false],
        [new Date('2026-02-28T23:59:59.999Z'), true],
      ],
      false,
    ],
    [
      attribute('after', { value: '2026-03-01T09:00:00+01:00' }),
      [
        [minute('01T08:00'), false],
        [minute('01T08:01'), true],
      ],
      false,
    ],
    [
      attribute('between', { values: ['2026-03-01', '2026-03-02'] }),
      [
        [minute('01T00:00'), true],
        [minute('02T00:00'), true],
        [minute('02T00:01'), false],
      ],
      false,
    ],
    [
      attribute('within_last', { value: '1h' }),
      [
        [minute('29T11:34'), true],
        [minute('29T11:33'), false],
        [NOW, true],
        [minute('29T12:35'), false],
      ],
      false,
    ],
    [
      attribute('within_next', { value: '1h' }),
      [
        [minute('29T12:34'), true],
        [minute('29T12:33'), false],
        [minute('29T13:34'), true],
        [minute('29T13:35'), false],
      ],
      false,
    ],
    [
      attribute('anniversary_within', { value: '7d' }),
      [
        [new Date('1980-03-29T23:00:00Z'), true],
        [new Date('1980-04-05T00:00:00Z'), true],
        [new Date('1980-04-06T00:00:00Z'), false],
        [new Date('1980-03-28T23:59:00Z'), false],
      ],
      false,
    ],
    [
      attribute('includes_any', { values: ['a', 'B'] }),
      [
        [['b', 'c'], true],
        [['c'], false],
      ],
      false,
    ],
    [
      attribute('includes_all', { values: ['a', 'B'] }),
      [
        [['b', 'a'], true],
        [['b'], false],
      ],
      false,
    ],
    [
      attribute('includes_any', { values: ['B'], caseSensitive: true }),
      [
        [['b'], false],
        [['B'], true],
      ],
      false,
    ],
  ])('%j', (rule, cases, without) => {
    for (const [value, expected] of cases)
      expect(matches(rule, { attributes: { a: value } }), String(value)).toBe(expected);
    expect(matches(rule, {}), 'without the attribute').toBe(without);
  });

  it('"heldFor" asks for how long the present value has stood', () => {
    const older = attribute('equals', { value: 'x', heldFor: { atLeast: '1d' } });
    const newer = attribute('equals', { value: 'x', heldFor: { lessThan: '1d' } });
    const held = (since: Date, value = 'x') => ({ attributes: { a: value }, since });
    expect(matches(older, held(minute('28T12:34')))).toBe(true);
    expect(matches(older, held(new Date('2026-03-28T12:34:00.001Z')))).toBe(false);
    expect(matches(newer, held(new Date('2026-03-28T12:34:00.001Z')))).toBe(true);
    expect(matches(newer, held(minute('28T12:34')))).toBe(false);
    expect(matches(older, held(minute('01T00:00'), 'y'))).toBe(false);
    expect(matches(older, {})).toBe(false);
  });

  it('reads the company of the contact under "company."', () => {
    const rule: Rule = { attribute: { key: 'company.industry', op: 'equals', value: 'software' } };
    const since = minute('01T00:00');
    const companies = [
      { id: 'c', attributes: new Map([['industry', { value: 'Software', since }]]), signals: [] },
    ];
    expect(matches(rule, { companyId: 'c' }, { companies })).toBe(true);
    expect(matches(rule, {}, { companies })).toBe(false);
    expect(matches(rule, { attributes: { industry: 'Software' } }, { companies })).toBe(false);
  });
});

describe('event', () => {
  const at = (text: string): Partial<WorldEvent> => ({ occurredAt: minute(text) });

  it('is done at least once, by name and target in any case', () => {
    expect(matches(event(), { events: [{ name: 'PURCHASE' }] })).toBe(true);
    expect(matches(event(), { events: [{ name: 'purchased' }] })).toBe(false);
    expect(matches(event({ target: '/SHOP' }), { events: [{ target: '/shop' }] })).toBe(true);
    expect(matches(event({ target: '/shop' }), { events: [{}] })).toBe(false);
  });

  it.each<[EventCondition['count'], boolean[]]>([
    [undefined, [false, true, true]],
    [{ atLeast: 2 }, [false, false, true]],
    [{ atMost: 1 }, [true, true, false]],
    [{ exactly: 0 }, [true, false, false]],
    [{ exactly: 1 }, [false, true, false]],
  ])('counts: %j', (count, expected) => {
    const rule = event(count ? { count } : {});
    expect(
      [0, 1, 2].map((times) => matches(rule, { events: Array.from({ length: times }, () => ({})) })),
    ).toStrictEqual(expected);
  });

  it.each<[EventCondition['window'], string[], string[]]>([
    [undefined, ['01T00:00', '29T12:34'], ['29T12:35']],
    [{ last: '1d' }, ['28T12:34', '29T12:34'], ['28T12:33', '29T12:35']],
    [{ since: '2026-03-28' }, ['28T00:00', '29T12:34'], ['27T23:59', '29T12:35']],
    [{ between: ['2026-03-01', '2026-03-02'] }, ['01T00:00', '01T23:59'], ['02T00:00', '15T00:00']],
    [{ between: ['2026-03-29', '2026-03-31'] }, ['30T23:59'], ['31T00:00']],
  ])('looks within %j', (window, inside, outside) => {
    const rule = event(window ? { window } : {});
    for (const text of inside) expect(matches(rule, { events: [at(text)] }), text).toBe(true);
    for (const text of outside) expect(matches(rule, { events: [at(text)] }), text).toBe(false);
  });

  it('"first" asks that there was none before the window', () => {
    const rule = event({ window: { last: '1d' }, first: true });
    expect(matches(rule, { events: [at('29T12:00')] })).toBe(true);
    expect(matches(rule, { events: [at('29T12:00'), at('01T00:00')] })).toBe(false);
    expect(matches(rule, { events: [at('29T12:00'), { ...at('01T00:00'), name: 'other' }] })).toBe(true);
    expect(matches(rule, {})).toBe(false);
  });

  // The condition on "p", and whether it holds for each value; the last is an event without the property.
  it.each<[Omit<NonNullable<EventCondition['where']>[number], 'property'>, [Json, boolean][], boolean]>([
    [
      { op: 'equals', value: 'Pro' },
      [
        ['pro', true],
        [1, false],
        [['pro'], false],
        [null, false],
      ],
      false,
    ],
    [
      { op: 'equals', value: 10 },
      [
        [10, true],
        ['10', false],
      ],
      false,
    ],
    [
      { op: 'equals', value: true },
      [
        [true, true],
        ['true', false],
      ],
      false,
    ],
    [
      { op: 'not_equals', value: 'pro' },
      [
        ['PRO', false],
        [1, true],
        [null, true],
      ],
      true,
    ],
    [
      { op: 'in', values: ['a', 2] },
      [
        ['A', true],
        [2, true],
        ['2', false],
      ],
      false,
    ],
    [
      { op: 'not_in', values: ['a', 2] },
      [
        ['A', false],
        ['2', true],
      ],
      true,
    ],
    [
      { op: 'contains', value: 'R' },
      [
        ['pro', true],
        [12, false],
      ],
      false,
    ],
    [
      { op: 'not_contains', value: 'R' },
      [
        ['pro', false],
        [12, true],
      ],
      true,
    ],
    [
      { op: 'starts_with', value: 'P' },
      [
        ['pro', true],
        ['xp', false],
      ],
      false,
    ],
    [
      { op: 'ends_with', value: 'O', caseSensitive: true },
      [
        ['prO', true],
        ['pro', false],
      ],
      false,
    ],
    [
      { op: 'exists' },
      [
        ['', true],
        [false, true],
        [{}, true],
        [null, false],
      ],
      false,
    ],
    [
      { op: 'not_exists' },
      [
        ['', false],
        [null, true],
      ],
      true,
    ],
    [
      { op: 'gt', value: 1 },
      [
        [2, true],
        [1, false],
        ['2', false],
      ],
      false,
    ],
    [
      { op: 'gte', value: 1 },
      [
        [1, true],
        [0, false],
      ],
      false,
    ],
    [
      { op: 'lt', value: 1 },
      [
        [0, true],
        [1, false],
        [null, false],
      ],
      false,
    ],
    [
      { op: 'lte', value: 1 },
      [
        [1, true],
        [2, false],
      ],
      false,
    ],
    [
      { op: 'between', values: [1, 2] },
      [
        [1, true],
        [3, false],
        ['1', false],
      ],
      false,
    ],
    [
      { op: 'between', values: ['2026-01-01', '2026-01-02'] },
      [
        ['2026-01-02', true],
        ['2026-01-02T00:00:01Z', false],
        [1, false],
      ],
      false,
    ],
    [
      { op: 'before', value: '2026-01-01' },
      [
        ['2025-12-31T23:59:59.999Z', true],
        ['2026-01-01', false],
        ['2025-02-31', false],
        ['soon', false],
      ],
      false,
    ],
    [
      { op: 'after', value: '2026-01-01' },
      [
        ['2026-01-01T01:00:00+00:30', true],
        ['2026-01-01T00:30:00+01:00', false],
      ],
      false,
    ],
  ])('compares a property: %j', (condition, cases, without) => {
    const rule = event({ where: [{ property: 'p', ...condition }] });
    for (const [value, expected] of cases)
      expect(matches(rule, { events: [{ properties: { p: value } }] }), JSON.stringify(value)).toBe(expected);
    expect(matches(rule, { events: [{}] }), 'without the property').toBe(without);
  });

  it('asks every condition of the same event', () => {
    const where = [
      { property: 'a', op: 'equals', value: 1 },
      { property: 'b', op: 'equals', value: 2 },
    ] as const;
    expect(matches(event({ where: [...where] }), { events: [{ properties: { a: 1, b: 2 } }] })).toBe(true);
    expect(
      matches(event({ where: [...where] }), { events: [{ properties: { a: 1 } }, { properties: { b: 2 } }] }),
    ).toBe(false);
  });

  it.each<[NonNullable<EventCondition['sum']>['function'], number, boolean]>([
    ['sum', 6, true],
    ['min', 1, true],
    ['max', 3, true],
    ['average', 2, true],
    ['average', 3, false],
  ])('aggregates the numbers: %s is %d', (fn, value, expected) => {
    const events = [1, 2, 3, '9', null].map((price) => ({ properties: { price } }));
    expect(
      matches(event({ sum: { property: 'price', function: fn, op: 'equals', value } }), { events }),
    ).toBe(expected);
  });

  it('sums nothing to 0, while nothing has no lowest, highest or average', () => {
    const below = (fn: NonNullable<EventCondition['sum']>['function']) =>
      event({ sum: { property: 'price', function: fn, op: 'lt', value: 1 } });
    const above = (fn: NonNullable<EventCondition['sum']>['function']) =>
      event({ sum: { property: 'price', function: fn, op: 'gt', value: -1 } });
    expect(matches(below('sum'), {})).toBe(true);
    for (const fn of ['min', 'max', 'average'] as const) {
      expect(matches(below(fn), {}), fn).toBe(false);
      expect(matches(above(fn), {}), fn).toBe(false);
    }
  });

  it('asks for the count as well as the sum when both are given', () => {
    const rule = event({
      count: { atLeast: 2 },
      sum: { property: 'price', function: 'sum', op: 'gte', value: 5 },
    });
    expect(matches(rule, { events: [{ properties: { price: 5 } }] })).toBe(false);
    expect(matches(rule, { events: [{ properties: { price: 5 } }, {}] })).toBe(true);
  });
});

describe('sequence', () => {
  const rule: Rule = { sequence: { steps: [{ name: 'a' }, { name: 'b' }, { name: 'a' }], within: '1h' } };
  const done = (...events: [string, string][]) => ({
    events: events.map(([name, text]) => ({ name, occurredAt: minute(text) })),
  });

  it.each<[string, [string, string][], boolean]>([
    [
      'in order',
      [
        ['a', '29T10:00'],
        ['b', '29T10:30'],
        ['a', '29T11:00'],
      ],
      true,
    ],
    [
      'too late',
      [
        ['a', '29T10:00'],
        ['b', '29T10:30'],
        ['a', '29T11:01'],
      ],
      false,
    ],
    [
      'out of order',
      [
        ['b', '29T10:00'],
        ['a', '29T10:30'],
        ['a', '29T11:00'],
      ],
      false,
    ],
    [
      'at the same time',
      [
        ['a', '29T10:00'],
        ['b', '29T10:00'],
        ['a', '29T10:00'],
      ],
      false,
    ],
    [
      'from a later start',
      [
        ['a', '29T09:00'],
        ['a', '29T10:00'],
        ['b', '29T10:30'],
        ['a', '29T11:00'],
      ],
      true,
    ],
    [
      'with one event for two steps',
      [
        ['a', '29T10:00'],
        ['b', '29T10:30'],
      ],
      false,
    ],
    [
      'with a step yet to come',
      [
        ['a', '29T12:00'],
        ['b', '29T12:30'],
        ['a', '29T12:40'],
      ],
      false,
    ],
  ])('%s', (_, events, expected) => {
    expect(matches(rule, done(...events))).toBe(expected);
  });
});

describe('memberships, consent, identities', () => {
  const id = '0190a000-0000-7000-8000-000000000001';

  it.each<[Condition, Partial<World>]>([
    [{ segment: SEGMENT_IDS[0]! }, { segments: new Map([[SEGMENT_IDS[0]!, new Set([id])]]) }],
    [{ list: LIST_IDS[0]! }, { lists: new Map([[LIST_IDS[0]!, new Set([id])]]) }],
    [
      { lookalike: { id: LOOKALIKE_IDS[0]!, top: 1 } },
      { lookalikes: new Map([[LOOKALIKE_IDS[0]!, [id, 'other']]]) },
    ],
  ])('%j', (rule, membership) => {
    expect(matches(rule, {}, membership)).toBe(true);
    expect(matches(rule, {})).toBe(false);
  });

  it('rounds the top of a lookalike up to whole contacts', () => {
    const rule: Rule = { lookalike: { id: LOOKALIKE_IDS[0]!, top: 10 } };
    const others = Array.from({ length: 10 }, (_, index) => `other ${index}`);
    const ranked = (place: number) => ({
      lookalikes: new Map([[LOOKALIKE_IDS[0]!, others.toSpliced(place - 1, 0, id)]]),
    });
    expect(matches(rule, {}, ranked(2))).toBe(true);
    expect(matches(rule, {}, ranked(3))).toBe(false);
  });

  it('takes a contact that was never asked as unknown', () => {
    const state = (rule: 'granted' | 'withdrawn' | 'unknown'): Rule => ({
      consent: { channel: 'email', state: rule },
    });
    expect(matches(state('unknown'), {})).toBe(true);
    expect(matches(state('granted'), {})).toBe(false);
    expect(matches(state('granted'), { consents: new Map([['email', 'granted']]) })).toBe(true);
    expect(matches(state('unknown'), { consents: new Map([['email', 'withdrawn']]) })).toBe(false);
    expect(matches(state('granted'), { consents: new Map([['ads', 'granted']]) })).toBe(false);
  });

  it('knows a contact by its identities', () => {
    expect(
      matches({ identified: 'email' }, { identities: [{ kind: 'email', value: 'a@example.com' }] }),
    ).toBe(true);
    expect(
      matches({ identified: 'phone' }, { identities: [{ kind: 'email', value: 'a@example.com' }] }),
    ).toBe(false);
  });
});

describe('sample', () => {
  it('takes the first 32 bits of an MD5', () => {
    // printf 'a:0190a000-0000-7000-8000-000000000001' | md5sum: the first 8 digits are 64.398… % of 2^32.
    const rule = (percent: number): Rule => ({ sample: { percent, salt: 'a' } });
    expect(matches(rule(64.398), {})).toBe(false);
    expect(matches(rule(64.399), {})).toBe(true);
  });

  it('takes nobody at 0 and everyone at 100', () => {
    fc.assert(
      fc.property(worldArbitrary(), fc.string(), (world, salt) => {
        expect(evaluate({ sample: { percent: 0, salt } }, world)).toHaveLength(0);
        expect(evaluate({ sample: { percent: 100, salt } }, world)).toHaveLength(world.contacts.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a condition on signals', () => {
  const crm = (more: Partial<Extract<Rule, { signal: unknown }>['signal']> = {}): Rule => ({
    signal: { name: 'CRM', ...more },
  });

  it('holds for whoever shows one of the name, whatever it says', () => {
    expect(matches(crm(), { signals: [{}] })).toBe(true);
    expect(matches(crm(), { signals: [{ name: 'erp' }] })).toBe(false);
    expect(matches(crm(), {})).toBe(false);
  });

  it('compares what it says as the type that it is of', () => {
    const strong = crm({ op: 'gte', value: 70 });
    expect(matches(strong, { signals: [{ value: 70 }] })).toBe(true);
    expect(matches(strong, { signals: [{ value: 69 }] })).toBe(false);
    expect(matches(strong, { signals: [{ value: '90' }] })).toBe(false);
    expect(matches(strong, { signals: [{}] })).toBe(false);
    expect(matches(crm({ op: 'in', values: ['hot', 1] }), { signals: [{ value: 'Hot' }] })).toBe(true);
  });

  it('asks for one signal that is all of it: from that source, so strong and so young', () => {
    const rule = crm({ source: 'G2', op: 'gt', value: 50, within: '1d' });
    expect(matches(rule, { signals: [{ source: 'g2', value: 60 }] })).toBe(true);
    const split = [
      { source: 'g2', value: 10 },
      { source: 'bombora', value: 90 },
      { source: 'g2', value: 90, observedAt: minute('01T00:00') },
    ];
    expect(matches(rule, { signals: split })).toBe(false);
  });

  it('goes by the signals of the company as well', () => {
    const companies = [{ id: 'c', attributes: new Map(), signals: signalsOf([{ value: 80 }]) }];
    expect(matches(crm({ op: 'gte', value: 70 }), { companyId: 'c' }, { companies })).toBe(true);
    expect(matches(crm(), {}, { companies })).toBe(false);
  });
});
