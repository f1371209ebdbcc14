import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { connect as connectSocket, isIP, type LookupFunction, type Socket } from 'node:net';
import { callbackify } from 'node:util';
import { createAddressFault, createOwnNetworks } from './addresses.js';

/** Finds the addresses of a name, all of them. */
export type Resolve = (name: string) => Promise<LookupAddress[]>;

/** What reaches other people's servers, and nothing that is not meant to be reached. */
export interface Network {
  /**
   * Throws {@link AddressRefused} when the host is written as an address that may not be reached; a name is only known
   * once it is looked up. A socket asks no look-up about an address, so this goes before `lookup`.
   */
  checkHost(host: string): void;
  /**
   * The look-up of sockets. It gives only addresses that may be reached, and the socket connects to what it gives: a name
   * that leads elsewhere the next time leads nowhere. When one address of a name may not be reached, none is given.
   */
  lookup: LookupFunction;
  /**
   * Throws {@link AddressRefused} when a socket has ended up where it may not be.
   * @param options `plain` when what follows is not encrypted: then only this installation's own networks will do.
   */
  checkSocket(socket: Socket, options?: { plain?: boolean }): void;
  /** Whether the installation has networks of its own at all. */
  readonly hasOwn: boolean;
  /** Opens a connection. Throws {@link AddressRefused}, or what the socket says. */
  connect(to: { host: string; port: number; plain: boolean }, signal: AbortSignal): Promise<Socket>;
}

/** Why nothing was sent: where it would have gone is no place for it. The message is for people. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

const resolveBySystem: Resolve = (name) =>
  new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/**
 * Builds {@link Network}.
 * @param ownNetworks those of the installation that may be reached though they are private, such as `10.1.0.0/16`.
 */
export function createNetwork(ownNetworks: readonly string[], resolve: Resolve = resolveBySystem): Network {
  const own = createOwnNetworks(ownNetworks);
  const faultOf = createAddressFault(own);
  const check = (address: string, name: string): void => {
    const fault = faultOf(address);
    if (!fault) return;
    const subject = address === name ? `The address ${address}` : `${name} leads to ${address}, which`;
    throw new AddressRefused(`${subject} ${fault}: nothing is sent there.`);
  };
  const checkHost = (host: string): void => {
    const bare = withoutBrackets(host);
    if (isIP(bare) !== 0) check(bare, bare);
  };
  const addressesOf = async (name: string, { family }: LookupOptions): Promise<LookupAddress[]> => {
    const found = await resolve(name);
    for (const { address } of found) check(address, name);
    const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : family;
    const fitting = wanted ? found.filter((one) => one.family === wanted) : found;
    if (fitting.length === 0)
      throw Object.assign(new Error(`${name} has no address.`), { code: 'ENOTFOUND' });
    return fitting;
  };
  const lookup: LookupFunction = (name, options, callback) =>
    callbackify(addressesOf)(name, options, (error, found) => {
      if (error) callback(error, options.all ? [] : '');
      else if (options.all) callback(null, found);
      else callback(null, found[0]!.address, found[0]!.family);
    });
  const checkSocket: Network['checkSocket'] = ({ remoteAddress = '' }, { plain = false } = {}) => {
    check(remoteAddress, remoteAddress);
    if (plain && !own.has(remoteAddress))
      throw new AddressRefused(
        "Without encryption nothing is sent out of this installation's own networks (PRIVATE_NETWORKS).",
      );
  };
  return {
    checkHost,
    lookup,
    checkSocket,
    hasOwn: ownNetworks.length > 0,
    async connect({ host, port, plain }, signal) {
      checkHost(host);
      signal.throwIfAborted();
      const socket = connectSocket({ host: withoutBrackets(host), port, lookup, signal });
      await new Promise<void>((done, fail) => {
        socket.once('connect', done).once('error', fail);
      });
      try {
        checkSocket(socket, { plain });
      } catch (error) {
        socket.destroy();
        throw error;
      }
      return socket;
    },
  };
}

/** IPv6 addresses in URLs stand in brackets. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
