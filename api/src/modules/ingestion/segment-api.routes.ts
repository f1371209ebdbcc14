import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure, type FailureCode, failureOfProblem, type Problem } from '../../platform/errors.js';
import { allowAnyOrigin } from '../../platform/http/cors.js';
import { failureOfRequest } from '../../platform/http/server.js';
import type { Services } from '../../platform/module.js';
import type { AcceptBatch } from './accept-batch.js';
import type { Outcome } from './incoming.js';
import { isObject, type JsonObject } from './json-object.js';
import { readJson } from './read-body.js';
import { segmentLimits, toIncoming, toJson } from './segment-incoming.js';
import { segmentTypes, type Envelope, type SegmentType } from './segment-message.js';
import { segmentSettings } from './segment-settings.js';
import { keyInBody, keyInHeader, WriteKeys, type Writer } from './write-key.js';

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
  QUOTA_EXCEEDED: 429,
  UNAVAILABLE: 503,
};

/** Browsers' SDKs use the first letters. */
const pathsOf = (call: string): string[] => [`/v1/${call}`, `/v1/${call.charAt(0)}`];
const settingsPath = '/v1/projects/:writeKey/settings';

/**
 * The HTTP API that Segment's SDKs talk to: `POST /v1/identify`, `track`, `page`, `screen`, `group`, `alias` and `batch`,
 * each also under its first letter, from pages of any origin, and the settings that its SDK for browsers begins with.
 * Success is answered after the commit. In a batch, a message that cannot be taken is put into quarantine and the others
 * are stored; a single one is put into quarantine and answered with 400.
 */
export function addSegmentRoutes(server: FastifyInstance, services: Services, accept: AcceptBatch): void {
  void server.register(async (scope) => {
    // The handlers read the raw body themselves: the key comes first, the limits differ from the rest of the API, and
    // browsers call their JSON text/plain, which spares them a preflight.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.setErrorHandler((error, request, reply) => answerFailure(services, error, request, reply));
    const intake: Intake = { services, accept, keys: new WriteKeys(services) };
    const calls = [...segmentTypes, 'batch'] as const;
    allowAnyOrigin(scope, [...calls.flatMap(pathsOf), settingsPath]);
    for (const type of segmentTypes) {
      for (const path of pathsOf(type)) {
        scope.post(path, tracking, (request, reply) => takeOne(intake, type, request, reply));
      }
    }
    for (const path of pathsOf('batch')) {
      scope.post(path, tracking, (request, reply) => takeBatch(intake, request, reply));
    }
    scope.get(settingsPath, (request, reply) => giveSettings(intake, request, reply));
  });
}

/** Events are records themselves, of when they came and from where: an audit log of them would hold them twice. */
const tracking = { config: { audited: false } } as const;

interface Intake {
  services: Services;
  accept: AcceptBatch;
  keys: WriteKeys;
}

/** How long a browser may go on with the settings that it has, in seconds. */
const settingsHold = 300;

async function giveSettings(
  { keys, services }: Intake,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { writeKey } = request.params as { writeKey: string };
  await keys.writerOf(request, writeKey);
  const { host } = request;
  const base = new URL(services.settings.baseUrl);
  // Of our own host it is known, even behind a proxy that ends TLS and is not trusted to say so.
  const protocol = host === base.host ? base.protocol.replace(':', '') : request.protocol;
  await reply
    .header('cache-control', `private, max-age=${settingsHold}`)
    .send(segmentSettings(writeKey, { protocol, host }));
}

async function takeOne(
  intake: Intake,
  type: SegmentType,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const receivedAt = intake.services.clock.now();
  const { workspace, keyId, body } = await open(intake, request, segmentLimits.event);
  const [outcome] = await intake.accept(workspace, [toIncoming(body, { type, receivedAt })], keyId);
  if (outcome?.status === 'refused') throw failureOfProblem(outcome.problem);
  await reply.send({ success: true });
}

async function takeBatch(intake: Intake, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const receivedAt = intake.services.clock.now();
  const { workspace, keyId, body } = await open(intake, request, segmentLimits.batch);
  const messages = body['batch'];
  if (!Array.isArray(messages))
    throw new Failure('BAD_REQUEST', 'A batch must be a list of messages.', { path: 'batch' });
  if (messages.length > segmentLimits.events) {
    throw new Failure('TOO_LARGE', `A batch may have ${segmentLimits.events} messages.`, { path: 'batch' });
  }
  const { context, sentAt } = body;
  checkContext(context, messages.length);
  const envelope: Envelope = { context, sentAt, receivedAt };
  const incoming = messages.map((message: unknown, index) =>
    toIncoming(message, envelope, `batch[${index}]`),
  );
  const outcomes = await intake.accept(workspace, incoming, keyId);
  await reply.send({ success: true, ...summary(outcomes) });
}

/** What a request says of all its messages is kept with each that goes into quarantine, so it must not be long. */
function checkContext(context: unknown, messages: number): void {
  if (context === undefined) return;
  const bytes = Buffer.byteLength(toJson(context, 'context')) * messages;
  if (bytes <= segmentLimits.context) return;
  const message = `The context takes ${bytes} bytes over all messages; at most ${segmentLimits.context} are allowed.`;
  throw new Failure('TOO_LARGE', message, { path: 'context' });
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

interface Opened extends Writer {
  /** Without the key. */
  body: JsonObject;
}

/** Finds out who asks and reads the body: a key in the header is checked before a byte of the body is read. */
async function open({ keys }: Intake, request: FastifyRequest, limit: number): Promise<Opened> {
  const presented = keyInHeader(request.headers.authorization);
  const early = presented === undefined ? undefined : await keys.writerOf(request, presented);
  const body = await readJson(request.raw, limit);
  if (!isObject(body)) throw new Failure('BAD_REQUEST', 'The body must be a JSON object.');
  const writer = early ?? (await keys.writerOf(request, keyInBody(body)));
  delete body['writeKey'];
  return { ...writer, body };
}

function answerFailure(
  { clock }: Services,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { code, path, message, retryAfter } = failureOfRequest(thrown, request, reply);
  if (retryAfter !== undefined) {
    const resetAt = Math.ceil(clock.now().getTime() / 1000 + retryAfter);
    void reply.header('x-ratelimit-reset', String(resetAt));
  }
  const error = { code, path, message, requestId: request.id };
  return reply.code(statuses[code] ?? 500).send({ success: false, error });
}
