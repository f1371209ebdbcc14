import type { DateFormat } from './date-format.js';
import type { Delimiter } from './read-csv.js';
import type { Encoding } from './read-encoding.js';
import type { MappingSource, MappingTarget } from './suggest-mapping.js';

/** Where an import stands. */
export const importStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type ImportState = (typeof importStates)[number];

/** What the rows of a file are. */
export const importKinds = ['contacts', 'companies', 'signals'] as const;
export type ImportKind = (typeof importKinds)[number];

/** What is to be done, fixed when the file was uploaded. */
export interface ImportInput {
  /** What its rows are; contacts unless said. */
  kind?: ImportKind;
  /** Who says what a file of signals holds, where no column says so. */
  signalSource?: string | null;
  fileName: string | null;
  /** Size of the file. */
  bytes: number;
  /** What it was encoded in; it is kept as UTF-8. */
  encoding: Encoding;
  delimiter: Delimiter;
  headers: string[];
  /** Where each column goes, in the order of the file. */
  targets: (MappingTarget | null)[];
  /** How that was decided; imports from before it was noted have none, as of the next. */
  foundBy?: (MappingSource | null)[];
  /** How the dates of each column are written; null where its values are no dates. */
  dateFormats?: (DateFormat | null)[];
  /** Whether nothing is to be stored but what would be. */
  dryRun?: boolean;
}

/** What became of a column of a file. */
export interface ImportColumn {
  header: string;
  target: MappingTarget | null;
  foundBy: MappingSource | null;
  dateFormat: DateFormat | null;
}

/** The columns of a file, in its order. */
export function columnsOf({ headers, targets, foundBy, dateFormats }: ImportInput): ImportColumn[] {
  return headers.map((header, index) => ({
    header,
    target: targets[index] ?? null,
    foundBy: foundBy?.[index] ?? null,
    dateFormat: dateFormats?.[index] ?? null,
  }));
}

/** How far an import has come: every row that was read is in exactly one of the other counts. */
export interface ImportProgress {
  /** Rows of the file, the header not included; null until the file has been looked through. */
  rowsTotal: number | null;
  rowsRead: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
}

/** A row that was not taken. */
export interface Rejection {
  /** Where the row begins in the file, from 1, the header included. */
  line: number;
  code: string;
  /** The header of the column that is wrong; empty when it is the row as a whole. */
  path: string;
  message: string;
  /** The cells as they stood in the file. */
  cells: string[];
}

/** An import that has not begun. */
export const noProgress: ImportProgress = {
  rowsTotal: null,
  rowsRead: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
};
