import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { writePage, type Page } from '../../../platform/http/page.js';
import { failureOfRequest } from '../../../platform/http/server.js';
import type { Services } from '../../../platform/module.js';
import { resubscribe, standingOf, unsubscribe, type Standing } from './unsubscribe.js';

/** What a mail program posts is one line. */
const bodyLimit = 16 * 1024;
/** Consents have a history of their own: an audit log of it would hold it twice. */
const options = { bodyLimit, config: { audited: false } } as const;

/**
 * Links of mail, for everybody who has one:
 * - `GET /u/:token` asks. It changes nothing: mail is looked through by machines that follow links.
 * - `POST /u/:token` ends the mail, by the button of that page and by the one that mail programs show (RFC 8058).
 * - `POST /u/:token/resubscribe` takes it back.
 */
export function addUnsubscribeRoutes(
  server: FastifyInstance,
  services: Pick<Services, 'withWorkspace' | 'clock'>,
): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Whatever is posted, the link says it all.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, null));
    scope.setErrorHandler((error, request, reply) => {
      const { message } = failureOfRequest(error, request, reply);
      void show(reply, { title: 'That did not work', text: message });
    });
    scope.get('/u/:token', async (request, reply) => {
      const token = tokenOf(request);
      await show(reply, pageOf(await standingOf(services, token), token));
    });
    scope.post('/u/:token', options, async (request, reply) => {
      const token = tokenOf(request);
      await show(reply, pageOf(await unsubscribe(services, token), token));
    });
    scope.post('/u/:token/resubscribe', options, async (request, reply) => {
      const token = tokenOf(request);
      await show(reply, pageOf(await resubscribe(services, token), token));
    });
  });
}

function tokenOf(request: FastifyRequest): string {
  return (request.params as { token: string }).token;
}

function pageOf({ workspaceName, isUnsubscribed, canResubscribe }: Standing, token: string): Page {
  if (!isUnsubscribed)
    return {
      title: `Mail from ${workspaceName}`,
      text: `Do you want no more mail from ${workspaceName}?`,
      button: { label: 'Unsubscribe', action: `/u/${token}` },
    };
  const again = { label: 'Subscribe again', action: `/u/${token}/resubscribe` };
  return {
    title: 'You are unsubscribed',
    text: `You get no more mail from ${workspaceName}.`,
    ...(canResubscribe && { button: again }),
  };
}

async function show(reply: FastifyReply, page: Page): Promise<void> {
  await reply
    // The link is somebody's own: it is neither kept by who is on the way nor told to anybody else.
    .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' })
    .type('text/html; charset=utf-8')
    .send(writePage(page));
}
