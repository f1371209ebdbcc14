import type { LookupAddress } from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostname, networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createMailSender } from '../../api/src/modules/destinations/index.js';
import { webhook } from '../../api/src/modules/destinations/webhook/index.js';
import { newSigningSecret } from '../../api/src/modules/destinations/webhook/signing.js';
import { createAsk, type Ask } from '../../api/src/platform/http/ask.js';
import { createAddressFault, createOwnNetworks } from '../../api/src/platform/net/addresses.js';
import {
  AddressRefused,
  createNetwork,
  type Network,
  type Resolve,
} from '../../api/src/platform/net/network.js';
import { startListener, type Listener } from './listener.js';

/** Listens on every address of this machine, as something internal would. */
let inside: Listener;
beforeAll(async () => {
  inside = await startListener({ host: '::' });
});
afterAll(() => inside.close());
beforeEach(() => {
  inside.connections = 0;
  inside.requests = [];
});

const question = { method: 'GET', patience: 1500, most: 1000 } as const;

/**
 * An installation with a network of its own, so that plain HTTP is not what is refused: nothing listens in it unless a test
 * says so.
 */
function open(own: string[] = ['127.9.9.0/24'], resolve?: Resolve): { network: Network; ask: Ask } {
  const network = createNetwork(own, resolve);
  const { ask, close } = createAsk(network);
  onTestFinished(close);
  return { network, ask };
}

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => {
      throw new Error('It was reached.');
    },
    (error: Error) => error,
  );

/** Ways to write an address of this machine, of its neighbours, and of what stands for them. */
const written = [
  '127.0.0.1',
  '127.0.0.2',
  '127.255.255.254',
  '127.1',
  '127.0.1',
  '127.0.0.1.',
  '127.1.',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '0x7f000001',
  '0x7F.0.0.1',
  '0x7f.1',
  '0x7f.0x0.0x0.0x1',
  '00000177.1',
  '127.0x1',
  '0',
  '0.0.0.0',
  '0x0',
  '000',
  '0.0.0.0.',
  '１２７.0.0.1',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127%2e0%2e0%2e1',
  '%31%32%37.0.0.1',
  '0x7f。1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::0001]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:7f00:0001]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:0.0.0.0]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2002:a00:1::1]',
  '[2001:0:53aa:64c:0:0:80ff:fffe]',
  '[::ffff:10.0.0.1]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'LocalHost.',
  'user@127.0.0.1',
  '93.184.216.34@127.0.0.1',
  'user:password@localhost',
  '93.184.216.34%40@[::1]',
];

/** Places that are not of the public Internet, though nothing listens there now. */
const elsewhere = [
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '0xc0a80001',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '[::ffff:169.254.169.254]',
  '100.64.0.1',
  '100.127.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '192.88.99.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '0.1.2.3',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[ff0e::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[5f00::1]',
  '[4000::1]',
  '[2001:2::1]',
];

describe('an address', () => {
  it.each(written)('%s of this machine is not reached, over HTTP or HTTPS', async (host) => {
    const { ask } = open();
    for (const scheme of ['http', 'https']) {
      const target = `${scheme}://${host}:${inside.port}/secret`;
      const error = await failure((async () => ask(new URL(target), question))());
      // What is not even the address of anything is refused by whoever reads it, or looks it up.
      if ((error as { code?: string }).code === 'ENOTFOUND') continue;
      expect([AddressRefused.name, TypeError.name], `${target}: ${error.message}`).toContain(error.name);
    }
    expect(inside.connections).toBe(0);
  });

  it.each(elsewhere)(
    '%s that is not of the public Internet is refused before anything is sent',
    async (host) => {
      const { ask } = open();
      const error = await failure(ask(new URL(`http://${host}:${inside.port}/`), question));
      expect(error).toBeInstanceOf(AddressRefused);
      expect(error.message).toMatch(/: nothing is sent there\.$/);
      expect(inside.connections).toBe(0);
    },
  );

  it('that this machine has in its networks is not reached either', async () => {
    const { ask } = open();
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const fault = createAddressFault(createOwnNetworks([]));
    for (const { address } of own.filter((each) => fault(each.address) !== undefined)) {
      const host = isIPv6(address) ? `[${address.replace(/%.*/, '')}]` : address;
      await failure(ask(new URL(`http://${host}:${inside.port}/`), question));
    }
    await failure(ask(new URL(`http://${hostname()}:${inside.port}/`), question)).catch(() => undefined);
    expect(inside.connections).toBe(0);
  });

  it('is reached when its network is named: so the others were not unreachable anyway', async () => {
    const { ask } = open(['127.0.0.0/8', '::1/128']);
    for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
      const answer = await ask(new URL(`http://${host}:${inside.port}/x`), question);
      expect(answer).toMatchObject({ status: 200, text: 'you have reached it' });
    }
    expect(inside.requests).toHaveLength(5);
  });

  it('of the public Internet is let through', () => {
    const fault = createAddressFault(createOwnNetworks([]));
    for (const address of [
      '93.184.216.34',
      '1.1.1.1',
      '172.32.0.1',
      '100.128.0.1',
      '2606:4700::1111',
      '2a00::1',
    ])
      expect(fault(address), address).toBeUndefined();
    expect(fault('nonsense')).toBe('is not an address');
  });
});

describe('a name', () => {
  const v4 = (address: string): LookupAddress => ({ address, family: 4 });
  const v6 = (address: string): LookupAddress => ({ address, family: 6 });
  const names: Record<string, LookupAddress[]> = {
    'loopback.example': [v4('127.0.0.1')],
    'loopback6.example': [v6('::1')],
    'mapped.example': [v6('::ffff:127.0.0.1')],
    'nat64.example': [v6('64:ff9b::7f00:1')],
    'unspecified.example': [v4('0.0.0.0')],
    'private.example': [v4('10.1.2.3')],
    'metadata.example': [v4('169.254.169.254')],
    'zone.example': [v6('fe80::1%lo')],
    'mixed.example': [v4('93.184.216.34'), v4('127.0.0.1')],
    'mixed6.example': [v6('2606:4700::1111'), v6('::1')],
  };
  const resolve: Resolve = async (name) => names[name] ?? [];

  it.each(Object.keys(names))('%s that leads inside is not followed', async (name) => {
    const { ask } = open(undefined, resolve);
    for (const scheme of ['http', 'https']) {
      const error = await failure(ask(new URL(`${scheme}://${name}:${inside.port}/`), question));
      expect(error).toBeInstanceOf(AddressRefused);
      expect(error.message).toContain(`${name} leads to `);
    }
    expect(inside.connections).toBe(0);
  });

  it('that leads to the Internet at first and inside afterwards never gets inside', async () => {
    const asked: string[] = [];
    const answers = [v4('93.184.216.34'), v4('127.0.0.1'), v4('127.0.0.1')];
    const rebinding: Resolve = async (name) => {
      asked.push(name);
      return [answers[asked.length - 1]!];
    };
    const { ask } = open(undefined, rebinding);
    const url = new URL(`http://rebinding.example:${inside.port}/`);
    // The first answer is good, so that is where it goes, and to no other: nobody answers there, or whoever does is outside.
    await failure(ask(url, { ...question, patience: 300 }));
    expect(asked).toHaveLength(1);
    for (let again = 0; again < 2; again += 1)
      expect(await failure(ask(url, question))).toBeInstanceOf(AddressRefused);
    expect(asked).toHaveLength(3);
    expect(inside.connections).toBe(0);
  });

  it('is looked up once for a connection: what was checked is what is connected to', async () => {
    const own = await startListener({ host: '127.9.9.9' });
    onTestFinished(() => own.close());
    let lookups = 0;
    const changing: Resolve = async () => [v4((lookups += 1) === 1 ? '127.9.9.9' : '127.0.0.1')];
    const { ask } = open(undefined, changing);
    const url = new URL(`http://changing.example:${own.port}/`);
    expect(await ask(url, question)).toMatchObject({ status: 200 });
    expect(lookups).toBe(1);
    // Over the same connection, still without another look-up.
    await sleep(50);
    expect(await ask(url, question)).toMatchObject({ status: 200 });
    expect([lookups, own.connections, inside.connections]).toEqual([1, 1, 0]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])(
    '%d from a server that may be reached is not followed inside',
    async (status) => {
      const location = `http://127.0.0.1:${inside.port}/secret`;
      const own = await startListener({ host: '127.9.9.9' }, (_request, response) =>
        response.writeHead(status, { location }).end(),
      );
      onTestFinished(() => own.close());
      const { ask, network } = open();
      const url = `http://127.9.9.9:${own.port}/`;
      expect(await ask(new URL(url), question)).toMatchObject({ status, headers: { location } });
      const connection = {
        settings: { url },
        credentials: { secret: newSigningSecret() },
        outside: { ask, network },
        signal: new AbortController().signal,
      };
      expect((await failure(webhook.test(connection))).message).toContain(
        `sends us elsewhere (HTTP ${status})`,
      );
      expect(own.requests).toHaveLength(2);
      expect(inside.connections).toBe(0);
    },
  );
});

describe('what else is refused', () => {
  it('is a port of another service, a user in the address, and plain HTTP out of the own networks', async () => {
    const { ask } = open(['127.0.0.0/8']);
    for (const port of [22, 25, 53, 993, 5432, 6379, 11_211])
      expect(
        (await failure(ask(new URL(`http://127.0.0.1:${port}/`), question))).message,
        String(port),
      ).toContain(`port ${port}`);
    const { ask: withoutOwn } = open([]);
    expect((await failure(withoutOwn(new URL('http://93.184.216.34/'), question))).message).toContain(
      'https://',
    );
    expect((await failure(ask(new URL('ftp://127.0.0.1/'), question))).message).toContain('https://');
  });

  it('is a proxy that the environment names', async () => {
    const proxy = await startListener({ host: '127.9.9.9' });
    onTestFinished(() => proxy.close());
    const before = { ...process.env };
    onTestFinished(() => void (process.env = before));
    const address = `http://127.9.9.9:${proxy.port}`;
    Object.assign(process.env, {
      HTTP_PROXY: address,
      http_proxy: address,
      ALL_PROXY: address,
      NODE_USE_ENV_PROXY: '1',
    });
    const { ask } = open(['127.0.0.0/8']);
    expect(await ask(new URL(`http://127.0.0.1:${inside.port}/`), question)).toMatchObject({ status: 200 });
    expect(proxy.connections).toBe(0);
  });

  it('is an answer without end: what is needed of it is read, and no more', async () => {
    let written = 0;
    const own = await startListener({ host: '127.9.9.9' }, (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024))) written += 64 * 1024;
      };
      response.on('drain', more);
      more();
    });
    onTestFinished(() => own.close());
    const { ask } = open();
    const answer = await ask(new URL(`http://127.9.9.9:${own.port}/`), question);
    expect(answer.text).toHaveLength(1000);
    expect(answer.isWhole).toBe(false);
    expect(written).toBeLessThan(20 * 1024 * 1024);
  });
});

describe('a mail server', () => {
  it.each(['127.0.0.1', '2130706433', '0x7f.1', '::1', '::ffff:127.0.0.1', 'localhost', '169.254.169.254'])(
    'at %s is no more reached than a webhook',
    async (host) => {
      const sender = createMailSender();
      onTestFinished(() => sender.close());
      const { ask, network } = open();
      const settings = { host, port: inside.port, tls: 'none', fromAddress: 'a@acme.example' };
      const connection = {
        settings,
        credentials: {},
        outside: { ask, network },
        signal: new AbortController().signal,
      };
      const mail = { id: '1', to: 'b@acme.example', subject: '', html: null, text: '' };
      expect(await failure(sender.send(connection, mail))).toMatchObject({
        trouble: 'refused',
        message: expect.stringContaining('nothing is sent there'),
      });
      expect(inside.connections).toBe(0);
    },
  );
});
