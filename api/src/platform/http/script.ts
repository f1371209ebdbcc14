import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { CannotStart } from '../errors.js';
import { allowAnyOrigin } from './cors.js';

/** How long a browser goes on with the script it has, in seconds: a new version reaches every page within an hour. */
const hold = 3600;

/**
 * Serves one built script to pages of any origin, packed where the browser takes that.
 * @param file the build. Throws CannotStart when it is not there: pages that ask for it would go without in silence.
 */
export async function serveScript(server: FastifyInstance, path: string, file: string): Promise<void> {
  if (!existsSync(file)) throw new CannotStart(`${file} is not there: build it first, with pnpm build.`);
  const plain = await readFile(file);
  const packed = gzipSync(plain, { level: 9 });
  // Weak: the plain and the packed one are the same script, but not the same bytes.
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url')}"`;
  await server.register(async (scope) => {
    allowAnyOrigin(scope, [path]);
    scope.get(path, async (request, reply) => {
      reply.headers({
        'cache-control': `public, max-age=${hold}, immutable`,
        'content-type': 'text/javascript; charset=utf-8',
        etag,
        vary: 'accept-encoding',
      });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      const takesPacked = /\bgzip\b/u.test(String(request.headers['accept-encoding'] ?? ''));
      return takesPacked ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(plain);
    });
  });
}
