import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { ATTRIBUTE_TYPES, MAX_TEXT } from '../ast.js';
import type { AttributeType } from '../ast.js';
import { LIST_IDS, LOOKALIKE_IDS, SCHEMA_ATTRIBUTES, SEGMENT_IDS } from './world.js';

/** The words that random rules are made of. */
export interface Vocabulary {
  text: Arbitrary<string>;
  number: Arbitrary<number>;
  /** In order, and different when sorted, in every time zone. */
  instant: Arbitrary<string>;
  duration: Arbitrary<string>;
  /** Of minutes, hours, days or weeks. */
  fixedDuration: Arbitrary<string>;
  /** Of days or weeks, or none. */
  days: Arbitrary<string>;
  key: Record<AttributeType, Arbitrary<string>>;
  eventName: Arbitrary<string>;
  target: Arbitrary<string>;
  property: Arbitrary<string>;
  signal: Arbitrary<string>;
  signalSource: Arbitrary<string>;
  /** The highest count asked for. */
  times: number;
  segment: Arbitrary<string>;
  list: Arbitrary<string>;
  lookalike: Arbitrary<string>;
  percent: Arbitrary<number>;
  salt: Arbitrary<string>;
}

/** Few enough texts for rules to hit; with case, composition, sharp s, final sigma, dotted I, and what LIKE reserves. */
export const TEXTS = [
  'Ops Manager',
  'ops',
  'OPS',
  'Marketing',
  'Straße',
  'café',
  'CAFE\u0301',
  'ΟΔΟΣ',
  'οδος',
  'İstanbul',
  '100%',
  'a_b',
  'back\\slash',
  "O'Brien",
  '10',
] as const;

export const NUMBERS = [-1, 0, 0.5, 1, 2, 10, 100] as const;

export const EVENT_NAMES = ['page_viewed', 'demo_requested', 'Purchase', 'purchase'] as const;
export const TARGETS = ['/pricing', '/Pricing', '/shop', 'Straße'] as const;
export const SIGNAL_NAMES = ['crm software', 'industry', 'Straße'] as const;
export const SIGNAL_SOURCES = ['bombora', 'G2'] as const;

export const PROPERTIES = ['price', 'plan', 'gift', 'due'] as const;

/** More than a day apart, so that their order is the same in every zone; around leap days and changes of the clock. */
export const INSTANTS = [
  '1980-02-29',
  '2024-02-28T23:00:00Z',
  '2024-03-01',
  '2025-03-09T07:00:00+02:00',
  '2025-11-02',
  '2026-02-28T12:00:00.500Z',
  '2026-03-29',
] as const;

/** The present of a world: a change of the clock, leap day, the end of a long month, the middle of a minute. */
export const NOWS = [
  '2024-02-29T23:30:10.000Z',
  '2025-03-31T00:00:30.001Z',
  '2025-11-02T06:30:00.000Z',
  '2026-03-29T12:34:56.789Z',
] as const;

export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Auckland',
] as const;

export const DURATIONS = ['90m', '1h', '24h', '1d', '7d', '30d', '1w', '2w', '1mo', '3mo', '1y'] as const;

/** Rules over worlds: valid against their schema, and apt to hold. */
export const TUNED: Vocabulary = {
  text: fc.constantFrom(...TEXTS, 'o', 'str', 'É', ''),
  number: fc.constantFrom(...NUMBERS),
  instant: fc.constantFrom(...INSTANTS),
  duration: fc.constantFrom(...DURATIONS),
  fixedDuration: fc.constantFrom('1m', '90m', '24h', '7d', '2w', '52w', '800d', '36500d'),
  days: fc.constantFrom('0d', '1d', '7d', '30d', '1w', '52w', '366d'),
  key: Object.fromEntries(
    ATTRIBUTE_TYPES.map((type) => [
      type,
      fc.constantFrom(
        ...[...SCHEMA_ATTRIBUTES].filter(([, known]) => known.type === type).map(([key]) => key),
      ),
    ]),
  ) as Record<AttributeType, Arbitrary<string>>,
  eventName: fc.constantFrom(...EVENT_NAMES, 'PAGE_VIEWED'),
  target: fc.constantFrom(...TARGETS, 'STRAẞE'),
  property: fc.constantFrom(...PROPERTIES, 'toString'),
  signal: fc.constantFrom(...SIGNAL_NAMES, 'CRM Software'),
  signalSource: fc.constantFrom(...SIGNAL_SOURCES, 'g2'),
  times: 3,
  segment: fc.constantFrom(...SEGMENT_IDS),
  list: fc.constantFrom(...LIST_IDS),
  lookalike: fc.constantFrom(...LOOKALIKE_IDS),
  percent: fc.constantFrom(0, 10, 33.3, 50, 100),
  salt: fc.constantFrom('a', 'hold-out', 'Straße'),
};

/** Any text a rule may hold. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom('`', '"', '\\', '\\`', '\n', ' and ', 'not', '#', ')'),
  )
  .filter((text) => text.isWellFormed() && !text.includes('\0') && text.length <= MAX_TEXT);

const someText = fc.oneof(
  anyText.filter((text) => text !== ''),
  fc.constantFrom('event', 'ALL', 'first', 'company.name', 'a.b', 'a.', '1a', 'a-b', 'in'),
);
const anyNumber = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((number) => (number === 0 ? 0 : number));
const duration = (units: readonly string[], from = 1) =>
  fc
    .tuple(fc.integer({ min: from, max: 100 }), fc.constantFrom(...units))
    .map(([amount, unit]) => `${amount}${unit}`);

/** Rules of any words the language allows, whether or not an attribute of that name exists: for the text form. */
export const WILD: Vocabulary = {
  text: anyText,
  number: anyNumber,
  instant: fc.constantFrom(...INSTANTS),
  duration: duration(['m', 'h', 'd', 'w', 'mo', 'y']),
  fixedDuration: duration(['m', 'h', 'd', 'w']),
  days: duration(['d', 'w'], 0),
  key: Object.fromEntries(ATTRIBUTE_TYPES.map((type) => [type, someText])) as Record<
    AttributeType,
    Arbitrary<string>
  >,
  eventName: someText,
  target: someText,
  property: someText,
  signal: someText,
  signalSource: someText,
  times: 1_000_000,
  segment: fc.uuid(),
  list: fc.uuid(),
  lookalike: fc.uuid(),
  percent: fc.double({ min: 0, max: 100, noNaN: true }).map((number) => (number === 0 ? 0 : number)),
  salt: someText,
};
