import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCsv } from './csv.js';

test('quotes what has to be quoted, and ends lines as RFC 4180 says', () => {
  expect(
    toCsv([
      ['a', 'b,c'],
      ['say "x"', ''],
    ]),
  ).toBe('a,"b,c"\r\n"say ""x""",\r\n');
  expect(toCsv([['a\nb', 'c\rd']])).toBe('"a\nb","c\rd"\r\n');
  expect(toCsv([])).toBe('');
});

test('what is written is read again, also when written in batches', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', "'", '=', 'é') });
  const table = fc.array(fc.tuple(cell, cell, fc.constant('.')));
  fc.assert(
    fc.property(table, table, (first, second) => {
      const text = toCsv(first) + toCsv(second);
      expect(parse(text, { record_delimiter: '\r\n' })).toEqual([...first, ...second]);
    }),
  );
});
