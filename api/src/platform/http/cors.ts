import type { FastifyInstance } from 'fastify';

/** How long a browser may remember that it may ask, in seconds: a day, of which some take only a part. */
const remembered = 86_400;

/**
 * Lets pages of any origin use these paths of a scope. Cookies count for nothing there: browsers are told that no
 * credentials are taken, so a page can do no more than anybody who knows the address.
 * @param paths those that the scope serves; each gets an answer to the browser's preflight.
 */
export function allowAnyOrigin(scope: FastifyInstance, paths: readonly string[]): void {
  scope.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-expose-headers':
        'ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-ratelimit-reset, x-request-id',
      // Pages that isolate themselves (COEP) take nothing from elsewhere that does not say so.
      'cross-origin-resource-policy': 'cross-origin',
    });
  });
  for (const path of paths) {
    scope.options(path, async (_request, reply) => {
      reply.code(204).headers({
        'access-control-allow-methods': 'GET, POST',
        // The star stands for every header but this one.
        'access-control-allow-headers': 'authorization, *',
        'access-control-max-age': String(remembered),
      });
    });
  }
}
