import type { FastifyInstance } from 'fastify';
import type { DataSource } from 'typeorm';
import type { Cache } from '../cache/cache.js';

/** What readiness depends on. */
export interface HealthOptions {
  /** Connections that requests cannot take: a busy database answers, if slowly. */
  databases: DataSource[];
  cache: Cache;
  /** Whether the process has been told to stop. */
  isDraining: () => boolean;
}

/** How long a database may take to say that it is there. */
const patienceMs = 2000;

/**
 * `/healthz`: the process is up. `/readyz`: it can serve: 200 when the databases answer and it is not stopping, else 503.
 * Redis is reported but not needed: without it counts are computed.
 */
export function addHealthRoutes(server: FastifyInstance, options: HealthOptions): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const database = (await Promise.all(options.databases.map(answers))).every(Boolean);
    const draining = options.isDraining();
    const ready = database && !draining;
    return reply.status(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      database: database ? 'ok' : 'unreachable',
      cache: options.cache.isReady() ? 'ok' : 'unreachable',
      draining,
    });
  });
}

async function answers(database: DataSource): Promise<boolean> {
  const late = new Promise<false>((resolve) => {
    setTimeout(() => resolve(false), patienceMs).unref();
  });
  const answer = database.query('select 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]);
}
