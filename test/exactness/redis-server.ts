import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createClient } from 'redis';
import { freePort } from '../support/process.js';

/** A Redis of a test's own, to be treated badly. */
export interface RedisServer {
  url: string;
  flush(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** As by `kill -9`: what it held is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Everything under keys that begin like this, by key. */
  dump(prefix: string): Promise<Map<string, Buffer>>;
  /** Puts entries back, or others in their place. */
  fill(entries: Iterable<[string, Buffer]>): Promise<void>;
}

/** Makes a server that is not started yet. */
export async function createRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;

  function connect() {
    const client = createClient({ url, socket: { reconnectStrategy: 50 } });
    client.on('error', () => undefined);
    return client.connect();
  }

  async function using<Result>(
    work: (client: Awaited<ReturnType<typeof connect>>) => Promise<Result>,
  ): Promise<Result> {
    const client = await connect();
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  }

  return {
    url,
    flush: () => using(async (client) => void (await client.flushAll())),
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    async kill() {
      if (!server) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      server = undefined;
    },
    async start() {
      const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      server = spawn('redis-server', flags, { stdio: 'ignore' });
      await using(async (client) => void (await client.ping()));
    },
    dump: (prefix) =>
      using(async (client) => {
        const found = new Map<string, Buffer>();
        const binary = client.withTypeMapping({ 36: Buffer });
        for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
          for (const key of keys) {
            const value = (await binary.get(key)) as unknown as Buffer | null;
            if (value) found.set(key, value);
          }
        }
        return found;
      }),
    fill: (entries) =>
      using(async (client) => {
        for (const [key, value] of entries) await client.set(key, value);
      }),
  };
}
