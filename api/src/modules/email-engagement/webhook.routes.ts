import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notFound } from '../../platform/errors.js';
import type { Services } from '../../platform/module.js';
import { readPublicId } from '../../platform/public-id.js';
import type { TakeCall } from './take-call.js';

/** Bytes of a call at most; the largest that senders are known to make are of 768 KB. */
export const callLimit = 2 * 1024 * 1024;

/**
 * `POST /v1/email/:sourceId`: where senders of mail report what became of it. 200 is said after the commit; whatever is
 * answered otherwise, they send again.
 */
export function addWebhookRoutes(
  server: FastifyInstance,
  { clock }: Pick<Services, 'clock'>,
  take: TakeCall,
): void {
  void server.register(async (scope) => {
    // Signatures are of the bytes as they came, whatever they are said to be.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    // Events and consents are records themselves: an audit log of them would hold them twice.
    const options = { bodyLimit: callLimit, config: { audited: false } } as const;
    scope.post('/v1/email/:sourceId', options, (request) => receive(request, clock.now(), take));
  });
}

async function receive(request: FastifyRequest, now: Date, take: TakeCall): Promise<object> {
  const address = readPublicId((request.params as { sourceId: string }).sourceId);
  if (!address) throw notFound('e-mail source', 'sourceId');
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { success: true, ...(await take(address, { body, headers: request.headers, now })) };
}
