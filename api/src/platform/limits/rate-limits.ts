import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Viewer } from '../context.js';
import { Failure } from '../errors.js';
import { clientSignal } from '../http/client-signal.js';
import { connectRedis, type RedisConnection } from '../redis.js';

/** How much each may ask for in a minute; 0 for as much as they like. */
export interface RatePolicy {
  /** Requests of an API key or a person. */
  requests: number;
  /** Cost of GraphQL queries of an API key or a person. */
  cost: number;
  /** Requests of an API key to the tracking API. */
  tracking: number;
  /** Requests of an address that shows nothing, or nothing valid. */
  address: number;
}

/** What a caller has left. */
interface Standing {
  limit: number;
  remaining: number;
  /** Seconds until all of it is there again. */
  reset: number;
}

const seconds = 60;

/**
 * Counts what each caller asks for, minute by minute: in Redis, for all processes together, else in this one alone. Redis
 * that is gone or slow refuses nobody.
 */
export class RateLimits {
  readonly #limits: Record<keyof RatePolicy, Limit>;
  readonly #standings = new WeakMap<AbortSignal, Standing>();
  readonly #redis: RedisConnection | undefined;

  constructor(policy: RatePolicy, redisUrl: string | undefined, log: Logger) {
    this.#redis = redisUrl ? connectRedis(redisUrl, log) : undefined;
    const limit = (name: keyof RatePolicy): Limit => new Limit(name, policy[name], this.#redis);
    this.#limits = {
      requests: limit('requests'),
      cost: limit('cost'),
      tracking: limit('tracking'),
      address: limit('address'),
    };
  }

  /** Counts a request, once however often it is asked. Throws RATE_LIMITED. */
  async countRequest(request: FastifyRequest, viewer: Viewer): Promise<void> {
    const signal = clientSignal(request);
    if (this.#standings.has(signal)) return;
    if (viewer.kind === 'nobody') await this.#count(signal, 'address', request.ip, 1);
    else await this.#count(signal, 'requests', callerOf(viewer), 1);
  }

  /** Counts a request to the tracking API. Throws RATE_LIMITED. */
  async countTracking(request: FastifyRequest, keyId: string): Promise<void> {
    await this.#count(clientSignal(request), 'tracking', keyId, 1);
  }

  /** Counts a request that showed nothing valid. Throws RATE_LIMITED. */
  async countStranger(request: FastifyRequest): Promise<void> {
    await this.#count(clientSignal(request), 'address', request.ip, 1);
  }

  /** Counts what a query costs. Throws RATE_LIMITED. */
  async countCost({ signal, viewer }: { signal: AbortSignal; viewer: Viewer }, cost: number): Promise<void> {
    if (viewer.kind !== 'nobody') await this.#count(signal, 'cost', callerOf(viewer), cost);
  }

  /** Says on every answer what is left: of two limits, of the one that is nearer to its end. */
  addHeaders(server: FastifyInstance): void {
    server.addHook('onSend', async (request, reply) => {
      const standing = this.#standings.get(clientSignal(request));
      if (!standing) return;
      reply.headers({
        'ratelimit-limit': String(standing.limit),
        'ratelimit-remaining': String(standing.remaining),
        'ratelimit-reset': String(standing.reset),
      });
    });
  }

  async close(): Promise<void> {
    this.#redis?.close();
  }

  async #count(signal: AbortSignal, name: keyof RatePolicy, caller: string, points: number): Promise<void> {
    const limit = this.#limits[name];
    if (limit.perMinute === 0) return;
    const standing = await limit.take(caller, points);
    const known = this.#standings.get(signal);
    if (!known || share(standing) <= share(known)) this.#standings.set(signal, standing);
    if (standing.remaining >= 0) return;
    standing.remaining = 0;
    const message = `${words[name]} ${limit.perMinute} a minute; try again in ${standing.reset} s.`;
    throw new Failure('RATE_LIMITED', message, { retryAfter: standing.reset });
  }
}

const words: Record<keyof RatePolicy, string> = {
  requests: 'The limit of requests is',
  cost: 'The limit of what queries may cost is',
  tracking: 'The limit of requests is',
  address: 'The limit of requests without a session or a valid API key is',
};

const share = ({ remaining, limit }: Standing): number => remaining / limit;

function callerOf(viewer: Exclude<Viewer, { kind: 'nobody' }>): string {
  return viewer.kind === 'key' ? `key:${viewer.keyId}` : `user:${viewer.userId}`;
}

/** One limit. */
class Limit {
  readonly perMinute: number;
  readonly #own: RateLimiterMemory;
  readonly #shared: RateLimiterRedis | undefined;
  readonly #redis: RedisConnection | undefined;

  constructor(name: string, perMinute: number, redis: RedisConnection | undefined) {
    this.perMinute = perMinute;
    this.#redis = redis;
    const options = { points: perMinute, duration: seconds, keyPrefix: `coterie:limit:${name}` };
    this.#own = new RateLimiterMemory(options);
    this.#shared =
      redis &&
      new RateLimiterRedis({
        ...options,
        storeClient: redis.client,
        useRedisPackage: true,
        // Who is over the limit is not counted on for as long as that lasts.
        inMemoryBlockOnConsumed: perMinute + 1,
      });
  }

  /** Takes points; `remaining` is less than 0 when there were not enough. */
  async take(caller: string, points: number): Promise<Standing> {
    const taken =
      (this.#shared && (await this.#redis!.ask(() => consume(this.#shared!, caller, points)))) ??
      (await consume(this.#own, caller, points));
    const { result, isOver } = taken;
    const reset = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
    return { limit: this.perMinute, remaining: isOver ? -1 : result.remainingPoints, reset };
  }
}

async function consume(
  limiter: RateLimiterMemory | RateLimiterRedis,
  caller: string,
  points: number,
): Promise<{ result: RateLimiterRes; isOver: boolean }> {
  try {
    return { result: await limiter.consume(caller, points), isOver: false };
  } catch (error) {
    if (error instanceof RateLimiterRes) return { result: error, isOver: true };
    throw error;
  }
}
