import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { keyOf, type WorkspaceContext } from '../../platform/context.js';
import { fileName } from '../../platform/files/file-name.js';
import { Spool } from '../../platform/files/spool.js';
import { describeDownload } from '../../platform/http/download.js';
import { allowInto, readQuery, type RouteAccess } from '../../platform/http/route-request.js';
import type { Services } from '../../platform/module.js';
import { membersOf, requireSegment } from '../segments/index.js';
import { writeExport, type ExportOrder } from './write-export.js';

/** Something that can be exported. */
interface Exported {
  /** Of its routes, without the format. */
  path: string;
  scopes: RouteAccess['scopes'];
  planFor: (context: WorkspaceContext, id: string) => ExportOrder['plan'];
}

const exported: Exported[] = [
  {
    path: '/v1/contacts',
    scopes: ['contacts:read'],
    planFor:
      ({ workspace }) =>
      async () => ({ name: workspace.name, source: null }),
  },
  {
    path: '/v1/segments/:id/members',
    scopes: ['segments:read', 'contacts:read'],
    planFor:
      ({ clock }, id) =>
      async (tx) => {
        const { name } = await requireSegment(tx, id);
        return { name, source: await membersOf(tx, id, clock.now()) };
      },
  },
];

const query = z.strictObject({ workspaceId: z.string().optional(), columns: z.string().optional() });

/**
 * Adds `GET /v1/contacts.csv`, `GET /v1/segments/:id/members.csv` and the same as `.ndjson`, all with
 * `?workspaceId=…&columns=email,company.name`. The workspace need not be named with an API key.
 *
 * It takes an editor, although nothing is changed: whoever has the file can hand on everybody in it, which is more than
 * to look at a list. A key that may read contacts could as well ask for them page by page.
 */
export function addExportRoutes(server: FastifyInstance, services: Services): void {
  for (const { path, scopes, planFor } of exported) {
    for (const format of ['csv', 'ndjson'] as const) {
      // A HEAD request would write the whole file.
      server.get(`${path}.${format}`, { exposeHeadRoute: false }, async (request, reply) => {
        const { workspaceId, columns } = readQuery(query, request.query);
        const context = await allowInto(services, request, workspaceId, { role: 'editor', scopes });
        await services.quotas.require(context.workspace.id, 'exports');
        const { id = '' } = request.params as { id?: string };
        return sendExport(services, request, reply, {
          workspace: context.workspace,
          format,
          columns: columns?.split(',').map((name) => name.trim()) ?? null,
          plan: planFor(context, id),
          signal: context.signal,
          keyId: keyOf(context.viewer),
        });
      });
    }
  }
}

/** Sends the file while it is written: a million contacts take longer than a proxy waits for a first byte. */
async function sendExport(
  { withWorkspace, meter }: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { keyId, ...order }: ExportOrder & { keyId: string | null },
): Promise<FastifyReply> {
  const spool = await Spool.open();
  try {
    const name = await new Promise<string>((resolve, reject) => {
      writeExport(withWorkspace, order, spool, resolve).then(
        () => {
          meter.count(order.workspace.id, 'exports', 1, keyId);
          return spool.end();
        },
        (error: unknown) => {
          // One of them is heard: before the file is begun the first, then the second.
          reject(error);
          spool.end(error);
        },
      );
    });
    const kind = `contacts.${order.format}`;
    describeDownload(reply, { name: fileName(name, kind), fallback: kind, format: order.format });
  } catch (error) {
    await spool.discard();
    throw error;
  }
  const file = spool.follow();
  file.on('error', (error) => {
    if (!order.signal.aborted)
      request.log.error({ err: error, requestId: request.id }, 'an export broke off');
  });
  return reply.send(file);
}
