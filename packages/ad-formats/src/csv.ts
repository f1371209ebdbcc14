import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV (RFC 4180): comma, lines end with CRLF, cells with a comma, quote or line break are quoted.
 * Cells are written as they are: what a spreadsheet could take for a formula was already dealt with by `plainText`,
 * because only there it is known whether a cell is a hash, a number, a key or free text.
 * Takes batches: the text of several calls can be joined. No rows give the empty text.
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map(toLine).join('');
}

/** Most rows have nothing to quote; those that have are the library's. */
function toLine(row: readonly string[]): string {
  if (row.length > 1 && !row.some((cell) => special.test(cell))) return `${row.join(',')}\r\n`;
  return stringify([[...row]], { record_delimiter: 'windows', quote_record_delimiter: true });
}

/** What the library quotes a cell for. */
const special = /[",\r\n]/;
