import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Cache } from '../cache/cache.js';

/** Bounds of durations, in seconds: from a remembered count to a slow upload. */
const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/**
 * What this process measures of itself, for Prometheus. A label holds what the code names, such as a route or an
 * operation, and never what a tenant sent: that would be without bounds, and could be personal data.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#histogram('coterie_http_request_duration_seconds', 'HTTP requests.', [
    'method',
    'route',
    'status',
  ]);
  readonly #operations = this.#histogram(
    'coterie_graphql_operation_duration_seconds',
    'GraphQL operations, by their first field.',
    ['operation', 'result'],
  );
  readonly #jobs = this.#histogram('coterie_job_duration_seconds', 'Runs of jobs.', ['job', 'result']);
  readonly #lookups = this.#counter(
    'coterie_cache_lookups_total',
    'Look-ups in the cache of counts and sets.',
    ['result'],
  );
  readonly #dropped = this.#counter(
    'coterie_quarantine_dropped_total',
    'Events that were deleted from quarantine because there were too many.',
    [],
  );
  readonly #messages = this.#counter('coterie_messages_total', 'Events and other messages that came in.', [
    'result',
  ]);

  /** Times an HTTP request by its route, as it is declared: `/v1/imports/:id/rejected.csv`. */
  watchRequests(server: FastifyInstance): void {
    server.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      const labels = { method: request.method, route, status: String(reply.statusCode) };
      this.#requests.observe(labels, reply.elapsedTime / 1000);
    });
  }

  /** @param operation a field of the schema: `Mutation.createSegment`. */
  countOperation(operation: string, result: string, seconds: number): void {
    this.#operations.observe({ operation, result }, seconds);
  }

  /** Times one run of a job. */
  async timeJob(job: string, run: () => Promise<void>): Promise<void> {
    const end = this.#jobs.startTimer({ job });
    try {
      await run();
      end({ result: 'done' });
    } catch (error) {
      end({ result: 'failed' });
      throw error;
    }
  }

  countDropped(count: number): void {
    if (count > 0) this.#dropped.inc(count);
  }

  countMessages(result: 'stored' | 'duplicate' | 'refused' | 'erased', count: number): void {
    if (count > 0) this.#messages.inc({ result }, count);
  }

  /** The cache, with its hits and misses counted. */
  watchCache(cache: Cache): Cache {
    return {
      ...cache,
      get: async (key) => {
        const value = await cache.get(key);
        this.#lookups.inc({ result: value ? 'hit' : 'miss' });
        return value;
      },
    };
  }

  /** Tells of the connections of each role whenever it is asked. */
  watchConnections(sources: Record<string, DataSource>): void {
    const gauge: Gauge = new Gauge({
      name: 'coterie_database_connections',
      help: 'Connections to the database, and requests that wait for one.',
      labelNames: ['role', 'state'],
      registers: [this.registry],
      collect: () => {
        for (const [role, source] of Object.entries(sources)) {
          const { totalCount, idleCount, waitingCount } = poolOf(source);
          gauge.set({ role, state: 'busy' }, totalCount - idleCount);
          gauge.set({ role, state: 'idle' }, idleCount);
          gauge.set({ role, state: 'waiting' }, waitingCount);
        }
      },
    });
  }

  /** Tells of what a process keeps in memory, whenever it is asked. */
  watchKept(kept: { readonly size: number; readonly bytes: number }): void {
    const gauges = {
      size: { name: 'coterie_sets_kept', help: 'Sets of contacts in memory.' },
      bytes: { name: 'coterie_sets_kept_bytes', help: 'Memory that sets of contacts take.' },
    };
    for (const [figure, about] of Object.entries(gauges) as [
      keyof typeof gauges,
      { name: string; help: string },
    ][]) {
      const gauge: Gauge = new Gauge({
        ...about,
        registers: [this.registry],
        collect: () => gauge.set(kept[figure]),
      });
    }
  }

  /** Measures the process itself as well: memory, processor, event loop. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  #histogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}

interface Pool {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

function poolOf(source: DataSource): Pool {
  return (source.driver as unknown as { master: Pool }).master;
}
