import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Failure, notFound } from '../../platform/errors.js';
import { allowAnyOrigin } from '../../platform/http/cors.js';
import { writePage, type Page } from '../../platform/http/page.js';
import { failureOfRequest, sendFailure } from '../../platform/http/server.js';
import type { Services } from '../../platform/module.js';
import { readPublicId, type PublicId } from '../../platform/public-id.js';
import { confirmSubmission } from './confirm-submission.js';
import { fillToken } from './form-tokens.js';
import { readPosted } from './posted.js';
import { requireOpenForm, takeSubmission, type Taken } from './take-submission.js';

/** Posts that one address may make to one form in a minute; each process counts by itself. */
export const postsPerMinute = 10;

const path = '/v1/forms/:formId';
/** The event `form_submitted` is the record of a post: an audit log of it would hold it twice. */
const unaudited = { config: { audited: false } } as const;

/**
 * Forms of websites, for everybody who knows their address:
 * - `POST /v1/forms/:formId` takes what was filled in, from a page of any origin, with a script or without.
 * - `GET /v1/forms/:formId/token` gives a token that says when somebody began, as `{token}`.
 * - `GET /v1/forms/:formId/confirm?token=…` is where the link of a mail leads. It only asks: mail is looked through by
 *   machines that follow links. `POST` to the same confirms.
 */
export function addFormRoutes(server: FastifyInstance, services: Services): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler(answerFailure);
    allowAnyOrigin(scope, [path, `${path}/token`]);
    const limiter = new RateLimiterMemory({ points: postsPerMinute, duration: 60 });
    scope.post(path, unaudited, async (request, reply) => {
      const address = addressIn(request);
      await count(limiter, `${address.id} ${request.ip}`);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const posted = await readPosted(body, request.headers['content-type'] ?? '');
      await answer(request, reply, await takeSubmission(services, address, posted));
    });
    scope.get(`${path}/token`, async (request, reply) => {
      const { workspaceId, id } = addressIn(request);
      const { secret } = await services.withWorkspace(workspaceId, (tx) => requireOpenForm(tx, id));
      await reply
        .header('cache-control', 'no-store')
        .send({ token: fillToken(secret, services.clock.now()) });
    });
    scope.get(`${path}/confirm`, async (request, reply) => {
      const { workspaceId, id } = addressIn(request);
      const { name } = await services.withWorkspace(workspaceId, (tx) => requireOpenForm(tx, id));
      const button = { label: 'Yes, that was me', action: request.url };
      await show(reply, { title: name, text: 'Please confirm that you have sent this form.', button });
    });
    scope.post(`${path}/confirm`, unaudited, async (request, reply) => {
      const { token } = request.query as { token?: unknown };
      const confirming = confirmSubmission(
        services,
        addressIn(request),
        typeof token === 'string' ? token : '',
      );
      const { formName, redirectUrl } = await confirming;
      if (redirectUrl) await reply.redirect(redirectUrl, 303);
      else await show(reply, { title: formName, text: 'Thank you: it is confirmed.' });
    });
  });
}

function addressIn(request: FastifyRequest): PublicId {
  const address = readPublicId((request.params as { formId: string }).formId);
  if (!address) throw notFound('form', 'formId');
  return address;
}

/** Throws RATE_LIMITED. */
async function count(limiter: RateLimiterMemory, who: string): Promise<void> {
  try {
    await limiter.consume(who);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new Failure('RATE_LIMITED', 'Too many posts; wait a minute.', {
      retryAfter: error.msBeforeNext / 1000,
    });
  }
}

/** Whether a browser asks for a page, and not a script for an answer. */
function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, redirectUrl }: Taken,
): Promise<void> {
  if (!wantsPage(request)) {
    await reply.send({ success: true, status });
    return;
  }
  if (redirectUrl) {
    await reply.redirect(redirectUrl, 303);
    return;
  }
  const text =
    status === 'confirm'
      ? 'Please follow the link in the mail that we have sent you.'
      : 'We have got your message.';
  await show(reply, { title: 'Thank you', text });
}

async function show(reply: FastifyReply, page: Page): Promise<void> {
  await reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(writePage(page));
}

function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (!wantsPage(request)) {
    sendFailure(error, request, reply);
    return;
  }
  const { message, path: field } = failureOfRequest(error, request, reply);
  void show(reply, { title: 'That did not work', text: field ? `${field}: ${message}` : message });
}
