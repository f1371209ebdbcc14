import { BlockList } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Says of an address why nothing may be sent there, in words; undefined when it may. */
export type AddressFault = (address: string) => string | undefined;

/** Which networks are an installation's own, so that it may be sent there though the world cannot reach them. */
export interface OwnNetworks {
  has(address: string): boolean;
}

/** What kinds of addresses are called that are not of the public Internet. */
const kinds: Record<string, string> = {
  unspecified: 'stands for no address',
  broadcast: 'means everybody',
  multicast: 'means a group of machines',
  linkLocal: 'is of the link that this machine hangs on',
  loopback: 'is this machine itself',
  carrierGradeNat: "is inside of a provider's network",
  private: 'is inside of a private network',
  uniqueLocal: 'is inside of a private network',
};

/** What `ipaddr.js` takes for ordinary addresses, and is for examples in documents. */
const documentation = new BlockList();
documentation.addSubnet('2001:db8::', 32, 'ipv6');
documentation.addSubnet('3fff::', 20, 'ipv6');

/** The only part of IPv6 that addresses of the Internet have been given out from. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether a text is a network such as `10.1.0.0/16` or `fd00::/8`. */
export function isNetwork(text: string): boolean {
  return ipaddr.isValidCIDR(text) && (text.includes(':') || ipaddr.IPv4.isValidCIDRFourPartDecimal(text));
}

/** Builds {@link OwnNetworks}. @param networks each as {@link isNetwork} takes it. */
export function createOwnNetworks(networks: readonly string[]): OwnNetworks {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = ipaddr.parseCIDR(network);
    list.addSubnet(address.toString(), bits, address.kind());
  }
  return {
    has(text) {
      if (!ipaddr.isValid(text)) return false;
      const address = ipaddr.process(text);
      return list.check(address.toString(), address.kind());
    },
  };
}

/**
 * Builds {@link AddressFault}: whatever is not known to be an address of the public Internet may not be sent to. Addresses
 * that stand for others behind a gateway (NAT64, 6to4, Teredo, IPv4 within IPv6) are refused whatever they stand for.
 */
export function createAddressFault(own: OwnNetworks): AddressFault {
  return (text) => {
    if (!ipaddr.isValid(text)) return 'is not an address';
    if (own.has(text)) return undefined;
    const address = ipaddr.process(text);
    const range = address.range();
    if (range !== 'unicast') return kinds[range] ?? 'is set apart for something else';
    if (address.kind() === 'ipv6' && !address.match(globalUnicast)) return 'is set apart for something else';
    if (documentation.check(address.toString(), address.kind())) return 'is for examples in documents';
    return undefined;
  };
}
