import type { Scalar } from './ast.js';

/** The atoms of the text form, for printing. The grammar that reads them is in text/grammar.ts. */

/** Words that start a rule or join two; as an attribute's key they need back-ticks. */
export const RESERVED = [
  'all',
  'any',
  'not',
  'and',
  'or',
  'attribute',
  'event',
  'sequence',
  'signal',
  'segment',
  'list',
  'lookalike',
  'consent',
  'identified',
  'sample',
  'true',
  'false',
] as const;

const RESERVED_WORDS: ReadonlySet<string> = new Set(RESERVED);

const BARE_KEY = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** Text in double quotes, escaped as in JSON. */
export function printText(text: string): string {
  return JSON.stringify(text);
}

/** A value: `"text"`, `12.5`, `true`. */
export function printScalar(value: Scalar): string {
  return JSON.stringify(value);
}

/** Values in brackets: `("a", "b")`. */
export function printList(values: readonly Scalar[]): string {
  return `(${values.map(printScalar).join(', ')})`;
}

/** A key: bare where it looks like a word, else in back-ticks. */
export function printKey(key: string): string {
  if (BARE_KEY.test(key) && !RESERVED_WORDS.has(key.toLowerCase())) return key;
  return `\`${JSON.stringify(key).slice(1, -1).replaceAll('`', '\\`')}\``;
}
