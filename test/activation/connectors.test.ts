import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetAccessTokens } from '../../api/src/modules/destinations/access-token.js';
import {
  DestinationFailure,
  type AudienceBatch,
  type AudienceConnector,
  type Connection,
  type MemberKind,
  type MemberValues,
} from '../../api/src/modules/destinations/destination.js';
import { destinationTypes } from '../../api/src/modules/destinations/kinds.js';
import { createAsk } from '../../api/src/platform/http/ask.js';
import { createNetwork } from '../../api/src/platform/net/network.js';
import { platformServers, type PlatformServer } from './platforms/index.js';

const network = createNetwork(['127.0.0.0/8']);
const { ask, close } = createAsk(network);
afterAll(close);

type PlatformKind = keyof typeof platformServers;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const emailOf = (index: number): string => hash(`person-${index}@example.com`);
const person = (index: number): MemberValues => ({ email: [emailOf(index)] });
const people = (from: number, to: number): MemberValues[] =>
  Array.from({ length: to - from }, (_, place) => person(from + place));
const emails = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, place) => emailOf(from + place)).toSorted();

/** What is entered, as the destination would keep it. */
function connect(
  kind: PlatformKind,
  server: PlatformServer,
  changes: Record<string, string> = {},
): Connection {
  const type = destinationTypes[kind];
  const [entered] = Object.values(platformServers[kind].definition(server)) as [Record<string, unknown>];
  return {
    settings: type.settings.parse({ ...entered, ...changes }),
    credentials: type.credentials.parse({ ...entered, ...changes }) as Record<string, string>,
    outside: { network, ask },
    signal: new AbortController().signal,
  };
}

const secrets =
  /test-token|google-secret|google-refresh|linkedin-token|tiktok-token|-secret|ms-refresh|ms-developer/;

/** What every connector keeps to, on a server that keeps to the platform's published contract. */
describe.each(Object.keys(platformServers) as PlatformKind[])('the connector of %s', (kind) => {
  const type = destinationTypes[kind];
  const connector: AudienceConnector = type.audiences!;
  const wanted = {
    id: '0198c0de-0000-7000-8000-0000000000aa',
    name: 'Pricing visitors',
    kind: 'contacts' as MemberKind,
  };
  let server: PlatformServer;
  let connection: Connection;

  beforeEach(async () => {
    forgetAccessTokens();
    server = await platformServers[kind].start();
    connection = connect(kind, server);
  });
  afterEach(() => server.stop());

  const open = async () => ({ ...wanted, remoteId: (await connector.open(connection, wanted)).remoteId });
  const batch = (action: AudienceBatch['action'], members: MemberValues[], sequence = 1): AudienceBatch => ({
    session: '0198c0de-0000-7000-8000-0000000000bb',
    sequence,
    isLast: true,
    total: members.length,
    action,
    members,
  });
  const failureOf = async (work: Promise<unknown>): Promise<DestinationFailure> => {
    const failure = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DestinationFailure);
    expect((failure as Error).message).not.toMatch(secrets);
    return failure as DestinationFailure;
  };

  it('tells that all is well, and makes nothing of it', async () => {
    await type.test(connection);
    expect(server.audiences.size).toBe(0);
    expect(server.violations).toEqual([]);
  });

  it('makes an audience once, however often it is asked', async () => {
    for (let other = 0; other < 5; other += 1)
      await connector.open(connection, { ...wanted, id: `0198c0de-0000-7000-8000-00000000000${other}` });
    const first = await connector.open(connection, wanted);
    expect(await connector.open(connection, wanted)).toMatchObject({ remoteId: first.remoteId });
    expect(server.audiences.size).toBe(6);
  });

  it('finds the audience that it has made when the answer was lost', async () => {
    await type.test(connection);
    server.failNext({ losesAnswer: true, path: pathOfCreation[kind] }, 2);
    expect((await failureOf(connector.open(connection, wanted))).trouble).toBe('busy');
    const after = await connector.open(connection, wanted).catch(() => connector.open(connection, wanted));
    expect([...server.audiences.keys()]).toEqual([after.remoteId]);
  });

  it('adds and removes members, and again is the same', async () => {
    const audience = await open();
    await connector.send(connection, audience, batch('add', people(0, 20)));
    await connector.send(connection, audience, batch('add', people(0, 20)));
    expect(server.held()).toEqual(emails(0, 20));
    await connector.send(connection, audience, batch('remove', people(5, 20), 2));
    await connector.send(connection, audience, batch('remove', people(5, 20), 2));
    expect(server.held()).toEqual(emails(0, 5));
    expect(server.addedTwice).toBe(0);
    expect(server.violations).toEqual([]);
  });

  it('sends a whole batch in calls that the platform takes', async () => {
    const audience = await open();
    const members = people(0, connector.limits.batch);
    expect(await connector.send(connection, audience, batch('add', members))).toEqual({
      rejected: [],
      rejectedUnnamed: 0,
    });
    expect(server.held()).toHaveLength(members.length);
    expect(server.violations).toEqual([]);
  });

  it('removes who was added with several of each identifier by the same values', async () => {
    const audience = await open();
    const members = people(0, 3).map(({ email }, index) => ({
      email: [...email!, hash(`other-${index}`)],
      phone: [hash(`+1415555000${index}`)],
    }));
    await connector.send(connection, audience, batch('add', members));
    expect(server.held().length).toBeGreaterThan(0);
    await connector.send(connection, audience, batch('remove', members, 2));
    expect(server.held()).toEqual([]);
    expect(server.violations).toEqual([]);
  });

  it('is told to wait, and for how long where the platform says so', async () => {
    const audience = await open();
    server.failNext({ status: 429, retryAfter: 7 });
    const failure = await failureOf(connector.send(connection, audience, batch('add', people(0, 5))));
    expect(failure.trouble).toBe('busy');
    // TikTok says so in a code of its own, which names no time.
    expect(failure.retryAfter).toBe(kind === 'tiktok' ? undefined : 7000);
    expect(server.held()).toEqual([]);
  });

  it.each([
    ['is out of order', { status: 503 }],
    ['breaks off before it has done anything', { drops: true }],
    ['breaks off when it has done all', { losesAnswer: true }],
  ])('is to be asked again when the platform %s', async (_name, failing) => {
    const audience = await open();
    server.failNext(failing);
    const failure = await failureOf(connector.send(connection, audience, batch('add', people(0, 5))));
    expect(failure.trouble).toBe('busy');
    await connector.send(connection, audience, batch('add', people(0, 5)));
    expect(server.held()).toEqual(emails(0, 5));
    expect(server.addedTwice).toBe(0);
  });

  it('says in words that its credentials have expired', async () => {
    const audience = await open();
    server.expire();
    for (const work of [
      type.test(connection),
      connector.send(connection, audience, batch('add', people(0, 5))),
    ]) {
      const failure = await failureOf(work);
      expect(failure.trouble).toBe('credentials');
      expect(failure.message).toMatch(/\(any more\)|hands out no access token/);
    }
  });

  it('says that the audience is gone', async () => {
    const audience = { ...(await open()), remoteId: '404' };
    const failure = await failureOf(connector.send(connection, audience, batch('add', people(0, 5))));
    expect(failure.trouble).toBe('gone');
  });

  it('stops when it is told to', async () => {
    const audience = await open();
    const stop = new AbortController();
    server.onBatch = async () => stop.abort(new Error('stopped'));
    const sending = connector.send(
      { ...connection, signal: stop.signal },
      audience,
      batch('add', people(0, 50)),
    );
    await expect(sending).rejects.toThrow(/stopped|abort/i);
  });
});

/** The call that makes an audience; those that list them have the same path at some platforms, and are asked first. */
const pathOfCreation: Record<PlatformKind, string> = {
  meta: 'customaudiences',
  google: 'userLists',
  linkedin: 'dmpSegments',
  tiktok: 'segment/audience/',
  x: 'custom_audiences',
  microsoft: 'Audiences',
};

describe('members that a platform refuses one by one', () => {
  it.each(['meta', 'linkedin', 'microsoft'] as const)('are counted by %s', async (kind) => {
    const server = await platformServers[kind].start();
    try {
      const connector = destinationTypes[kind].audiences!;
      const connection = connect(kind, server);
      const wanted = { id: '0198c0de-0000-7000-8000-0000000000aa', name: 'Some', kind: 'contacts' as const };
      const audience = { ...wanted, ...(await connector.open(connection, wanted)) };
      const members = [...people(0, 3), { email: ['not a hash'] }];
      const batch = { session: 'a', sequence: 1, isLast: true, total: 4, action: 'add' as const, members };
      const { rejected, rejectedUnnamed } = await connector.send(connection, audience, batch);
      // Meta only counts them.
      expect(rejected.map(({ index }) => index)).toEqual(kind === 'meta' ? [] : [3]);
      expect(rejectedUnnamed).toBe(kind === 'meta' ? 1 : 0);
      expect(server.held()).toEqual(emails(0, 3));
    } finally {
      await server.stop();
    }
  });
});

it('lists companies at LinkedIn by what names them', async () => {
  const server = await platformServers.linkedin.start();
  try {
    const connector = destinationTypes.linkedin.audiences!;
    const connection = connect('linkedin', server);
    const wanted = {
      id: '0198c0de-0000-7000-8000-0000000000cc',
      name: 'Accounts',
      kind: 'companies' as const,
    };
    const audience = { ...wanted, ...(await connector.open(connection, wanted)) };
    const members: MemberValues[] = [
      { name: ['Acme'], domain: ['acme.example'], email_domain: ['acme.example'], industry: ['Software'] },
      { name: ['Globex'] },
    ];
    const batch = { session: 'a', sequence: 1, isLast: true, total: 2, action: 'add' as const, members };
    await connector.send(connection, audience, batch);
    expect(server.held()).toEqual(['Globex', 'acme.example']);
    await connector.send(connection, audience, { ...batch, action: 'remove', sequence: 2 });
    expect(server.held()).toEqual([]);
    expect(server.violations).toEqual([]);
  } finally {
    await server.stop();
  }
});
