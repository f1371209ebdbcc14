import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { unguardCell } from '../../platform/files/formula.js';
import { abandonBody } from '../../platform/http/abandon-body.js';
import { newId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { steadyCatalog } from '../attributes/index.js';
import { noProgress, type ImportInput, type ImportKind } from './import.js';
import { insertChunk, insertImport } from './import.repository.js';
import { mapColumns } from './map-columns.js';
import { mappableIn, presentTargets } from './mappable-fields.js';
import { fromWindows1252, readEncoding, type Encoding } from './read-encoding.js';
import { detectDelimiter, readCsv, type CsvRecord, type Delimiter } from './read-csv.js';
import { mergeChoices, type MappingChoices } from './saved-mapping.js';
import { findSavedMapping, saveMapping } from './saved-mapping.repository.js';
import type { MappingTarget } from './suggest-mapping.js';

/** Bytes of a file at most: about two million rows of a CRM export. */
export const largestImport = 512 * 1024 * 1024;

/** Bytes of the pieces in which a file is kept in the database. */
const chunkSize = 1024 * 1024;

/** Columns of a file at most. */
export const mostColumns = 1000;

/** Rows by which columns are known: enough for a day above the 12th to come up in a file that goes by date. */
const sampledRows = 5_000;

/** What the uploader says about a file. */
export interface UploadOptions {
  fileName: string | null;
  /** By header, over what was said of such a file before, and what names and values suggest. */
  mapping: MappingChoices;
  /** Whether only to find out what an import would do. */
  dryRun: boolean;
  /** What its rows are. */
  kind: ImportKind;
  /** Who says what a file of signals holds, where no column says so. */
  signalSource: string | null;
}

/** An import that waits for its worker. */
export interface UploadedImport {
  id: string;
  input: ImportInput;
}

/** The name of the job that works an import off. */
export const importTask = 'import';

/**
 * Takes a CSV file in. It is first written to the disk and checked, however slowly it comes; then the job, the mapping
 * and the bytes are stored in one transaction.
 * Throws INVALID_INPUT or TOO_LARGE; nothing is stored then.
 */
export async function uploadImport(
  services: Services,
  context: WorkspaceContext,
  request: IncomingMessage,
  options: UploadOptions,
): Promise<UploadedImport> {
  const folder = await mkdtemp(join(tmpdir(), 'coterie-import-'));
  try {
    const { kind, signalSource } = options;
    const { path, bytes, encoding } = await spool(request, folder);
    const { samples, ...header } = await readStart(path);
    const { id: workspaceId } = context.workspace;
    const uploader = actorOf(context);
    return await services.withWorkspace(workspaceId, async (transaction) => {
      const { fields, needs } = mappableIn(kind, await steadyCatalog(transaction));
      const saved = presentTargets(await findSavedMapping(transaction, header.headers), fields);
      const explicit = presentTargets(options.mapping, fields);
      const columns = mapColumns({ ...header, samples }, { fields, needs }, { explicit, saved });
      checkSource(options, columns.targets);
      await remember(transaction, header.headers, saved, {
        explicit,
        savedBy: uploader,
        now: context.clock.now(),
      });
      const id = newId();
      const { fileName, dryRun } = options;
      const input: ImportInput = {
        kind,
        signalSource,
        fileName,
        bytes,
        encoding,
        ...header,
        ...columns,
        dryRun,
      };
      await insertImport(transaction, { id, input, progress: noProgress, createdBy: uploader });
      await storeChunks(transaction, id, path);
      await services.enqueue(
        transaction.manager,
        importTask,
        { workspaceId, jobId: id },
        // One after another, or the files of one workspace would keep those of all others waiting.
        { key: `import:${id}`, queue: `import:${workspaceId}` },
      );
      return { id, input };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file that came in, as UTF-8. */
interface Spooled {
  path: string;
  /** Of the file as it came. */
  bytes: number;
  encoding: Encoding;
}

async function spool(request: IncomingMessage, folder: string): Promise<Spooled> {
  let bytes = 0;
  const path = join(folder, 'file.csv');
  try {
    if (Number(request.headers['content-length'] ?? 0) > largestImport) throw tooLarge();
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > largestImport) throw tooLarge();
        yield piece;
      }
    };
    const text = readEncoding(counted());
    await pipeline(text.lines, createWriteStream(path, { mode: 0o600 }));
    const encoding = text.encoding();
    if (encoding !== 'windows-1252') return { path, bytes, encoding };
    const converted = join(folder, 'utf-8.csv');
    await pipeline(createReadStream(path), fromWindows1252, createWriteStream(converted, { mode: 0o600 }));
    return { path: converted, bytes, encoding };
  } catch (error) {
    abandonBody(request);
    throw error;
  }
}

function tooLarge(): Failure {
  return new Failure('TOO_LARGE', `A file may have ${largestImport} bytes.`, { path: 'file' });
}

/** Each signal is somebody's word. */
function checkSource(
  { kind, signalSource }: UploadOptions,
  targets: readonly (MappingTarget | null)[],
): void {
  if (kind !== 'signals' || signalSource || targets.includes('signal.source')) return;
  const message =
    'No column says whose signals these are: name the source in the address, such as source=bombora.';
  throw new Failure('INVALID_INPUT', message, { path: 'source' });
}

/** What was decided by hand once need not be said again. */
async function remember(
  transaction: WorkspaceTransaction,
  headers: readonly string[],
  saved: MappingChoices,
  { explicit, ...who }: { explicit: MappingChoices; savedBy: string; now: Date },
): Promise<void> {
  if (Object.keys(explicit).length === 0) return;
  await saveMapping(transaction, { headers, choices: mergeChoices(saved, explicit), ...who });
}

/** What can be seen of a file at its beginning. */
interface FileStart {
  delimiter: Delimiter;
  headers: string[];
  /** By column, the cells of the first rows that are not blank. */
  samples: string[][];
}

async function readStart(path: string): Promise<FileStart> {
  const delimiter = detectDelimiter(await readText(path));
  const rows = readCsv(createReadStream(path), delimiter);
  const first = await rows.next();
  if (first.done) throw new Failure('INVALID_INPUT', 'The file is empty.', { path: 'file' });
  const { cells } = first.value;
  if (cells.length > mostColumns)
    throw new Failure('TOO_LARGE', `A file may have ${mostColumns} columns.`, { path: 'file' });
  const headers = cells.map((cell) => unguardCell(cell.trim()));
  return { delimiter, headers, samples: await readSamples(rows, headers.length) };
}

async function readSamples(rows: AsyncGenerator<CsvRecord>, columns: number): Promise<string[][]> {
  const samples = Array.from({ length: columns }, (): string[] => []);
  let read = 0;
  try {
    for await (const { cells } of rows) {
      if (cells.length === columns) {
        for (const [index, cell] of cells.entries())
          if (cell.trim() !== '') samples[index]?.push(cell.trim());
      }
      if ((read += 1) === sampledRows) break;
    }
  } catch (error) {
    // That the file is broken further down is for the import to say.
    if (!(error instanceof Failure)) throw error;
  }
  return samples;
}

async function readText(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function storeChunks(transaction: WorkspaceTransaction, jobId: string, path: string): Promise<void> {
  let sequence = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: chunkSize })) {
    await insertChunk(transaction, jobId, sequence, chunk as Buffer);
    sequence += 1;
  }
}
