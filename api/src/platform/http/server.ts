import { randomUUID } from 'node:crypto';
import fastify, {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import { outageFailure } from '../database/outage.js';
import { Failure, type FailureCode } from '../errors.js';
import { watchClients } from './client-signal.js';

/** What the HTTP server needs to know. */
export interface HttpOptions {
  log: Logger;
  trustProxy: boolean;
}

const megabyte = 1024 * 1024;

/** The status that says a failure in HTTP's own words. */
export const statusOf: Record<FailureCode, number> = {
  BAD_REQUEST: 400,
  INVALID_INPUT: 400,
  INVALID_RULE: 400,
  INVALID_CURSOR: 400,
  TOO_LARGE: 413,
  TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  SEGMENT_CYCLE: 409,
  IN_USE: 409,
  LOCKED: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

/** Nothing is loaded from elsewhere; styles are inline because the component library sets them so. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Makes the HTTP server without routes: request ids, limits, safe headers, one shape of errors. */
export function createHttpServer({ log, trustProxy }: HttpOptions): FastifyInstance {
  const server = fastify({
    loggerInstance: withoutNotices(log) as FastifyInstance['log'],
    // One line a request would fill the log with what the proxy in front logs anyway.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy,
    bodyLimit: 4 * megabyte,
    requestTimeout: 120_000,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    // A request that comes while draining is still answered; readiness tells the balancer to send no more.
    return503OnClosing: false,
  });
  watchClients(server);
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.addHook('onSend', async (request, reply) => {
    // A connection that is kept after its last answer would hold up the end for as long as the client likes.
    if (closing) reply.header('connection', 'close');
    reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-request-id': request.id,
    });
  });
  server.setErrorHandler(sendFailure);
  return server;
}

/** Fastify's only notice says where it listens, which whoever starts the server is told anyway. */
function withoutNotices(log: Logger): Logger {
  return log.level === 'info' ? log.child({}, { level: 'warn' }) : log;
}

/** Answers with `{error: {code, message, path, problems, requestId}}`. */
export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = failureOf(error);
  if (failure.code === 'INTERNAL' || failure.code === 'UNAVAILABLE')
    request.log.error({ err: error, requestId: request.id }, 'request failed');
  if (failure.retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(failure.retryAfter)));
  const { code, message, path, problems } = failure;
  void reply.status(statusOf[code]).send({ error: { code, message, path, problems, requestId: request.id } });
}

/** What a client is told of anything that was thrown: whatever is not expected is INTERNAL. */
export function failureOf(error: unknown): Failure {
  const failure = error instanceof Failure ? error : outageFailure(error);
  if (failure) return failure;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  const message = error instanceof Error ? error.message : 'The request could not be read.';
  if (status === 413) return new Failure('TOO_LARGE', 'The request is larger than allowed.');
  if (status >= 400 && status < 500) return new Failure('BAD_REQUEST', message);
  return new Failure('INTERNAL', 'Something went wrong on our side. The request id finds it in the log.', {
    cause: error,
  });
}
