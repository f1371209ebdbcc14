import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Failure } from '../../platform/errors.js';

/** One record of a CSV file. */
export interface CsvRecord {
  /** Where it begins in the file, from 1. */
  line: number;
  cells: string[];
}

/** A record longer than this is a quote that was never closed, in bytes. */
const longestRecord = 1024 * 1024;

const delimiters = [',', ';', '\t'] as const;
export type Delimiter = (typeof delimiters)[number];

/**
 * Reads the records of a CSV file (RFC 4180, with or without byte order mark), the header among them. Empty lines and
 * records without any value are left out; a record may have more or fewer cells than the header: see who reads them.
 * Throws INVALID_INPUT with the line when a quote is broken: nothing after it could be trusted.
 */
export async function* readCsv(
  bytes: AsyncIterable<Buffer>,
  delimiter: Delimiter,
): AsyncGenerator<CsvRecord> {
  const source = Readable.from(bytes);
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    max_record_size: longestRecord,
    // All of them: files that were put together from several have mixed line ends.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  });
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
      yield { line: info.lines - newlinesIn(record), cells: record };
    }
  } catch (error) {
    throw error instanceof CsvError ? brokenFile(error) : error;
  } finally {
    source.destroy();
  }
}

interface Parsed {
  record: string[];
  info: { lines: number };
}

/** The parser counts the line on which a record ends. */
function newlinesIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

function brokenFile(error: CsvError): Failure {
  const line = (error as CsvError & { lines?: number }).lines;
  const where = line === undefined ? '' : ` (near line ${line})`;
  const message =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `A record is longer than 1 MB${where}: a quote is probably not closed.`
      : `The file is not well-formed CSV${where}: ${error.message}`;
  return new Failure('INVALID_INPUT', message, { path: 'file', cause: error });
}

/** Finds out what separates the cells: what the first line has most of outside quotes; a comma when in doubt. */
export function detectDelimiter(start: string): Delimiter {
  const firstLine = start.replace(/"[^"]*"/gu, '').split(/\r?\n/u, 1)[0] ?? '';
  const counts = delimiters.map((delimiter) => firstLine.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}
