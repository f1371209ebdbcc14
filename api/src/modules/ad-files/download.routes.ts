import { create as contentDisposition } from 'content-disposition';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { WorkspaceContext } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
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
    const { workspaceId, identifiers } = readQuery(schema, request.query);
    const context = await authorise(services, request, workspaceId);
    const plan = download.plan(context, { id, identifiers: identifiers?.toLowerCase().split(',') ?? null });
    const { name, spool } = await finishFile(services, context.workspace.id, plan);
    return describe(reply, name, spool.size).send(spool.read());
  });
}

function readQuery(
  schema: typeof plainQuery | typeof choosingQuery,
  query: unknown,
): z.infer<typeof choosingQuery> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure('INVALID_INPUT', issue?.message ?? 'The query string is not understood.', {
    path: issue?.path.join('.'),
  });
}

async function authorise(
  services: Services,
  request: FastifyRequest,
  workspaceId: string | undefined,
): Promise<WorkspaceContext> {
  const context = await services.authorise(
    await services.contextOf(request),
    { kind: 'workspace', role: 'editor', scope: 'audiences:write' },
    { workspaceId, organizationId: undefined },
  );
  return context as WorkspaceContext;
}

function describe(reply: FastifyReply, name: string, size: number): FastifyReply {
  return reply.headers({
    'content-type': 'text/csv; charset=utf-8',
    'content-length': size,
    'content-disposition': contentDisposition(name, { fallback: 'audience.csv' }),
    // It holds people's identifiers, and is out of date as soon as somebody withdraws a consent.
    'cache-control': 'no-store',
  });
}
