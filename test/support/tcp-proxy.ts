import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut and mended, as networks and servers go away and come back. */
export interface TcpProxy {
  /** The given URL, with this way to it. */
  url(target: string): string;
  /** Breaks every connection, and lets nobody in. */
  cut(): Promise<void>;
  /** Lets clients in again. */
  mend(): Promise<void>;
}

/** Opens a way to the server of a URL. */
export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  let own = 0;
  let server: Server;
  const listen = async (): Promise<void> => {
    server = createServer((client) => {
      const upstream = connect(Number(port || 5432), hostname);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        keep(from);
        from.pipe(to).on('close', () => from.destroy());
      }
    }).listen(own, '127.0.0.1');
    await once(server, 'listening');
    own = (server.address() as AddressInfo).port;
  };
  await listen();
  return {
    url(text) {
      const url = new URL(text);
      url.hostname = '127.0.0.1';
      url.port = String(own);
      return url.href;
    },
    async cut() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: listen,
  };
}
