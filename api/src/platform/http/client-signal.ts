import type { FastifyInstance, FastifyRequest } from 'fastify';

const signals = new WeakMap<FastifyRequest, AbortSignal>();

/** Watches the clients of all requests, for {@link clientSignal}. */
export function watchClients(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const controller = new AbortController();
    signals.set(request, controller.signal);
    reply.raw.on('close', () => controller.abort());
  });
}

/**
 * Aborted when the client goes away, or has its answer: what is still being done then is done for nobody. Fastify's own
 * `request.signal` says something else: it is aborted as soon as the body of the request has been read.
 */
export function clientSignal(request: FastifyRequest): AbortSignal {
  const signal = signals.get(request);
  if (!signal) throw new Error('The client of this request is not watched.');
  return signal;
}
