import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a batch on its way. */
export type Weather =
  /** It arrives. */
  | 'fair'
  /** The connection breaks before it arrives. */
  | 'down'
  /** It arrives and is stored, but the answer on the way back is lost: the page sees 503. */
  | 'answer lost'
  /** It arrives and is stored, and the answer takes until the gateway is closed. */
  | 'slow'
  /** Something in between answers. */
  | { status: number; headers?: Record<string, string> };

/** One message as the page sent it. */
export interface SentMessage {
  type: string;
  messageId: string;
  [field: string]: unknown;
}

/** One batch as the page sent it. */
export interface SentBatch {
  at: number;
  messages: SentMessage[];
  bytes: number;
}

/** A proxy before Coterie, as there is one before most sites, with weather. */
export interface Gateway {
  url: string;
  /** For the next batches, one each; after those, `weather` holds. */
  forecast: Weather[];
  weather: Weather;
  /** What was sent, whether it arrived or not. */
  batches: SentBatch[];
  messages(): SentMessage[];
  close(): Promise<void>;
}

/** Opens a gateway to Coterie at `target`. */
export async function openGateway(target: string): Promise<Gateway> {
  const server = createServer((request, response) => void serve(gateway, target, request, response));
  const gateway: Gateway = {
    url: await listen(server),
    forecast: [],
    weather: 'fair',
    batches: [],
    messages: () => gateway.batches.flatMap((batch) => batch.messages),
    close: () => closeServer(server),
  };
  return gateway;
}

async function serve(
  gateway: Gateway,
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readAll(request);
  const isBatch = request.method === 'POST' && request.url === '/v1/b';
  const weather = (isBatch && gateway.forecast.shift()) || gateway.weather;
  if (isBatch) {
    const { batch } = JSON.parse(body.toString()) as { batch: SentMessage[] };
    gateway.batches.push({ at: Date.now(), messages: batch, bytes: body.length });
    if (weather === 'down') return void request.socket.destroy();
    if (typeof weather === 'object') {
      const { status, headers } = weather;
      response.writeHead(status, {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'retry-after',
        ...headers,
      });
      return void response.end();
    }
  }
  const answer = await fetch(target + request.url, {
    method: request.method ?? 'GET',
    headers: { 'content-type': request.headers['content-type'] ?? '' },
    ...(body.length > 0 ? { body: body as BodyInit } : {}),
  });
  if (weather === 'slow') return;
  const headers = Object.fromEntries(answer.headers);
  delete headers['content-encoding'];
  delete headers['content-length'];
  delete headers['transfer-encoding'];
  response.writeHead(isBatch && weather === 'answer lost' ? 503 : answer.status, headers);
  response.end(Buffer.from(await answer.arrayBuffer()));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Listens on a free port; gives the address. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops, without waiting for what browsers keep open. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
