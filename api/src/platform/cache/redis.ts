import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { createClient, RESP_TYPES } from 'redis';
import type { Cache } from './cache.js';

/** Longer than this, and computing the value is the better choice. */
const patienceMs = 100;
const digestBytes = 16;

/**
 * A cache in Redis, shared by all processes. Each value is stored behind a digest of key and value: an entry that was
 * cut short, or belongs to another key, is a miss.
 */
export function createRedisCache(url: string, log: Logger): Cache {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 2000,
      reconnectStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 2000),
    },
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const complain = atMostOncePerMinute((error: unknown) => log.warn({ err: error }, 'Redis does not answer'));
  client.on('error', complain);
  // Not awaited: a start must not fail, nor wait, because a cache is out of reach.
  client.connect().catch(complain);

  async function ask<Answer>(command: () => Promise<Answer>): Promise<Answer | undefined> {
    if (!client.isReady) return undefined;
    try {
      return await within(patienceMs, command());
    } catch (error) {
      complain(error);
      return undefined;
    }
  }

  return {
    async get(key) {
      const stored = await ask(() => client.get(key));
      return stored ? unseal(key, stored as unknown as Buffer) : undefined;
    },
    async set(key, value, seconds) {
      await ask(() => client.set(key, seal(key, value), { expiration: { type: 'EX', value: seconds } }));
    },
    async delete(key) {
      await ask(() => client.del(key));
    },
    isReady: () => client.isReady,
    async close() {
      client.destroy();
    },
  };
}

function digest(key: string, value: Buffer): Buffer {
  return createHash('sha256').update(key).update('\0').update(value).digest().subarray(0, digestBytes);
}

function seal(key: string, value: Buffer): Buffer {
  return Buffer.concat([digest(key, value), value]);
}

function unseal(key: string, stored: Buffer): Buffer | undefined {
  const value = stored.subarray(digestBytes);
  return digest(key, value).equals(stored.subarray(0, digestBytes)) ? value : undefined;
}

async function within<Answer>(milliseconds: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => undefined);
  }
}

function atMostOncePerMinute(report: (error: unknown) => void): (error: unknown) => void {
  let last = -Infinity;
  return (error) => {
    if (Date.now() - last < 60_000) return;
    last = Date.now();
    report(error);
  };
}
