import { isAscii, isUtf8 } from 'node:buffer';
import { Failure } from '../../platform/errors.js';

/** The encodings in which spreadsheets and CRMs write CSV. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Text as it comes in, and what is known of its encoding once all of it has been read. */
export interface IncomingText {
  /** Lines in UTF-8, unless the encoding turns out to be Windows-1252: then as they came. */
  lines: AsyncIterable<Buffer>;
  /** Valid when `lines` has come to its end. */
  encoding(): Encoding;
}

/** A line that never ends is not CSV, or its quotes are broken. */
const longestLine = 1024 * 1024;

const newline = 0x0a;

/** First bytes that tell another kind of file. A workbook is a ZIP archive. */
const foreignSignatures: readonly (readonly [signature: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'This is a workbook or an archive, not CSV. Save the sheet as CSV in UTF-8.'],
  [[0x1f, 0x8b], 'This file is compressed. Unpack it first.'],
];

/** Bytes that stand for nothing in Windows-1252. */
const unassigned = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/**
 * Reads a CSV file whose encoding is not known, whole lines at a time. UTF-16 is told by its byte order mark; text that
 * is not UTF-8 anywhere is taken for Windows-1252, which is what Excel and older CRMs write in Western countries.
 * Reading throws INVALID_INPUT with the line, as soon as there is a NUL character, a line of more than 1 MB, or a mix of
 * encodings that nothing could be made of: the whole file is then refused.
 */
export function readEncoding(bytes: AsyncIterable<Buffer>): IncomingText {
  const reading = new Reading();
  return { lines: reading.lines(bytes), encoding: () => reading.encoding };
}

class Reading {
  #utf16: 'utf-16le' | 'utf-16be' | undefined;
  #line = 1;
  /** The first line that is not UTF-8, and whether another one is that is not ASCII. */
  #foreignLine: number | undefined;
  #hasUtf8 = false;

  get encoding(): Encoding {
    return this.#utf16 ?? (this.#foreignLine === undefined ? 'utf-8' : 'windows-1252');
  }

  async *lines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let begun: Buffer = Buffer.alloc(0);
    for await (const piece of this.#inUtf8(bytes)) {
      const block = begun.length > 0 ? Buffer.concat([begun, piece]) : piece;
      const end = block.lastIndexOf(newline) + 1;
      begun = block.subarray(end);
      if (end > 0) yield this.#check(block.subarray(0, end));
      if (begun.length > longestLine) throw refused(`Line ${this.#line} is longer than 1 MB.`);
    }
    if (begun.length > 0) yield this.#check(begun);
  }

  /** The bytes, decoded if they are UTF-16. Signatures are up to four bytes long; a first piece may be shorter. */
  async *#inUtf8(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let start: Buffer | undefined = Buffer.alloc(0);
    let decode: ((piece: Buffer, isLast?: boolean) => Buffer) | undefined;
    for await (const piece of bytes) {
      if (!start) {
        yield decode ? decode(piece) : piece;
        continue;
      }
      start = Buffer.concat([start, piece]);
      if (start.length < 4) continue;
      decode = this.#begin(start);
      yield decode ? decode(start) : start;
      start = undefined;
    }
    if (start) {
      decode = this.#begin(start);
      yield decode ? decode(start) : start;
    }
    if (decode) yield decode(Buffer.alloc(0), true);
  }

  #begin(start: Buffer): ((piece: Buffer, isLast?: boolean) => Buffer) | undefined {
    for (const [signature, what] of foreignSignatures) {
      if (signature.every((byte, index) => start[index] === byte)) throw refused(what);
    }
    if (start[0] === 0xff && start[1] === 0xfe) this.#utf16 = 'utf-16le';
    if (start[0] === 0xfe && start[1] === 0xff) this.#utf16 = 'utf-16be';
    return this.#utf16 && utf16Decoder(this.#utf16);
  }

  #check(lines: Buffer): Buffer {
    const nul = lines.indexOf(0);
    if (nul >= 0) {
      throw refused(`Line ${this.#line + countLines(lines.subarray(0, nul))} holds a NUL character.`);
    }
    if (!isAscii(lines)) this.#weigh(lines);
    this.#line += countLines(lines);
    return lines;
  }

  #weigh(lines: Buffer): void {
    if (isUtf8(lines)) this.#hasUtf8 = true;
    else this.#weighEach(lines);
    if (this.#foreignLine !== undefined && this.#hasUtf8) {
      throw refused(
        `Line ${this.#foreignLine} is not valid UTF-8, but other lines are: the file mixes encodings. Save it as CSV in UTF-8.`,
      );
    }
  }

  #weighEach(lines: Buffer): void {
    let from = 0;
    for (let line = this.#line; from < lines.length; line += 1) {
      const end = lines.indexOf(newline, from) + 1 || lines.length;
      const bytes = lines.subarray(from, end);
      from = end;
      if (isAscii(bytes)) continue;
      if (isUtf8(bytes)) this.#hasUtf8 = true;
      else if (bytes.some((byte) => unassigned.has(byte))) {
        throw refused(`Line ${line} is neither UTF-8 nor Windows-1252. Save the file as CSV in UTF-8.`);
      } else this.#foreignLine ??= line;
    }
  }
}

function utf16Decoder(encoding: 'utf-16le' | 'utf-16be'): (piece: Buffer, isLast?: boolean) => Buffer {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (piece, isLast = false) => {
    try {
      return Buffer.from(decoder.decode(piece, { stream: !isLast }));
    } catch (cause) {
      throw new Failure('INVALID_INPUT', 'This file begins as UTF-16 and goes on as something else.', {
        path: 'file',
        cause,
      });
    }
  };
}

/** Turns Windows-1252 into UTF-8. */
export async function* fromWindows1252(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('windows-1252');
  for await (const piece of bytes) yield Buffer.from(decoder.decode(piece, { stream: true }));
}

function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(newline); at >= 0; at = lines.indexOf(newline, at + 1)) count += 1;
  return count;
}

function refused(message: string): Failure {
  return new Failure('INVALID_INPUT', message, { path: 'file' });
}
