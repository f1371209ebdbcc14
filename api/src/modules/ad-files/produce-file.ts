import { toCsv } from '@coterie/ad-formats';
import { DigestSet } from '../../platform/digest-set.js';
import type { FileFormat, FileRow } from './file-format.js';
import type { AdIdentifier } from './identifiers.js';

/** What became of the people or companies that may be sent: the first four add up to them. */
export interface FileCounts {
  /** Nothing that the platform would find them by was left after its normalisation. */
  withoutIdentifier: number;
  /** Something that the platform would find them by is that of somebody who must not be sent. */
  refused: number;
  /** Whatever the platform would find them by is in another row already. */
  duplicates: number;
  /** Lines of the file, without the header. */
  rows: number;
  /** Of them, those without a value, in a file that has values; else null. */
  rowsWithoutValue: number | null;
  /** Of the file, the header included. */
  bytes: number;
  /** For each chosen identifier, how many rows carry it. */
  identifiers: { identifier: AdIdentifier; rows: number }[];
}

/** Takes the next piece of the file. */
export type Write = (text: string) => Promise<void> | void;

/**
 * Turns people or companies into a file, batch by batch. The report on an audience and its export both come from here,
 * so they cannot tell different stories.
 * @param refused keys of which no row may have any.
 * @param write is handed the header and then each batch's lines; the next batch is read when it is done.
 */
export async function produceFile<Subject>(
  batches: AsyncIterable<readonly Subject[]>,
  format: FileFormat<Subject>,
  refused: DigestSet,
  write: Write,
): Promise<FileCounts> {
  const seen = new DigestSet();
  const rowsWith = new Map<AdIdentifier, number>(format.identifiers.map((identifier) => [identifier, 0]));
  const counts = { withoutIdentifier: 0, refused: 0, duplicates: 0, rows: 0, bytes: 0 };
  let withoutValue = 0;
  const emit = async (rows: readonly (readonly string[])[]): Promise<void> => {
    const text = toCsv(rows);
    counts.bytes += Buffer.byteLength(text);
    await write(text);
  };
  await emit([format.headers]);
  for await (const batch of batches) {
    const lines: (readonly string[])[] = [];
    for (const subject of batch) {
      const row = format.read(subject);
      if (!row) counts.withoutIdentifier += 1;
      else if (row.keys.some((key) => refused.has(key))) counts.refused += 1;
      else if (!saysSomethingNew(row, seen)) counts.duplicates += 1;
      else {
        lines.push(row.cells);
        if (format.valued && row.cells.at(-1) === '') withoutValue += 1;
        for (const identifier of row.identifiers)
          rowsWith.set(identifier, (rowsWith.get(identifier) ?? 0) + 1);
      }
    }
    counts.rows += lines.length;
    await emit(lines);
  }
  return {
    ...counts,
    rowsWithoutValue: format.valued ? withoutValue : null,
    identifiers: [...rowsWith].map(([identifier, rows]) => ({ identifier, rows })),
  };
}

function saysSomethingNew({ keys }: FileRow, seen: DigestSet): boolean {
  let isNew = false;
  for (const key of keys) isNew = seen.add(key) || isNew;
  return isNew;
}
