import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../errors.js';

/**
 * Serves the built dashboard. Any page of it may be opened directly, so an unknown path that a browser asks for as a
 * page gets the dashboard's one document; everything else unknown is NOT_FOUND.
 * @param directory the build's folder; without it only the API is served.
 */
export async function serveDashboard(server: FastifyInstance, directory: string): Promise<void> {
  const built = existsSync(join(directory, 'index.html'));
  if (built) {
    await server.register(fastifyStatic, {
      root: directory,
      wildcard: false,
      setHeaders(reply, path) {
        // Names of assets change with their content; the document that names them must be asked for anew.
        const immutable = path.includes(`${join('dist', 'assets')}`);
        reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  server.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (built && wantsPage) return reply.sendFile('index.html');
    throw new Failure('NOT_FOUND', `There is nothing at ${request.method} ${request.url.split('?')[0]}.`);
  });
}
