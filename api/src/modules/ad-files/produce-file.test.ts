import { platforms, toCsv, type Person } from '@coterie/ad-formats';
import { describe, expect, it } from 'vitest';
import { DigestSet } from '../../platform/digest-set.js';
import { peopleFormat, type FileFormat } from './file-format.js';
import { produceFile } from './produce-file.js';

/** A format in which a subject is what its row says: `email,phone`; nothing finds a subject without either. */
const plain: FileFormat<string> = {
  headers: ['email', 'phone'],
  identifiers: ['email', 'phone'],
  valued: false,
  read(subject) {
    const cells = subject.split(',');
    const keys = cells.filter(Boolean);
    const identifiers = (['email', 'phone'] as const).filter((_, index) => cells[index]);
    return keys.length > 0 ? { cells, keys, identifiers } : undefined;
  },
};

const nobody = new DigestSet();

async function* batches<Item>(...items: Item[][]): AsyncGenerator<Item[]> {
  yield* items;
}

describe('a file', () => {
  it('is written batch by batch, the header first, and counted as it is written', async () => {
    const pieces: string[] = [];
    const counts = await produceFile(batches(['a,1', 'b,'], [], ['c,3']), plain, nobody, (text) => {
      pieces.push(text);
    });
    expect(pieces).toEqual(['email,phone\r\n', 'a,1\r\nb,\r\n', '', 'c,3\r\n']);
    expect(counts).toEqual({
      rows: 3,
      withoutIdentifier: 0,
      refused: 0,
      duplicates: 0,
      rowsWithoutValue: null,
      bytes: pieces.join('').length,
      identifiers: [
        { identifier: 'email', rows: 3 },
        { identifier: 'phone', rows: 2 },
      ],
    });
  });

  it('has nobody twice, in whichever batch, and nobody whom the platform could not find', async () => {
    const written: string[] = [];
    const subjects = batches(['a,1', ',', 'a,'], [',1', 'b,1', 'b,1']);
    const counts = await produceFile(subjects, plain, nobody, (text) => void written.push(text));
    expect(written.join('')).toBe(
      toCsv([
        ['email', 'phone'],
        ['a', '1'],
        ['b', '1'],
      ]),
    );
    expect(counts).toMatchObject({ rows: 2, duplicates: 3, withoutIdentifier: 1 });
  });

  it('has no row with anything by which nobody may be found, and lets the rest of it pass later', async () => {
    const refused = new DigestSet();
    refused.add('b');
    const written: string[] = [];
    const subjects = batches(['a,1', 'b,2'], ['c,2']);
    const counts = await produceFile(subjects, plain, refused, (text) => void written.push(text));
    expect(written.join('')).toBe('email,phone\r\na,1\r\nc,2\r\n');
    expect(counts).toMatchObject({ rows: 2, refused: 1, duplicates: 0 });
  });

  it('counts bytes, not characters', async () => {
    const counts = await produceFile(batches(['정,']), plain, nobody, () => undefined);
    expect(counts.bytes).toBe(Buffer.byteLength('email,phone\r\n정,\r\n'));
  });

  it('does not read on before what was read is written', async () => {
    const order: string[] = [];
    async function* reading(): AsyncGenerator<string[]> {
      for (const subject of ['a,', 'b,']) {
        order.push(`read ${subject}`);
        yield [subject];
      }
    }
    await produceFile(reading(), plain, nobody, async (text) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`wrote ${text.trim()}`);
    });
    expect(order).toEqual(['wrote email,phone', 'read a,', 'wrote a,', 'read b,', 'wrote b,']);
  });

  it('of seeds says how many rows have no value', async () => {
    const person = (email: string, value: number | null): Person => ({ emails: [email], phones: [], value });
    const people = [person('a@example.com', 3), person('b@example.com', null), person('c@example.com', 0)];
    const format = peopleFormat(platforms.meta, ['email'], 'seed');
    const counts = await produceFile(batches(people), format, nobody, () => undefined);
    expect(counts).toMatchObject({ rows: 3, rowsWithoutValue: 1 });
  });
});
