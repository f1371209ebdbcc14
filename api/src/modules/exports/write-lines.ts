import { toCsv } from '@coterie/ad-formats';
import { Temporal } from 'temporal-polyfill';
import { guardCell } from '../../platform/files/formula.js';
import type { FileFormat } from '../../platform/http/download.js';
import type { Column, ExportValue } from './columns.js';
import type { ExportedContact } from './load-contacts.js';

/** How contacts become the text of a file. */
export interface LineFormat {
  /** What stands before the first contact. */
  header: (columns: readonly Column[]) => string;
  lines: (columns: readonly Column[], contacts: readonly ExportedContact[], timeZone: string) => string;
}

/** The formats, by how the file's name ends. */
export const lineFormats: Record<FileFormat, LineFormat> = {
  csv: {
    header: (columns) => toCsv([columns.map(({ name }) => name)]),
    lines: (columns, contacts, timeZone) =>
      toCsv(contacts.map((contact) => columns.map(({ read }) => guardCell(textOf(read(contact), timeZone))))),
  },
  ndjson: {
    header: () => '',
    lines: (columns, contacts) =>
      contacts.map((contact) => `${JSON.stringify(objectOf(columns, contact))}\n`).join(''),
  },
};

/** What is not known of the contact is left out. */
function objectOf(columns: readonly Column[], contact: ExportedContact): Record<string, ExportValue> {
  const entries = columns.map(({ name, read }) => [name, read(contact)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** A value as the cell that an import reads back. */
function textOf(value: ExportValue, timeZone: string): string {
  if (value === null) return '';
  if (value instanceof Date) return dateText(value, timeZone);
  if (typeof value === 'object') return listText(value.filter((item) => item !== null));
  return String(value);
}

/** A day is stored as its midnight in the workspace's time zone. */
function dateText(date: Date, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(timeZone);
  return local.toPlainTime().equals('00:00') ? local.toPlainDate().toString() : date.toISOString();
}

/** `a;b`, and where an item has a semicolon, `"a;b","c"`. */
function listText(items: readonly string[]): string {
  const hasSemicolon = items.some((item) => item.includes(';'));
  return hasSemicolon ? items.map((item) => `"${item.replaceAll('"', '')}"`).join(',') : items.join(';');
}
