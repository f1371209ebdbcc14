import { fold, type AttributeType } from '@coterie/rules';
import type { Problem } from '../../platform/errors.js';
import type { AttributeDefinition } from './attribute-definition.js';
import type { AttributeValue, ValueColumns } from './attribute-value.js';
import { parseInstant } from './parse-instant.js';

/** How long a text value may be, in UTF-16 code units. Keeps every value small enough for an index entry. */
export const longestText = 500;
/** How many items a text list may have. */
export const longestList = 100;

/** A value ready to be stored (null removes what is there), or what is wrong with it. */
export type ParsedAttribute = { ok: true; value: AttributeValue | null } | { ok: false; problem: Problem };

const nothing: ValueColumns = { text: null, folded: null, number: null, flag: null, instant: null };

/**
 * Reads a value for an attribute from JSON or a CSV cell. null, undefined and blank text remove the value.
 * @param zone IANA name, for dates without an offset.
 * @param path where the value stands in the input, for the problem.
 */
export function parseAttributeValue(
  definition: Pick<AttributeDefinition, 'key' | 'type'>,
  input: unknown,
  zone: string,
  path = definition.key,
): ParsedAttribute {
  if (input === null || input === undefined || (typeof input === 'string' && input.trim() === '')) {
    return { ok: true, value: null };
  }
  const parsed = readers[definition.type](input, zone);
  if (typeof parsed !== 'string') return { ok: true, value: parsed.length > 0 ? parsed : null };
  return { ok: false, problem: { code: 'INVALID_INPUT', path, message: `"${definition.key}" ${parsed}` } };
}

/** Gives the value, or in words what is wrong. */
type Reader = (input: unknown, zone: string) => AttributeValue | string;

const readers: Record<AttributeType, Reader> = {
  text: (input) => {
    const text = readText(input);
    return typeof text === 'string' ? text : [text];
  },
  number: readNumber,
  boolean: readFlag,
  date: readDate,
  text_list: readList,
};

function readText(input: unknown): ValueColumns | string {
  if (typeof input !== 'string' && typeof input !== 'number' && typeof input !== 'boolean')
    return 'takes a text.';
  return textColumns(String(input).trim());
}

/** What is wrong with a text that is to be stored, in words; undefined when nothing is. */
export function textFault(text: string): string | undefined {
  if (text.length > longestText) return `is longer than ${longestText} characters.`;
  if (text.includes('\0')) return 'contains a NUL character.';
  if (!text.isWellFormed()) return 'contains half a surrogate pair, which is not valid Unicode.';
  return undefined;
}

/** Checks a text and puts it into columns; gives what is wrong in words otherwise. */
export function textColumns(text: string): ValueColumns | string {
  const fault = textFault(text);
  if (fault) return fault;
  const folded = fold(text);
  // Composing or lower-casing can make a text longer; the folded one is what the index holds.
  if (folded.length > longestText) return `is longer than ${longestText} characters.`;
  return { ...nothing, text, folded };
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
/** `1,200,000` and `1,200.50`, which mean one thing everywhere; `1,200` is also how some write one and a fifth. */
const grouped = /^[+-]?\d{1,3}((,\d{3}){2,}(\.\d+)?|(,\d{3})+\.\d+)$/;
/** The same as Germans write it: `1.200.000` and `1.200,50`. */
const groupedByPoints = /^[+-]?\d{1,3}((\.\d{3}){2,}(,\d+)?|(\.\d{3})+,\d+)$/;

function readNumber(input: unknown): AttributeValue | string {
  const number = typeof input === 'string' ? numberIn(input.trim()) : input;
  if (number === undefined) {
    return 'takes a number such as 1200 or 1200.5; with separators it could mean another one.';
  }
  if (typeof number !== 'number') return 'takes a number.';
  if (!Number.isFinite(number)) return 'takes a finite number.';
  // PostgreSQL tells 0 from -0 in text but not in comparisons; one zero keeps "unchanged" honest.
  return [{ ...nothing, number: number === 0 ? 0 : number }];
}

function numberIn(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  if (grouped.test(text)) return Number(text.replaceAll(',', ''));
  if (groupedByPoints.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
  return undefined;
}

const flags = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  [1, true],
  [0, false],
  ...['true', 'yes', 'y', 'on', '1'].map((word): [string, boolean] => [word, true]),
  ...['false', 'no', 'n', 'off', '0'].map((word): [string, boolean] => [word, false]),
]);

function readFlag(input: unknown): AttributeValue | string {
  const flag = flags.get(typeof input === 'string' ? input.trim().toLowerCase() : input);
  return flag === undefined ? 'takes true or false.' : [{ ...nothing, flag }];
}

function readDate(input: unknown, zone: string): AttributeValue | string {
  const instant = parseInstant(input, zone);
  if (instant !== undefined) return [{ ...nothing, instant }];
  return 'takes a date in ISO 8601, such as 2026-03-01 or 2026-03-01T09:30:00Z, or milliseconds since 1970.';
}

/** CRM exports write lists as `a;b`, and Mailchimp as `"a","b"`. */
function itemsOf(text: string): string[] {
  const quoted = text.match(/"[^"]+"/gu);
  const isQuoted = quoted !== null && text.replace(/"[^"]+"/gu, '').replace(/[\s,]/gu, '') === '';
  return isQuoted ? quoted.map((item) => item.slice(1, -1)) : text.split(';');
}

/** A text is cut up. An item that comes twice is kept once. */
function readList(input: unknown): AttributeValue | string {
  const items: unknown = typeof input === 'string' ? itemsOf(input) : input;
  if (!Array.isArray(items)) return 'takes a list of texts.';
  const columnsByText = new Map<string, ValueColumns>();
  for (const item of items as unknown[]) {
    const columns = readText(item);
    if (typeof columns === 'string') return `has an item that ${columns}`;
    if (columns.text !== '' && !columnsByText.has(columns.folded!))
      columnsByText.set(columns.folded!, columns);
  }
  return columnsByText.size > longestList
    ? `has more than ${longestList} items.`
    : [...columnsByText.values()];
}
