import { isUtf8 } from 'node:buffer';
import { Failure } from '../../platform/errors.js';

/** A line that never ends is not CSV, or its quotes are broken. */
const longestLine = 1024 * 1024;

const newline = 0x0a;

/** First bytes that tell another kind of file. A workbook is a ZIP archive. */
const foreignSignatures: readonly (readonly [signature: readonly number[], what: string])[] = [
  [[0xff, 0xfe], 'This file is encoded as UTF-16. Save it as CSV in UTF-8.'],
  [[0xfe, 0xff], 'This file is encoded as UTF-16. Save it as CSV in UTF-8.'],
  [[0x50, 0x4b, 0x03, 0x04], 'This is a workbook or an archive, not CSV. Save the sheet as CSV in UTF-8.'],
  [[0x1f, 0x8b], 'This file is compressed. Unpack it first.'],
];

/**
 * Passes the bytes of a CSV file on, whole lines at a time, and makes sure that all of them are UTF-8 text without NUL.
 * Throws INVALID_INPUT with the line, as soon as it meets something else: the whole file is then refused.
 */
export async function* checkEncoding(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let line = 1;
  let begun: Buffer = Buffer.alloc(0);
  let isStart = true;
  for await (const piece of bytes) {
    const block = begun.length > 0 ? Buffer.concat([begun, piece]) : piece;
    // Signatures are up to four bytes long; a first piece may be shorter.
    if (isStart && block.length < 4) {
      begun = block;
      continue;
    }
    if (isStart) checkSignature(block);
    isStart = false;
    const end = block.lastIndexOf(newline) + 1;
    const lines = block.subarray(0, end);
    begun = block.subarray(end);
    if (begun.length > longestLine) throw refused(`Line ${line + countLines(lines)} is longer than 1 MB.`);
    if (lines.length === 0) continue;
    checkLines(lines, line);
    line += countLines(lines);
    yield lines;
  }
  if (begun.length === 0) return;
  if (isStart) checkSignature(begun);
  checkLines(begun, line);
  yield begun;
}

function checkSignature(start: Buffer): void {
  for (const [signature, what] of foreignSignatures) {
    if (signature.every((byte, index) => start[index] === byte)) throw refused(what);
  }
}

function checkLines(lines: Buffer, first: number): void {
  const nul = lines.indexOf(0);
  if (nul >= 0) throw refused(`Line ${first + countLines(lines.subarray(0, nul))} holds a NUL character.`);
  if (isUtf8(lines)) return;
  throw refused(`Line ${first + firstForeignLine(lines)} is not valid UTF-8. Save the file as CSV in UTF-8.`);
}

function firstForeignLine(lines: Buffer): number {
  let from = 0;
  for (let index = 0; ; index += 1) {
    const end = lines.indexOf(newline, from);
    if (end < 0 || !isUtf8(lines.subarray(from, end))) return index;
    from = end + 1;
  }
}

function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(newline); at >= 0; at = lines.indexOf(newline, at + 1)) count += 1;
  return count;
}

function refused(message: string): Failure {
  return new Failure('INVALID_INPUT', message, { path: 'file' });
}
