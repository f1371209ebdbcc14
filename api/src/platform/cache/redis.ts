import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { RESP_TYPES } from 'redis';
import { connectRedis } from '../redis.js';
import type { Cache } from './cache.js';

const digestBytes = 16;

/**
 * A cache in Redis, shared by all processes. Each value is stored behind a digest of key and value: an entry that was
 * cut short, or belongs to another key, is a miss.
 */
export function createRedisCache(url: string, log: Logger): Cache {
  const redis = connectRedis(url, log);
  const { ask } = redis;
  const client = redis.client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
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
    isReady: redis.isReady,
    async close() {
      redis.close();
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
