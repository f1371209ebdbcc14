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
import { attributeCatalog } from '../attributes/index.js';
import { noProgress, type ImportInput } from './import.js';
import { insertChunk, insertImport } from './import.repository.js';
import { mappableFields } from './mappable-fields.js';
import { fromWindows1252, readEncoding, type Encoding } from './read-encoding.js';
import { detectDelimiter, readCsv, type Delimiter } from './read-csv.js';
import { suggestMapping, type MappingTarget } from './suggest-mapping.js';

/** Bytes of a file at most: about two million rows of a CRM export. */
export const largestImport = 512 * 1024 * 1024;

/** Bytes of the pieces in which a file is kept in the database. */
const chunkSize = 1024 * 1024;

/** Columns of a file at most. */
export const mostColumns = 1000;

/** What the uploader says about a file. */
export interface UploadOptions {
  fileName: string | null;
  /** Header → target, over what the names suggest; null leaves a column out. */
  mapping: Record<string, MappingTarget | null>;
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
    const { path, bytes, encoding } = await spool(request, folder);
    const header = await readHeader(path);
    const { id: workspaceId } = context.workspace;
    return await services.withWorkspace(workspaceId, async (transaction) => {
      const { targets } = suggestMapping(
        header.headers,
        mappableFields(await attributeCatalog(transaction)),
        options.mapping,
      );
      const id = newId();
      const input: ImportInput = { fileName: options.fileName, bytes, encoding, ...header, targets };
      await insertImport(transaction, { id, input, progress: noProgress, createdBy: actorOf(context) });
      await storeChunks(transaction, id, path);
      await services.enqueue(
        transaction.manager,
        importTask,
        { workspaceId, jobId: id },
        { key: `import:${id}` },
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

async function readHeader(path: string): Promise<{ delimiter: Delimiter; headers: string[] }> {
  const delimiter = detectDelimiter(await readStart(path));
  for await (const { cells } of readCsv(createReadStream(path), delimiter)) {
    if (cells.length > mostColumns)
      throw new Failure('TOO_LARGE', `A file may have ${mostColumns} columns.`, { path: 'file' });
    return { delimiter, headers: cells.map((cell) => unguardCell(cell.trim())) };
  }
  throw new Failure('INVALID_INPUT', 'The file is empty.', { path: 'file' });
}

async function readStart(path: string): Promise<string> {
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
