import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that counts who connects, whether or not they say anything. */
export interface Listener {
  port: number;
  connections: number;
  requests: string[];
  close(): Promise<void>;
}

/** Starts one. @param host of this machine; each of 127.0.0.0/8 is one. */
export async function startListener(
  { host, port = 0 }: { host: string; port?: number },
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    void response.end('you have reached it'),
): Promise<Listener> {
  const server = createServer((request, response) => {
    listener.requests.push(request.url ?? '');
    answer(request, response);
  });
  const listener: Listener = {
    port: 0,
    connections: 0,
    requests: [],
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  server.on('connection', () => (listener.connections += 1));
  server.listen(port, host);
  await once(server, 'listening');
  listener.port = (server.address() as AddressInfo).port;
  return listener;
}
