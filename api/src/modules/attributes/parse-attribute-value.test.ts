import { describe, expect, it } from 'vitest';
import { toJson } from './attribute-value.js';
import { parseAttributeValue } from './parse-attribute-value.js';
import type { AttributeDefinition } from './attribute-definition.js';

function parse(type: AttributeDefinition['type'], input: unknown, zone = 'UTC'): unknown {
  const parsed = parseAttributeValue({ key: 'key', type }, input, zone, 'attributes.key');
  if (!parsed.ok) return parsed.problem.message;
  return parsed.value === null ? null : toJson(parsed.value, type === 'text_list');
}

function isRefused(type: AttributeDefinition['type'], input: unknown): boolean {
  const parsed = parseAttributeValue({ key: 'key', type }, input, 'UTC', 'attributes.key');
  if (parsed.ok) return false;
  expect(parsed.problem).toMatchObject({ code: 'INVALID_INPUT', path: 'attributes.key' });
  return true;
}

describe('every type', () => {
  it.each(['text', 'number', 'boolean', 'date', 'text_list'] as const)(
    '%s takes nothing as the end of the value',
    (type) => {
      for (const nothing of [null, undefined, '', '  \t']) expect(parse(type, nothing)).toBeNull();
      expect(isRefused(type, { an: 'object' })).toBe(true);
    },
  );
});

describe('text', () => {
  it('keeps letters as they are beside the folded form', () => {
    const parsed = parseAttributeValue({ key: 'key', type: 'text' }, ' Žižkov ', 'UTC');
    expect(parsed).toMatchObject({ ok: true, value: [{ text: 'Žižkov', folded: 'žižkov' }] });
  });

  it('takes numbers and booleans as CRM exports mix them', () => {
    expect(parse('text', 1010)).toBe('1010');
    expect(parse('text', true)).toBe('true');
  });

  it('refuses what cannot be stored or indexed', () => {
    expect(parse('text', 'x'.repeat(500))).toHaveLength(500);
    expect(isRefused('text', 'x'.repeat(501))).toBe(true);
    expect(isRefused('text', 'a\0b')).toBe(true);
    expect(isRefused('text', 'a\ud800b')).toBe(true);
    // Composing this one character gives three.
    expect(isRefused('text', '\u{1D160}'.repeat(250))).toBe(true);
  });
});

describe('number', () => {
  it.each([
    [7, 7],
    ['7', 7],
    [' -1.50 ', -1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1,200,000', 1_200_000],
    ['-12,000.5', -12_000.5],
    ['1.200.000', 1_200_000],
    ['1.200,50', 1200.5],
    [-0, 0],
  ])('reads %j', (input, expected) => {
    expect(Object.is(parse('number', input), expected)).toBe(true);
  });

  it.each([
    '1,5',
    '1,000',
    '1,20,000',
    '1,000.000,5',
    '0x10',
    'NaN',
    'Infinity',
    '1e999',
    '€ 5',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
  ])('refuses %j', (input) => {
    expect(isRefused('number', input)).toBe(true);
  });
});

describe('boolean', () => {
  it('reads the spellings of exports', () => {
    for (const yes of [true, 1, '1', 'true', 'TRUE', 'Yes', 'y', 'on'])
      expect(parse('boolean', yes)).toBe(true);
    for (const no of [false, 0, '0', 'false', 'No', 'n', 'off']) expect(parse('boolean', no)).toBe(false);
    for (const other of ['maybe', 2, []]) expect(isRefused('boolean', other)).toBe(true);
  });
});

describe('date', () => {
  it.each([
    ['2026-03-01', 'UTC', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01', 'Europe/Vienna', '2026-02-28T23:00:00.000Z'],
    ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
    ['2026-03-01T09:30:00+02:00', 'America/New_York', '2026-03-01T07:30:00.000Z'],
    ['2026-03-01 09:30', 'Europe/Vienna', '2026-03-01T08:30:00.000Z'],
    ['2026-03-01T09:30:00.123456Z', 'UTC', '2026-03-01T09:30:00.123Z'],
    [1_772_355_600_000, 'Europe/Vienna', '2026-03-01T09:00:00.000Z'],
    ['1772355600000', 'Europe/Vienna', '2026-03-01T09:00:00.000Z'],
    ['0001-01-01', 'UTC', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', 'UTC', '9999-12-31T23:59:59.999Z'],
    // In Santiago the clocks went forward at midnight: the day began at one.
    ['2025-09-07', 'America/Santiago', '2025-09-07T04:00:00.000Z'],
  ])('reads %j in %s', (input, zone, expected) => {
    expect(parse('date', input, zone)).toBe(expected);
  });

  it.each([
    '01/03/2026',
    '2026-3-1',
    '2026-02-30',
    '2026-13-01',
    '2026-03-01T25:00',
    'yesterday',
    '0000-12-31',
    253_402_300_800_000,
    -62_135_596_800_001,
    Number.NaN,
    true,
  ])('refuses %j', (input) => {
    expect(isRefused('date', input)).toBe(true);
  });
});

describe('text list', () => {
  it('keeps the first spelling of each item, in order', () => {
    expect(parse('text_list', ['B', 'a', 'b', ' A ', '', 7])).toEqual(['B', 'a', '7']);
    expect(parse('text_list', 'red; green;red')).toEqual(['red', 'green']);
    expect(parse('text_list', '"a, b","c", "a, b"')).toEqual(['a, b', 'c']);
    expect(parse('text_list', 'say "x";y')).toEqual(['say "x"', 'y']);
  });

  it('is no value when empty', () => {
    expect(parse('text_list', [])).toBeNull();
    expect(parse('text_list', [' '])).toBeNull();
  });

  it('has bounds', () => {
    const items = Array.from({ length: 101 }, (_, index) => `item ${index}`);
    expect(parse('text_list', items.slice(1))).toHaveLength(100);
    expect(isRefused('text_list', items)).toBe(true);
    expect(isRefused('text_list', ['x'.repeat(501)])).toBe(true);
    expect(isRefused('text_list', [['nested']])).toBe(true);
  });
});
