import { randomUUID } from 'node:crypto';
import fastify, {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import { Failure, type FailureCode } from '../errors.js';
import { failureOf, logOurs } from '../failure-of.js';
import { performOperation, type IdempotencyMark } from '../operation.js';
import { abandonBody } from './abandon-body.js';
import { watchClients } from './client-signal.js';

/** What the HTTP server needs to know. */
export interface HttpOptions {
  log: Logger;
  trustProxy: boolean;
}

/** Bytes of a body that is read as a whole; routes that read a stream have limits of their own. */
const bodyLimit = 4 * 1024 * 1024;
/** Milliseconds in which a request must have come whole: an upload of 512 MB takes its time on a slow line. */
const arriveWithin = 60 * 60 * 1000;

/** The status that says a failure in HTTP's own words. */
export const statusOf: Record<FailureCode, number> = {
  BAD_REQUEST: 400,
  INVALID_INPUT: 400,
  INVALID_RULE: 400,
  INVALID_CURSOR: 400,
  CURSOR_TOO_OLD: 410,
  TOO_LARGE: 413,
  TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 429,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  SEGMENT_CYCLE: 409,
  IN_USE: 409,
  LOCKED: 429,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
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
    bodyLimit,
    requestTimeout: arriveWithin,
    // Failures that come before any route, such as a URL that is none.
    frameworkErrors: sendFailure,
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
    if (reply.statusCode === 413 && !request.raw.readableEnded) {
      // Fastify would close the connection with the answer, which then does not reach who is still sending.
      reply.removeHeader('connection');
      abandonBody(request.raw);
    }
    // A connection that is kept after its last answer would hold up the end for as long as the client likes.
    if (closing) reply.header('connection', 'close');
    reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-request-id': request.id,
    });
  });
  server.addHook('preHandler', enterOperation);
  server.setErrorHandler(sendFailure);
  return server;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Not entered in the audit log as a whole: what is done says so itself, or is a record of its own. */
    audited?: false;
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

const marks = new WeakMap<FastifyRequest, IdempotencyMark>();

/** Says under which idempotency key a request was sent. */
export function markIdempotent(request: FastifyRequest, mark: IdempotencyMark): void {
  marks.set(request, mark);
}

/** Whether a request is of a route that writes, as a whole. */
export function isOperation({ method, routeOptions }: FastifyRequest): boolean {
  return !safeMethods.has(method) && routeOptions.url !== undefined && routeOptions.config.audited !== false;
}

/** Whatever a route that writes changes is entered in the audit log, unless its configuration says otherwise. */
function enterOperation(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (!isOperation(request)) return done();
  const name = `${request.method} ${request.routeOptions.url}`;
  const subjectId = (request.params as { id?: string } | undefined)?.id ?? null;
  const idempotency = marks.get(request);
  performOperation(
    { name, requestId: request.id, actor: 'system', subjectId, fields: [], idempotency },
    done,
  );
}

/** Fastify's only notice says where it listens, which whoever starts the server is told anyway. */
function withoutNotices(log: Logger): Logger {
  return log.level === 'info' ? log.child({}, { level: 'warn' }) : log;
}

/** Answers with `{error: {code, message, path, problems, requestId}}`. */
export function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, message, path, problems } = failureOfRequest(error, request, reply);
  void reply.send({ error: { code, message, path, problems, requestId: request.id } });
}

/** What an error of a request means to its caller. Sets the status and headers that say so; logs what is our fault. */
export function failureOfRequest(error: unknown, request: FastifyRequest, reply: FastifyReply): Failure {
  const { statusCode = 500 } = error as { statusCode?: number };
  const refused = statusCode >= 400 && statusCode < 500;
  const failure = refused ? refusalOf(error as Error, statusCode) : failureOf(error);
  reply.status(refused ? statusCode : statusOf[failure.code]);
  if (failure.retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(failure.retryAfter)));
  logOurs(request.log, failure, { requestId: request.id });
  return failure;
}

/** What the server itself refuses before a route sees it: it names a status of its own. */
function refusalOf({ message }: Error, status: number): Failure {
  if (status === 413) return new Failure('TOO_LARGE', `A request may have ${bodyLimit} bytes.`);
  return new Failure('BAD_REQUEST', message);
}
