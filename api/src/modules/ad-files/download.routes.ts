import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { keyOf, type WorkspaceContext } from '../../platform/context.js';
import { describeDownload } from '../../platform/http/download.js';
import { allowInto, readQuery } from '../../platform/http/route-request.js';
import type { Services } from '../../platform/module.js';
import { finishFile, type PlanFile } from './make-file.js';

/** A kind of file that can be downloaded. */
export interface Download {
  /** Of the route, with the id of what the file is made from: `/v1/audiences/:id/file.csv`. */
  path: string;
  plan: (context: WorkspaceContext, wanted: DownloadRequest) => PlanFile;
  /** Whether `identifiers` may be given, because they are not stored. */
  choosesIdentifiers: boolean;
}

/** What is asked for. */
export interface DownloadRequest {
  id: string;
  /** In lower case, not checked otherwise; null for the default. */
  identifiers: readonly string[] | null;
}

const plainQuery = z.strictObject({ workspaceId: z.string().optional() });
const choosingQuery = plainQuery.extend({ identifiers: z.string().optional() });

/**
 * Adds `GET <path>?workspaceId=…`, which downloads a file. The workspace need not be named with an API key.
 *
 * It takes the role editor or the scope audiences:write, although nothing is changed: whoever has the file can hand on
 * the identifiers of everybody in it, which is more than to look at a list.
 */
export function addDownload(server: FastifyInstance, services: Services, download: Download): void {
  const schema = download.choosesIdentifiers ? choosingQuery : plainQuery;
  // A HEAD request would write the whole file to tell its length.
  server.get(download.path, { exposeHeadRoute: false }, async (request, reply) => {
    const { id } = request.params as { id: string };
    const { workspaceId, identifiers } = readQuery<z.infer<typeof choosingQuery>>(schema, request.query);
    const context = await allowInto(services, request, workspaceId, {
      role: 'editor',
      scopes: ['audiences:write'],
    });
    await services.quotas.require(context.workspace.id, 'exports');
    const plan = download.plan(context, { id, identifiers: identifiers?.toLowerCase().split(',') ?? null });
    const { name, spool } = await finishFile(services, context.workspace.id, plan, context.signal);
    services.meter.count(context.workspace.id, 'exports', 1, keyOf(context.viewer));
    const file = { name, fallback: 'audience.csv', format: 'csv', size: spool.size } as const;
    return describeDownload(reply, file).send(spool.read());
  });
}
