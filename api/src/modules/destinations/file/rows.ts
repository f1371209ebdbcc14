import { toCsv } from '@coterie/ad-formats';
import { parse } from 'csv-parse/sync';
import type { MemberValues } from '../destination.js';

/** Between several values of one field. */
const joint = '|';

/** The rows of a file, each once, by what they say. */
export class Rows {
  readonly #rows = new Map<string, Readonly<Record<string, string>>>();

  add(member: MemberValues): void {
    const row = toRow(member);
    this.#rows.set(keyOf(row), row);
  }

  delete(member: MemberValues): void {
    this.#rows.delete(keyOf(toRow(member)));
  }

  /** Takes a row as it stood in the file. */
  keep(row: Readonly<Record<string, string>>): void {
    this.#rows.set(keyOf(row), row);
  }

  all(): IterableIterator<Readonly<Record<string, string>>> {
    return this.#rows.values();
  }
}

function toRow(member: MemberValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(member).flatMap(([field, values]) =>
      values.length > 0 ? [[field, values.join(joint)]] : [],
    ),
  );
}

function keyOf(row: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads a file that {@link writeRows} wrote; none is an empty one. */
export function readRows(text: string | undefined): Rows {
  const rows = new Rows();
  const records = parse(text ?? '', { columns: true, skip_empty_lines: true }) as Record<string, string>[];
  for (const record of records)
    rows.keep(Object.fromEntries(Object.entries(record).filter(([, value]) => value !== '')));
  return rows;
}

/** A file with a column for each field that any row has, by name, and the rows in the order of what they say. */
export function writeRows(rows: Rows): string {
  const all = [...rows.all()];
  const fields = [...new Set(all.flatMap((row) => Object.keys(row)))].sort();
  const lines = all.map((row) => fields.map((field) => row[field] ?? ''));
  const text = lines.map((line) => toCsv([line])).sort();
  return fields.length === 0 ? '' : toCsv([fields]) + text.join('');
}
