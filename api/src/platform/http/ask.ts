import { Agent, buildConnector, request } from 'undici';
import { AddressRefused, type Network } from '../net/network.js';

/** What is asked of somebody else's server. */
export interface Question {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** Milliseconds until the whole answer must be there. */
  patience: number;
  /** Bytes of the answer's body that are read; the rest is left unread. */
  most: number;
  signal?: AbortSignal;
}

/** What a server has answered. */
export interface Answer {
  status: number;
  /** By name, in lower case. */
  headers: Readonly<Record<string, string>>;
  text: string;
  /** Whether `text` is all of the body. */
  isWhole: boolean;
}

/**
 * Asks somebody else's server. It follows no redirect, uses no proxy, and connects only where the network lets it, over
 * plain HTTP only within the installation's own networks. Throws AddressRefused, or what the socket says.
 */
export type Ask = (url: URL, question: Question) => Promise<Answer>;

/** Milliseconds until a connection must stand. */
const connectPatience = 10_000;

/** Ports that other services than HTTP are behind, below which there are only those two of HTTP itself. */
const firstFreePort = 1024;
const takenPorts = new Set([
  1433, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 6000,
  6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9092, 10080, 11211, 27017,
]);

/** What is wrong with a URL as one to call, in words; undefined when nothing is. */
export function faultOfUrl(url: URL, { hasOwn }: Pick<Network, 'hasOwn'>): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
  if (url.protocol === 'http:' && !hasOwn) return 'must begin with https://: nothing is sent unencrypted';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password';
  const port = Number(url.port);
  if (url.port !== '' && (port < firstFreePort || takenPorts.has(port)) && port !== 80 && port !== 443)
    return `must not name port ${port}, which is not for HTTP`;
  return undefined;
}

/** Builds {@link Ask}. @returns it, and how to end it. */
export function createAsk(network: Network): { ask: Ask; close(): Promise<void> } {
  const connect = buildConnector({ timeout: connectPatience, allowH2: false, lookup: network.lookup });
  const agent = new Agent({
    keepAliveTimeout: 10_000,
    connect(options, callback) {
      try {
        network.checkHost(options.hostname);
      } catch (error) {
        callback(error as Error, null);
        return;
      }
      connect(options, (...[error, socket]) => {
        if (error) return callback(error, null);
        try {
          network.checkSocket(socket, { plain: options.protocol === 'http:' });
        } catch (refusal) {
          socket.destroy();
          return callback(refusal as Error, null);
        }
        callback(null, socket);
      });
    },
  });
  return {
    async ask(url, { method, headers = {}, body, patience, most, signal }) {
      const fault = faultOfUrl(url, network);
      if (fault) throw new AddressRefused(`The address ${fault}.`);
      const late = AbortSignal.timeout(patience);
      const answer = await request(url, {
        dispatcher: agent,
        method,
        headers,
        body: body ?? null,
        signal: signal ? AbortSignal.any([signal, late]) : late,
      });
      const named = Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
      return {
        status: answer.statusCode,
        headers: Object.fromEntries(named) as Record<string, string>,
        ...(await readSome(answer.body, most)),
      };
    },
    close: () => agent.destroy(),
  };
}

/** Reads so many bytes at most and lets go of the rest. */
async function readSome(
  body: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Pick<Answer, 'text' | 'isWhole'>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > most) break;
  }
  const text = new TextDecoder().decode(Buffer.concat(pieces).subarray(0, most));
  return { text, isWhole: bytes <= most };
}
