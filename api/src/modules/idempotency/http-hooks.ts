import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../../platform/context.js';
import { abandonBody } from '../../platform/http/abandon-body.js';
import { isOperation, markIdempotent } from '../../platform/http/server.js';
import type { Services } from '../../platform/module.js';
import { findScope } from './find-scope.js';
import { readKey, type Answer, type BegunRequest, type IdempotentRequests } from './idempotent-requests.js';

/** A request that is carried out, and what was read of its body. */
interface Running {
  begun: BegunRequest;
  hash: Hash;
}

/** Honours `Idempotency-Key` on the routes that write, other than GraphQL and the tracking API. */
export function addIdempotencyHooks(
  server: FastifyInstance,
  services: Pick<Services, 'authorise' | 'contextOf'>,
  requests: IdempotentRequests,
): void {
  const running = new WeakMap<FastifyRequest, Running>();

  // Before the body is read: an upload may be long, and of one that is under way already nothing is taken.
  server.addHook('preParsing', async (request, reply, payload) => {
    if (!isOperation(request)) return payload;
    const key = readKey(request.headers['idempotency-key']);
    if (key === undefined) return payload;
    const context = await services.contextOf(request);
    const { workspaceId } = request.query as { workspaceId?: string };
    const scope = await findScope(services, context, { workspaceId, organizationId: undefined });
    if (!scope) return payload;
    const hash = createHash('sha256').update(`${request.method} ${request.url}\0`);
    const readHash = async (): Promise<Buffer> => hashRest(request.raw, hash);
    try {
      const beginning = await requests.begin({ scope, caller: actorOf(context), key }, readHash);
      if ('again' in beginning) return await sendAgain(request, reply, beginning.again);
      running.set(request, { begun: beginning.begun, hash });
      markIdempotent(request, beginning.begun.mark);
    } catch (error) {
      abandonBody(request.raw);
      throw error;
    }
    watch(request.raw, hash);
    return payload;
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const { begun, hash } = running.get(request) ?? {};
    if (!begun || !hash) return payload;
    running.delete(request);
    const requestHash = request.raw.readableEnded ? hash.digest() : undefined;
    const isText = typeof payload === 'string';
    const answer = isText
      ? { status: reply.statusCode, contentType: contentTypeOf(reply), body: payload }
      : undefined;
    const passes = reply.statusCode >= 500 || reply.statusCode === 429;
    if (passes || !requestHash || !answer) await begun.release(requestHash, answer);
    else await begun.keep(requestHash, answer);
    return payload;
  });
}

function contentTypeOf(reply: FastifyReply): string {
  return String(reply.getHeader('content-type') ?? 'application/json; charset=utf-8');
}

async function hashRest(body: IncomingMessage, hash: Hash): Promise<Buffer> {
  for await (const piece of body) hash.update(piece as Buffer);
  return hash.digest();
}

/** Hashes what is read of a body, whoever reads it; does not make it flow by itself. */
function watch(body: IncomingMessage, hash: Hash): void {
  body.pause();
  body.on('data', (piece: Buffer) => hash.update(piece));
}

async function sendAgain(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, contentType, body }: Answer,
): Promise<undefined> {
  if (!request.raw.readableEnded) abandonBody(request.raw);
  await reply
    .code(status)
    .header('content-type', contentType)
    .header('idempotency-replayed', 'true')
    .send(body);
  return undefined;
}
