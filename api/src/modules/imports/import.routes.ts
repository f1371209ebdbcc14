import { Readable } from 'node:stream';
import { toCsv } from '@coterie/ad-formats';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Failure, notFound } from '../../platform/errors.js';
import { guardCell, unguardCell } from '../../platform/files/formula.js';
import { describeDownload } from '../../platform/http/download.js';
import { allowInto, readQuery, type RouteAccess } from '../../platform/http/route-request.js';
import { isId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { isStorable } from '../../platform/storable.js';
import { dateFormats } from './date-format.js';
import { columnsOf, importKinds } from './import.js';
import { listRejections, findImport } from './import.repository.js';
import type { MappingChoices } from './saved-mapping.js';
import { uploadImport } from './upload-import.js';

/**
 * What a file may call itself. Not `text/plain`: a page of another origin could send that with the session's cookie,
 * without the browser asking first.
 */
const contentTypes = new Set([
  'text/csv',
  'application/csv',
  'application/vnd.ms-excel',
  'application/octet-stream',
]);

const access: RouteAccess = { role: 'editor', scopes: ['contacts:write'] };

const downloadQuery = z.strictObject({ workspaceId: z.string().optional() });

const uploadQuery = downloadQuery.extend({
  fileName: z.string().max(200).refine(isStorable, 'The name holds a NUL character.').optional(),
  mapping: z.string().optional(),
  dryRun: z.enum(['true', 'false']).optional(),
  of: z.enum(importKinds).optional(),
  source: z.string().max(200).refine(isStorable, 'The source holds a NUL character.').optional(),
});

const targetShape = z.string().nullable();
const choiceShape = z.strictObject({
  target: targetShape.optional(),
  dateFormat: z.enum(dateFormats).optional(),
});
const mappingShape = z.record(z.string(), z.union([targetShape, choiceShape]));

/**
 * CSV over HTTP:
 * - `POST /v1/imports?workspaceId=…&of=contacts&fileName=…&mapping=…&dryRun=true` with the file as the body (`text/csv`) answers 202 with the
 *   import's id and what became of the columns. `mapping` is JSON: header → target, null or {target, dateFormat}.
 * - `GET /v1/imports/:id/rejected.csv?workspaceId=…` gives the rejected rows as they stood in the file, with the reason.
 * The workspace need not be named with an API key. Both need the scope contacts:write or the role editor.
 */
export function addImportRoutes(server: FastifyInstance, services: Services): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.post('/v1/imports', (request, reply) => upload(services, request, reply));
    scope.get('/v1/imports/:id/rejected.csv', (request, reply) => downloadRejected(services, request, reply));
  });
}

async function upload(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const query = readQuery(uploadQuery, request.query);
  const context = await allowInto(services, request, query.workspaceId, access);
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!contentTypes.has(type)) {
    throw new Failure('BAD_REQUEST', 'Send the file itself as the body, with the content type text/csv.');
  }
  const { id, input } = await uploadImport(services, context, request.raw, {
    fileName: query.fileName ?? null,
    mapping: readMapping(query.mapping),
    dryRun: query.dryRun === 'true',
    kind: query.of ?? 'contacts',
    signalSource: query.source?.trim() || null,
  });
  const columns = columnsOf(input);
  const ignoredColumns = columns.filter(({ target }) => target === null).map(({ header }) => header);
  await reply
    .code(202)
    .send({ id, state: 'queued', dryRun: input.dryRun, encoding: input.encoding, columns, ignoredColumns });
}

function readMapping(text: string | undefined): MappingChoices {
  if (text === undefined) return {};
  const parsed = mappingShape.safeParse(parseJson(text));
  if (!parsed.success) {
    const [{ path = [] } = {}] = parsed.error.issues;
    throw new Failure(
      'INVALID_INPUT',
      `This must be a JSON object: header to target, null or {"target", "dateFormat"}, a format being one of ${dateFormats.join(', ')}.`,
      { path: ['mapping', ...path.slice(0, 1)].join('.') },
    );
  }
  const choices = Object.entries(parsed.data).map(([header, choice]) => [
    header,
    typeof choice === 'object' && choice !== null ? choice : { target: choice },
  ]);
  return Object.fromEntries(choices) as MappingChoices;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rows read at a time while a download is sent. */
const downloadPage = 1000;

async function downloadRejected(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as { id: string };
  const query = readQuery(downloadQuery, request.query);
  const context = await allowInto(services, request, query.workspaceId, access);
  const workspaceId = context.workspace.id;
  const found =
    isId(id) && (await services.withWorkspace(workspaceId, (transaction) => findImport(transaction, id)));
  if (!found) throw notFound('import');
  const lines = rejectedLines(services, workspaceId, id, found.input.headers);
  return describeDownload(reply, { name: 'rejected.csv', fallback: 'rejected.csv', format: 'csv' }).send(
    Readable.from(lines),
  );
}

async function* rejectedLines(
  services: Services,
  workspaceId: string,
  id: string,
  headers: readonly string[],
): AsyncGenerator<string> {
  yield toCsv([['Line', 'Code', 'Column', 'Reason', ...headers.map(guardCell)]]);
  for (let line = 0; ;) {
    const rows = await services.withWorkspace(workspaceId, (transaction) =>
      listRejections(transaction, [id], { afterLine: line, limit: downloadPage }),
    );
    yield toCsv(
      rows.map((row) => [String(row.line), row.code, ...[row.path, row.message, ...row.cells].map(safe)]),
    );
    line = rows.at(-1)?.line ?? line;
    if (rows.length < downloadPage) return;
  }
}

/** What stood in the file, once more: it can be corrected and uploaded again. A mark that it had is not doubled. */
function safe(cell: string): string {
  return guardCell(unguardCell(cell));
}
