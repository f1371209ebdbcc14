import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext, Viewer, WorkspaceContext } from '../../platform/context.js';
import { Failure, type FailureCode, type Problem } from '../../platform/errors.js';
import type { Services } from '../../platform/module.js';
import type { AcceptBatch, Incoming, Outcome } from './accept-batch.js';
import { readJson } from './read-body.js';
import {
  isObject,
  readMessage,
  segmentTypes,
  type Envelope,
  type SegmentMessage,
  type SegmentType,
} from './segment-message.js';

/** The limits of Segment's tracking API. */
export const segmentLimits = {
  /** Bytes of one message as JSON. */
  event: 32 * 1024,
  /** Bytes of a request, packed and unpacked. */
  batch: 500 * 1024,
  /** Messages in a batch. */
  events: 2500,
} as const;

/**
 * Answers that are not 500. Everything that can never succeed is a 400, even what is too large: the official SDKs send
 * again whatever is answered with neither 2xx nor 400.
 */
const statuses: Partial<Record<FailureCode, number>> = {
  BAD_REQUEST: 400,
  INVALID_INPUT: 400,
  TOO_LARGE: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

/**
 * The HTTP API that Segment's SDKs talk to: `POST /v1/identify`, `/v1/track`, `/v1/page`, `/v1/screen` and `/v1/batch`.
 * Success is answered after the commit. In a batch, a message that cannot be taken is put into quarantine and the others
 * are stored; a single one is put into quarantine and answered with 400.
 */
export function addSegmentRoutes(server: FastifyInstance, services: Services, accept: AcceptBatch): void {
  void server.register(async (scope) => {
    // The handlers read the raw body themselves: the key comes first, and the limits differ from the rest of the API.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.setErrorHandler((error, request, reply) => answerFailure(services, error, request, reply));
    const intake: Intake = { services, accept };
    scope.post('/v1/batch', (request, reply) => takeBatch(intake, request, reply));
    for (const type of segmentTypes) {
      scope.post(`/v1/${type}`, (request, reply) => takeOne(intake, type, request, reply));
    }
  });
}

interface Intake {
  services: Services;
  accept: AcceptBatch;
}

async function takeOne(
  intake: Intake,
  type: SegmentType,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const receivedAt = intake.services.clock.now();
  const { context, body } = await open(intake, request, segmentLimits.event);
  const [outcome] = await intake.accept(
    context.workspace,
    [toIncoming(body, { type, receivedAt })],
    'segment',
  );
  if (outcome?.status === 'refused') throw toFailure(outcome.problem);
  await reply.send({ success: true });
}

async function takeBatch(intake: Intake, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const receivedAt = intake.services.clock.now();
  const { context, body } = await open(intake, request, segmentLimits.batch);
  const messages = body['batch'];
  if (!Array.isArray(messages))
    throw new Failure('BAD_REQUEST', 'A batch must be a list of messages.', { path: 'batch' });
  if (messages.length > segmentLimits.events) {
    throw new Failure('TOO_LARGE', `A batch may have ${segmentLimits.events} messages.`, { path: 'batch' });
  }
  const envelope: Envelope = { context: body['context'], sentAt: body['sentAt'], receivedAt };
  const incoming = messages.map((message: unknown, index) =>
    toIncoming(message, envelope, `batch[${index}]`),
  );
  const outcomes = await intake.accept(context.workspace, incoming, 'segment');
  await reply.send({ success: true, ...summary(outcomes) });
}

function summary(outcomes: readonly Outcome[]): {
  stored: number;
  duplicates: number;
  quarantined: Problem[];
} {
  return {
    stored: outcomes.filter(({ status }) => status === 'stored').length,
    duplicates: outcomes.filter(({ status }) => status === 'duplicate').length,
    quarantined: outcomes.flatMap((outcome) => (outcome.status === 'refused' ? [outcome.problem] : [])),
  };
}

/** How a problem of an event is called in the message it came from. */
const messagePaths: Record<string, string> = {
  externalId: 'userId',
  occurredAt: 'timestamp',
  name: 'event',
  target: 'properties',
};

function toIncoming(message: unknown, envelope: Envelope, path = ''): Incoming {
  const at = (inner: string): string =>
    [path, messagePaths[inner] ?? inner].filter((part) => part !== '').join('.');
  const body = toJson(message, path);
  const bytes = Buffer.byteLength(body);
  if (bytes > segmentLimits.event) {
    const why = `This message takes ${bytes} bytes; at most ${segmentLimits.event} are allowed.`;
    return { body, at, problem: { code: 'TOO_LARGE', path, message: why } };
  }
  try {
    const { externalId, anonymousId, messageId, event, traits } = readMessage(message, envelope);
    return { body, at, messageId, identity: { externalId, anonymousId }, event, traits };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { body, at, problem: { code: error.code, path: at(error.path), message: error.message } };
  }
}

/** A message that is nested thousands of levels deep can be read but not written again: no SDK sends one. */
function toJson(message: unknown, path: string): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new Failure('INVALID_INPUT', 'This is nested too deeply.', { path, cause });
  }
}

interface Opened {
  context: WorkspaceContext;
  body: SegmentMessage;
}

/** Finds out who asks and reads the body: a key in the header is checked before a byte of the body is read. */
async function open({ services }: Intake, request: FastifyRequest, limit: number): Promise<Opened> {
  const presented = keyInHeader(request.headers.authorization);
  const early = presented === undefined ? undefined : await authorise(services, request, presented);
  const body = await readJson(request.raw, limit);
  if (!isObject(body)) throw new Failure('BAD_REQUEST', 'The body must be a JSON object.');
  const context = early ?? (await authorise(services, request, keyInBody(body)));
  return { context, body };
}

async function authorise(
  services: Services,
  request: FastifyRequest,
  key: string,
): Promise<WorkspaceContext> {
  const viewer: Viewer = await services.viewerOfKey(key);
  const context: RequestContext = {
    requestId: request.id,
    viewer,
    log: services.log.child({ requestId: request.id }),
    clock: services.clock,
    signal: new AbortController().signal,
  };
  const workspaceId = viewer.kind === 'key' ? viewer.workspaceId : undefined;
  const target = { workspaceId, organizationId: undefined };
  const allowed = await services.authorise(
    context,
    { kind: 'workspace', role: 'editor', scope: 'events:write' },
    target,
  );
  return allowed as WorkspaceContext;
}

/** `Basic base64(writeKey:)`, with or without the colon, or `Bearer writeKey`. */
function keyInHeader(header: string | undefined): string | undefined {
  const [, scheme, credentials] = /^(basic|bearer)\s+(\S+)\s*$/iu.exec(header ?? '') ?? [];
  if (scheme === undefined || credentials === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
}

function keyInBody(body: SegmentMessage): string {
  const key = body['writeKey'];
  if (typeof key === 'string' && key !== '') return key;
  throw new Failure(
    'UNAUTHENTICATED',
    'A write key is needed: by Basic or Bearer authorization, or as `writeKey` in the body.',
  );
}

function toFailure({ code, path, message }: Problem): Failure {
  return new Failure(code as FailureCode, message, { path });
}

function answerFailure(
  services: Services,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const requestId = request.id;
  if (error instanceof Failure) {
    const { code, path, message, retryAfter } = error;
    if (retryAfter !== undefined) {
      const resetAt = Math.ceil(services.clock.now().getTime() / 1000) + retryAfter;
      void reply.header('retry-after', String(retryAfter)).header('x-ratelimit-reset', String(resetAt));
    }
    return reply
      .code(statuses[code] ?? 500)
      .send({ success: false, error: { code, path, message, requestId } });
  }
  services.log.error({ err: error, requestId }, 'a message could not be taken');
  const message = 'This is a defect on our side; the request id finds it in the log.';
  return reply.code(500).send({ success: false, error: { code: 'INTERNAL', path: '', message, requestId } });
}
