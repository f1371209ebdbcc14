import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { notFound } from '../../platform/errors.js';
import { describeDownload } from '../../platform/http/download.js';
import { allowInto, readQuery } from '../../platform/http/route-request.js';
import { isId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { filePathOf } from './privacy-request.js';
import { readPiece } from './privacy-file.repository.js';
import { requestsByIds } from './privacy-request.repository.js';

const query = z.strictObject({ workspaceId: z.string().optional() });

/** Adds `GET /v1/privacy-requests/:id/file.ndjson?workspaceId=…`: for admins, and keys that may read contacts. */
export function addPrivacyRoutes(server: FastifyInstance, services: Services): void {
  server.get(filePathOf(':id'), { exposeHeadRoute: false }, (request, reply) =>
    sendFile(services, request, reply),
  );
}

async function sendFile(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as { id: string };
  const { workspaceId } = readQuery(query, request.query);
  const context = await allowInto(services, request, workspaceId, {
    role: 'admin',
    scopes: ['contacts:read'],
  });
  const { workspace, clock } = context;
  const [found] = isId(id) ? await services.withWorkspace(workspace.id, (tx) => requestsByIds(tx, [id])) : [];
  if (!found?.fileExpiresAt || found.fileExpiresAt <= clock.now()) throw notFound('file');
  const name = 'personal-data.ndjson';
  const file = Readable.from(pieces(services, workspace.id, id), { objectMode: false });
  return describeDownload(reply, { name, fallback: name, format: 'ndjson' }).send(file);
}

async function* pieces(
  { withWorkspace }: Services,
  workspaceId: string,
  requestId: string,
): AsyncGenerator<Buffer> {
  for (let sequence = 0; ; sequence += 1) {
    const bytes = await withWorkspace(workspaceId, (tx) => readPiece(tx, requestId, sequence));
    if (!bytes) return;
    yield bytes;
  }
}
