import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createClient, createCluster } from 'redis';

/** Longer than this, and doing without Redis is the better choice. */
const patienceMs = 100;

/** A connection to Redis that is looked after: it comes back by itself, and complains once a minute at most. */
export interface RedisConnection {
  /** Commands name one key each, or keys of one hash tag: a cluster takes no others. */
  client: ReturnType<typeof makeClient>;
  /** Whether it is connected. */
  isReady(): boolean;
  close(): void;
  /** What a command answers; undefined when Redis is out of reach, slow, or refuses. */
  ask<Answer>(command: () => Promise<Answer>): Promise<Answer | undefined>;
}

/**
 * Begins to connect. Not awaited: a start must not fail, nor wait, because Redis is out of reach.
 * @param urls of one server, or of several nodes of one cluster with commas between them.
 */
export function connectRedis(urls: string, log: Logger): RedisConnection {
  const complain = atMostOncePerMinute((error: unknown) => log.warn({ err: error }, 'Redis does not answer'));
  const nodes = urls.split(',');
  const cluster = nodes.length > 1 ? makeCluster(nodes) : undefined;
  // The commands that are used here are the same on both; only their types have nothing in common.
  const client = (cluster ?? makeClient(urls)) as ReturnType<typeof makeClient>;
  const isReady = (): boolean => client.isReady;
  const closing = new AbortController();
  client.on('error', complain);
  if (cluster) void connectStubbornly(() => cluster.connect(), complain, closing.signal);
  else client.connect().catch(complain);
  return {
    client,
    isReady,
    close() {
      closing.abort();
      client.destroy();
    },
    async ask(command) {
      if (!isReady()) return undefined;
      try {
        return await within(patienceMs, command());
      } catch (error) {
        complain(error);
        return undefined;
      }
    },
  };
}

/** Of a cluster none of whose nodes could be reached at first, nothing tries again by itself. */
async function connectStubbornly(
  connect: () => Promise<unknown>,
  complain: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await connect();
      return;
    } catch (error) {
      complain(error);
      await sleep(2000, undefined, { signal }).catch(() => undefined);
    }
  }
}

const options = {
  disableOfflineQueue: true,
  socket: {
    connectTimeout: 2000,
    reconnectStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 2000),
  },
};

function makeClient(url: string) {
  return createClient({ url, ...options });
}

/** What the first node's URL says of passwords and encryption holds for all of them. */
function makeCluster(urls: readonly string[]) {
  const { username, password, protocol } = new URL(urls[0]!);
  const defaults = {
    ...options,
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    socket: { ...options.socket, ...(protocol === 'rediss:' && { tls: true as const }) },
  };
  return createCluster({ rootNodes: urls.map((url) => ({ url, ...options })), defaults });
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
