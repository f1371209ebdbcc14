import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a platform sees it. */
export interface Asked {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  /** JSON, a form's fields, or undefined without a body. */
  body: unknown;
}

/** What it answers. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What goes wrong instead of an answer. */
export interface Failing {
  status?: number;
  /** Seconds. */
  retryAfter?: number;
  /** Does what was asked, and breaks off the connection in place of the answer. */
  losesAnswer?: boolean;
  /** Breaks off the connection without having done anything. */
  drops?: boolean;
  /** Which calls: those whose path holds this. */
  path?: string;
}

/** An audience as the platform holds it. */
export interface HeldAudience {
  id: string;
  name: string;
  /** What it was marked with by who made it. */
  mark: string;
  kind: 'contacts' | 'companies';
  /** Members by everything that identifies them, with the one that they are shown by. */
  members: Map<string, string>;
}

/** A platform that keeps to its published contract, and notes who does not. */
export interface PlatformServer {
  url: string;
  audiences: Map<string, HeldAudience>;
  /** What was asked that the contract does not allow, in words. Each was answered as the platform would. */
  violations: string[];
  /** Rows that were added while they were held, other than by the very same call made again. */
  addedTwice: number;
  /** How often members were sent, and all calls. */
  batches: number;
  calls: Asked[];
  /** The only audience, or that of this name: whom it holds, each by one identifier, sorted. */
  held(name?: string): string[];
  /** The next calls fail. */
  failNext(failing: Failing, times?: number): void;
  /** From now on the credentials are not accepted, until others are. */
  expire(): void;
  /** Called before members are taken; they wait for it. */
  onBatch: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
}

/** What differs between platforms. */
export interface Contract {
  handle(asked: Asked, platform: Platform): Answer;
  /** How it says that it has had enough. */
  busy?: (retryAfter: number | undefined) => Answer;
}

/** What a platform does with what it is asked. */
export interface Platform {
  isExpired(): boolean;
  audiences: Map<string, HeldAudience>;
  create(audience: Omit<HeldAudience, 'id' | 'members'>): HeldAudience;
  /** Takes members, unless they are more than this in one call. */
  apply(audience: HeldAudience, action: 'add' | 'remove', members: Member[], asked: Asked): void;
  /** Notes a breach of the contract, and gives the answer to it. */
  refuse(why: string, answer: Answer): Answer;
}

/** A member of a call. */
export interface Member {
  /** Everything that identifies it. */
  key: string;
  /** What it is shown by. */
  shown: string;
}

/** Starts a platform on loopback. */
export async function startPlatform({ handle, busy }: Contract): Promise<PlatformServer> {
  const failures: Failing[] = [];
  const bodies = new Set<string>();
  let nextId = 1000;
  let expired = false;
  const server: PlatformServer = {
    url: '',
    audiences: new Map(),
    violations: [],
    addedTwice: 0,
    batches: 0,
    calls: [],
    onBatch: undefined,
    held(name) {
      const all = [...server.audiences.values()];
      const found = name === undefined ? all[0] : all.find((audience) => audience.name.startsWith(name));
      return [...(found?.members.values() ?? [])].toSorted();
    },
    failNext(failing, times = 1) {
      for (let time = 0; time < times; time += 1) failures.push(failing);
    },
    expire() {
      expired = true;
    },
    stop: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  const platform: Platform = {
    isExpired: () => expired,
    audiences: server.audiences,
    create(audience) {
      const made = { ...audience, id: String((nextId += 1)), members: new Map() };
      server.audiences.set(made.id, made);
      return made;
    },
    apply(audience, action, members, asked) {
      server.batches += 1;
      const text = JSON.stringify([asked.method, asked.url.pathname, asked.body]);
      const isAgain = bodies.has(text);
      bodies.add(text);
      for (const { key, shown } of members) {
        if (action === 'remove') audience.members.delete(key);
        else {
          if (audience.members.has(key) && !isAgain) server.addedTwice += 1;
          audience.members.set(key, shown);
        }
      }
    },
    refuse(why, answer) {
      server.violations.push(why);
      return answer;
    },
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await read(request);
    server.calls.push(asked);
    const at = failures.findIndex(({ path = '' }) => asked.url.href.includes(path));
    const [failing] = at < 0 ? [] : failures.splice(at, 1);
    if (failing?.drops) return void request.socket.destroy();
    if (failing && !failing.losesAnswer) return write(response, failed(failing, busy));
    if (isBatch(asked)) await server.onBatch?.();
    const answer = handle(asked, platform);
    if (failing?.losesAnswer) return void request.socket.destroy();
    write(response, answer);
  };
  const http = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => write(response, { status: 500, body: String(error) }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return server;
}

/** Whether members come with it: all platforms name them in a body that is a list, or has one in it. */
function isBatch({ method, body }: Asked): boolean {
  return method !== 'GET' && JSON.stringify(body ?? '').length > 300;
}

function failed({ status = 429, retryAfter }: Failing, busy: Contract['busy']): Answer {
  if (status === 429 && busy) return busy(retryAfter);
  return {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    body: { message: 'as the test wants it' },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  const isForm = request.headers['content-type']?.includes('form-urlencoded');
  const body =
    text === '' ? undefined : isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
  const { method = 'GET', url = '/', headers } = request;
  return { method, url: new URL(url, 'http://platform.invalid'), headers, body };
}

function write(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** Whether something is SHA-256 in lower-case hexadecimal. */
export function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[\da-f]{64}$/.test(value);
}
