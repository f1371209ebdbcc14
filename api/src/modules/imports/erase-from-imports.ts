import type { WithWorkspace, Within } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import {
  emptyRejections,
  importsWithFiles,
  listAllRejections,
  type AnyRejection,
} from './erase-from-imports.repository.js';
import { emptied } from './imported-rows.js';
import type { ImportInput } from './import.js';
import { deleteChunks, readChunks } from './import.repository.js';
import { readCsv } from './read-csv.js';

/** Whether a row names somebody. @param targets where each column of its file goes. */
export type RowNames = (cells: readonly string[], targets: ImportInput['targets']) => boolean;

/** What was taken out of imports. */
export interface ErasedFromImports {
  /** Files that were kept to be imported after a dry run, and named them. */
  files: number;
  /** Rows that had not been taken. */
  rows: number;
}

const rowsAtOnce = 1_000;

/**
 * Takes somebody out of what is kept of imports that have ended. Of a row that was not taken, it stays that it was there;
 * the file of a dry run is deleted whole: it can be uploaded again without them.
 */
export async function eraseFromImports(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  names: RowNames,
  signal: AbortSignal,
): Promise<ErasedFromImports> {
  const within: Within = (work) => {
    signal.throwIfAborted();
    return withWorkspace(workspaceId, work);
  };
  let files = 0;
  for (const { id, input } of await within((tx) => importsWithFiles(tx, { ended: true }))) {
    if (!(await fileNames(within, { id, input }, names))) continue;
    await within((tx) => deleteChunks(tx, id));
    files += 1;
  }
  return { files, rows: await emptyRows(within, names) };
}

async function fileNames(
  within: Within,
  { id, input }: { id: string; input: ImportInput },
  names: RowNames,
): Promise<boolean> {
  try {
    for await (const { cells } of readCsv(readChunks(within, id), input.delimiter))
      if (names(cells, input.targets)) return true;
    return false;
  } catch (error) {
    // What cannot be read to its end may name anybody further down, and cannot be imported either.
    if (error instanceof Failure) return true;
    throw error;
  }
}

async function emptyRows(within: Within, names: RowNames): Promise<number> {
  let erased = 0;
  for await (const theirs of rejectionsThatName(within, names)) {
    const empty = theirs.map(({ jobId, line }) => ({ jobId, ...emptied(line) }));
    if (empty.length > 0) await within((tx) => emptyRejections(tx, empty));
    erased += empty.length;
  }
  return erased;
}

async function* rejectionsThatName(within: Within, names: RowNames): AsyncGenerator<AnyRejection[]> {
  for (let after: readonly [string, number] | undefined; ;) {
    const rows = await within((tx) => listAllRejections(tx, after, rowsAtOnce));
    yield rows.filter(({ cells, targets }) => names(cells, targets));
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce) return;
    after = [last.jobId, last.line];
  }
}

/** A row that names somebody, in a file that is kept or among those that were not taken. */
export interface NamingRow {
  importId: string;
  cells: readonly string[];
  /** Where it stands in the file, from 1. */
  line: number;
  /** Whether it was refused; otherwise the file is still to be imported. */
  isRejected: boolean;
}

/** The rows that name somebody in files that are kept, and among those that were not taken. */
export async function* rowsThatName(within: Within, names: RowNames): AsyncGenerator<NamingRow> {
  for await (const theirs of rejectionsThatName(within, names))
    for (const { jobId, cells, line } of theirs) yield { importId: jobId, cells, line, isRejected: true };
  for (const { id, input } of await within((tx) => importsWithFiles(tx, { ended: false }))) {
    try {
      for await (const { cells, line } of readCsv(readChunks(within, id), input.delimiter))
        if (names(cells, input.targets)) yield { importId: id, cells, line, isRejected: false };
    } catch (error) {
      // Where a file is broken, its import ends without having changed anything, and the file goes.
      if (!(error instanceof Failure)) throw error;
    }
  }
}
