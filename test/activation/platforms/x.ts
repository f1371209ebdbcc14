import { createHmac } from 'node:crypto';
import {
  isHash,
  startPlatform,
  type Answer,
  type Asked,
  type Platform,
  type PlatformServer,
} from './server.js';

const consumer = { key: 'x-consumer', secret: 'x-consumer-secret' };
const user = { token: 'x-user', secret: 'x-user-secret' };

/** What is entered of this server as a destination. */
export const xDefinition = (server: PlatformServer) => ({
  x: {
    accountId: '18ce54d4x5t',
    consumerKey: consumer.key,
    consumerSecret: consumer.secret,
    accessToken: user.token,
    accessTokenSecret: user.secret,
    baseUrl: server.url,
  },
});

/** X's Ads API, as far as custom audiences go. */
export async function startX(): Promise<PlatformServer> {
  const server: PlatformServer = await startPlatform({
    handle: (asked, platform) => handle(asked, platform, server),
  });
  return server;
}

function fault(status: number, code: string, message: string): Answer {
  return { status, body: { errors: [{ code, message }], request: {} } };
}

function handle(asked: Asked, platform: Platform, server: PlatformServer): Answer {
  const { method, url } = asked;
  if (!isSigned(asked, server.url) || platform.isExpired())
    return fault(401, 'UNAUTHORIZED_ACCESS', 'This request is not properly authenticated');
  const account = '/12/accounts/18ce54d4x5t/custom_audiences';
  if (url.pathname === account && method === 'GET') return list(url, platform);
  if (url.pathname === account && method === 'POST') return create(url, platform);
  const [, id] = /\/custom_audiences\/(\w+)\/users$/.exec(url.pathname) ?? [];
  if (id && url.pathname.startsWith(account) && method === 'POST') return users(id, asked, platform);
  return platform.refuse(
    `${method} ${url.pathname}`,
    fault(404, 'ROUTE_NOT_FOUND', 'The requested resource could not be found'),
  );
}

/** As RFC 5849 has it, from what came over the wire. */
function isSigned({ method, url, headers }: Asked, origin: string): boolean {
  const fields = new Map(
    [...String(headers.authorization).matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name!,
      decodeURIComponent(value!),
    ]),
  );
  if (fields.get('oauth_consumer_key') !== consumer.key || fields.get('oauth_token') !== user.token)
    return false;
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const signed = [...url.searchParams, ...[...fields].filter(([name]) => name !== 'oauth_signature')]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
  const base = `${method}&${encode(`${origin}${url.pathname}`)}&${encode(signed)}`;
  const expected = createHmac('sha1', `${consumer.secret}&${user.secret}`).update(base).digest('base64');
  return fields.get('oauth_signature') === expected;
}

function list({ searchParams }: URL, { audiences }: Platform): Answer {
  const from = Number(searchParams.get('cursor') ?? 0);
  const all = [...audiences.values()].map(({ id, name, mark }) => ({ id, name, description: mark }));
  const next = from + 2 < all.length ? String(from + 2) : null;
  return { status: 200, body: { data: all.slice(from, from + 2), next_cursor: next } };
}

function create({ searchParams }: URL, platform: Platform): Answer {
  const name = searchParams.get('name');
  if (!name) return platform.refuse('name', fault(400, 'MISSING_PARAMETER', 'name is required'));
  const { id } = platform.create({ name, mark: searchParams.get('description') ?? '', kind: 'contacts' });
  return { status: 201, body: { data: { id, name } } };
}

type User = Record<
  'email' | 'phone_number' | 'handle' | 'device_id' | 'twitter_id' | 'partner_user_id',
  string[]
>;
const fields = ['email', 'phone_number', 'handle', 'device_id', 'twitter_id', 'partner_user_id'];

function users(id: string, asked: Asked, platform: Platform): Answer {
  const audience = platform.audiences.get(id);
  if (!audience) return fault(404, 'NOT_FOUND', 'The custom audience was not found');
  const operations = asked.body as { operation_type: string; params: { users: Partial<User>[] } }[];
  const invalid = (why: string): Answer =>
    platform.refuse(why, fault(400, 'INVALID', 'Expected something else'));
  if (operations.length === 0 || operations.length > 2500) return invalid('2,500 operations');
  if (JSON.stringify(operations).length > 5_000_000) return invalid('5 MB');
  if (operations.some(({ operation_type: type }) => !['Update', 'Delete'].includes(type)))
    return invalid('operation');
  // All of it or nothing.
  if (operations.some(({ params }) => !params.users.every(isSound))) return invalid('user');
  for (const { operation_type: type, params } of operations) {
    const members = params.users.map((each) => ({
      key: JSON.stringify(each),
      shown: each.email?.[0] ?? JSON.stringify(each),
    }));
    platform.apply(audience, type === 'Update' ? 'add' : 'remove', members, { ...asked, body: params });
  }
  return {
    status: 200,
    body: { data: { success_count: operations.length, total_count: operations.length } },
  };
}

function isSound(each: Partial<User>): boolean {
  const own = Object.entries(each);
  return (
    own.length > 0 &&
    own.every(
      ([field, values]) =>
        fields.includes(field) &&
        Array.isArray(values) &&
        (field === 'partner_user_id' || values.every(isHash)),
    )
  );
}
