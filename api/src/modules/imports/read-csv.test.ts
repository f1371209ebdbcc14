import { toCsv } from '@coterie/ad-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromWindows1252, readEncoding, type Encoding } from './read-encoding.js';
import { detectDelimiter, readCsv, type Delimiter } from './read-csv.js';

async function* pieces(bytes: Buffer, size = bytes.length || 1): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function read(text: string, { size, delimiter = ',' }: { size?: number; delimiter?: Delimiter } = {}) {
  return collect(readCsv(pieces(Buffer.from(text), size), delimiter));
}

async function check(bytes: Buffer, size?: number): Promise<{ encoding: Encoding; bytes: Buffer }> {
  const text = readEncoding(pieces(bytes, size));
  const passed = Buffer.concat(await collect(text.lines));
  return { encoding: text.encoding(), bytes: passed };
}

describe('readCsv', () => {
  it('gives each record with the line on which it begins, empty ones left out', async () => {
    expect(await read('a,b\r\n1,"x\ny"\n\n3,4\n,,\n5,6')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', 'x\ny'] },
      { line: 5, cells: ['3', '4'] },
      { line: 7, cells: ['5', '6'] },
    ]);
  });

  it('gives ragged records as they are', async () => {
    expect((await read('a,b\n1\n1,2,3')).map(({ cells }) => cells.length)).toEqual([2, 1, 3]);
  });

  it('drops a byte order mark, even one cut in two', async () => {
    expect(await read('\ufeffa,b\n', { size: 2 })).toEqual([{ line: 1, cells: ['a', 'b'] }]);
  });

  it.each([
    ['a quote that is not closed', 'a,b\n1,"x\n2,3\n', /line 3/u],
    ['text after a closing quote', 'a,b\n1,2\n1,"x"y\n', /line 3/u],
    ['a quote that swallows the file', `a,b\n1,"${'x'.repeat(1024 * 1024)}\n`, /longer than 1 MB/u],
  ])('refuses %s and names the line', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'file',
      message: expect.stringMatching(message),
    });
  });

  it('reads back whatever toCsv wrote, in whatever pieces it arrives', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\ufeff', ''));
    const row = fc.tuple(cell, cell, cell).filter((cells) => cells.some((text) => text.trim() !== ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, size) => {
          const records = await read(toCsv(rows), { size });
          expect(records.map(({ cells }) => cells)).toEqual(rows);
        },
      ),
    );
  });
});

describe('detectDelimiter', () => {
  it.each([
    ['Email;First Name;"a,b,c,d"\n1,2,3', ';'],
    ['Email\tName\n', '\t'],
    ['Email,Name;x,y\n', ','],
    ['Email\n', ','],
  ])('reads %j', (start, delimiter) => {
    expect(detectDelimiter(start)).toBe(delimiter);
  });
});

describe('readEncoding', () => {
  const text = '\ufeffName,City\nJürgen,Łódź\n정,x\n😀 without newline,';

  it('passes UTF-8 on unchanged, in whatever pieces it arrives', async () => {
    for (const size of [1, 2, 3, 5, 1000]) {
      expect(await check(Buffer.from(text), size)).toEqual({ encoding: 'utf-8', bytes: Buffer.from(text) });
    }
  });

  it.each(['utf-16le', 'utf-16be'])(
    'turns %s into UTF-8, in whatever pieces it arrives',
    async (encoding) => {
      const little = Buffer.from(text, 'utf16le');
      const bytes = encoding === 'utf-16le' ? little : Buffer.from(little).swap16();
      for (const size of [1, 3, 1000]) {
        expect(await check(bytes, size)).toEqual({
          encoding,
          bytes: Buffer.from(text.replace('\ufeff', '')),
        });
      }
    },
  );

  it('knows Windows-1252 by what is not UTF-8', async () => {
    const bytes = Buffer.from('Name\nAda\nJ\u00fcrgen\nPreis 5 \u0080\n', 'latin1');
    for (const size of [1, 1000])
      expect(await check(bytes, size)).toEqual({ encoding: 'windows-1252', bytes });
    const converted = Buffer.concat(await collect(fromWindows1252(pieces(bytes, 4))));
    expect(converted.toString()).toBe('Name\nAda\nJürgen\nPreis 5 €\n');
  });

  it.each([
    ['UTF-16 without a mark', Buffer.from('Name\nx\n', 'utf16le'), /NUL/u],
    ['half a pair in UTF-16', Buffer.from('\ufeffA\ud800B\n', 'utf16le'), /begins as UTF-16/u],
    [
      'a mix of encodings',
      Buffer.concat([Buffer.from('Name\nJürgen\n'), Buffer.from('Zoë\n', 'latin1')]),
      /Line 3 is not valid UTF-8, but other lines are/u,
    ],
    [
      'what is no text',
      Buffer.from([0x41, 0x0a, 0x42, 0x81, 0x0a]),
      /Line 2 is neither UTF-8 nor Windows-1252/u,
    ],
    ['a NUL', Buffer.from('Name\nA\0da\n'), /Line 2 holds a NUL/u],
    ['a workbook', Buffer.from('PK\x03\x04rest'), /workbook/u],
    ['a line without end', Buffer.alloc(2 * 1024 * 1024, 'x'), /longer than 1 MB/u],
  ])('refuses %s, whole or in pieces', async (_, bytes, message) => {
    for (const size of [1024, 3]) {
      if (bytes.length > 1e6 && size === 3) continue;
      await expect(check(bytes, size)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        path: 'file',
        message: expect.stringMatching(message),
      });
    }
  });
});
