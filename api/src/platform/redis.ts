import type { Logger } from 'pino';
import { createClient } from 'redis';

/** Longer than this, and doing without Redis is the better choice. */
const patienceMs = 100;

/** A connection to Redis that is looked after: it comes back by itself, and complains once a minute at most. */
export interface RedisConnection {
  client: ReturnType<typeof makeClient>;
  /** What a command answers; undefined when Redis is out of reach, slow, or refuses. */
  ask<Answer>(command: () => Promise<Answer>): Promise<Answer | undefined>;
}

/** Begins to connect. Not awaited: a start must not fail, nor wait, because Redis is out of reach. */
export function connectRedis(url: string, log: Logger): RedisConnection {
  const client = makeClient(url);
  const complain = atMostOncePerMinute((error: unknown) => log.warn({ err: error }, 'Redis does not answer'));
  client.on('error', complain);
  client.connect().catch(complain);
  return {
    client,
    async ask(command) {
      if (!client.isReady) return undefined;
      try {
        return await within(patienceMs, command());
      } catch (error) {
        complain(error);
        return undefined;
      }
    },
  };
}

function makeClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 2000,
      reconnectStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 2000),
    },
  });
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
