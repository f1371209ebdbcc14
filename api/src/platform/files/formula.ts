/** What a spreadsheet would begin to calculate at, in any of its spellings, behind marks that it was given before. */
const dangerous = /^'*[=+\-@\t\r\n＝＋－＠]/u;
/** Numbers and phone numbers begin like a formula and calculate nothing. */
const number = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/iu;

/**
 * A cell that no spreadsheet runs as a formula: it gets an apostrophe in front, which says that it is text. Numbers stay
 * as they are. {@link unguardCell} takes it off again.
 */
export function guardCell(cell: string): string {
  return dangerous.test(cell) && !number.test(cell) ? `'${cell}` : cell;
}

/** The cell as it was before {@link guardCell}, ours or another tool's. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && dangerous.test(cell) ? cell.slice(1) : cell;
}
