import { z } from 'zod';
import { callPlatform, excerpt, failureOfStatus, readAnswer, type PlatformCall } from '../call-platform.js';
import type {
  AudienceConnector,
  AudienceWanted,
  Connection,
  DestinationType,
  MemberValues,
} from '../destination.js';
import { baseUrl, text } from '../entered.js';
import { authorizationHeader } from './sign-request.js';

/*
 * X's Ads API, custom audiences: https://docs.x.com/x-ads-api/audiences
 */

const label = 'X';

const settingsSchema = z.object({
  accountId: text('The ads account', 50).pipe(
    z.string().regex(/^[\da-z]+$/i, 'The ads account has letters and digits only.'),
  ),
  apiVersion: z.string().regex(/^\d+$/, 'The version of the API is a number.').default('12'),
  baseUrl: baseUrl('https://ads-api.x.com'),
});
type Settings = z.infer<typeof settingsSchema>;

const credentialsSchema = z.object({
  consumerKey: text('The consumer key'),
  consumerSecret: text('The consumer secret'),
  accessToken: text('The access token'),
  accessTokenSecret: text('The access token secret'),
});

/** Members in one operation; X bounds the operations of a call (2,500) and its bytes (about 5 MB). */
const membersOfOperation = 100;

const connector: AudienceConnector = {
  limits: { batch: 2500, batchesPerMinute: 100 },
  kinds: ['contacts'],
  async open(connection, audience) {
    const known = await findAudience(connection, audience);
    if (known) return { remoteId: known };
    const made = await call(connection, {
      method: 'POST',
      path: 'custom_audiences',
      query: { name: audience.name.slice(0, 255), description: markOf(audience) },
    });
    return { remoteId: readAnswer(label, z.object({ data: z.object({ id: z.string() }) }), made).data.id };
  },
  async send(connection, { remoteId }, { action, members }) {
    const operations = [];
    for (let from = 0; from < members.length; from += membersOfOperation)
      operations.push({
        operation_type: action === 'add' ? 'Update' : 'Delete',
        params: { users: members.slice(from, from + membersOfOperation).map(toUser) },
      });
    await call(connection, {
      method: 'POST',
      path: `custom_audiences/${encodeURIComponent(remoteId)}/users`,
      body: operations,
    });
    // X takes all of a call, or nothing of it.
    return { rejected: [], rejectedUnnamed: 0 };
  },
};

/** X's custom audiences. */
export const x: DestinationType = {
  kind: 'x',
  label,
  settings: settingsSchema,
  credentials: credentialsSchema,
  async test(connection) {
    await call(connection, { path: 'custom_audiences', query: { count: '1' } });
  },
  audiences: connector,
};

function settingsOf(connection: Connection): Settings {
  return settingsSchema.parse(connection.settings);
}

function markOf({ id }: AudienceWanted): string {
  return `coterie:${id}`;
}

function toUser({ email, phone, mobileAdId, externalId }: MemberValues): object {
  return {
    ...(email && { email }),
    ...(phone && { phone_number: phone }),
    ...(mobileAdId && { device_id: mobileAdId }),
    ...(externalId && { partner_user_id: externalId }),
  };
}

const pageSchema = z.object({
  data: z.array(z.object({ id: z.string(), description: z.string().nullable().default(null) })),
  next_cursor: z.string().nullable().default(null),
});

/** The audience that was made for an id of ours: its description says so. */
async function findAudience(connection: Connection, audience: AudienceWanted): Promise<string | undefined> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query: Record<string, string> = { count: '1000', ...(cursor && { cursor }) };
    const page: z.infer<typeof pageSchema> = readAnswer(
      label,
      pageSchema,
      await call(connection, { path: 'custom_audiences', query }),
    );
    const found = page.data.find(({ description }) => description === markOf(audience));
    if (found) return found.id;
    cursor = page.next_cursor;
  }
  return undefined;
}

const errorSchema = z.object({ errors: z.array(z.object({ message: z.string().default('') })).min(1) });

async function call(
  connection: Connection,
  {
    method = 'GET',
    path,
    query = {},
    body,
  }: { path: string; query?: Record<string, string> } & Pick<PlatformCall, 'method' | 'body'>,
): Promise<unknown> {
  const { baseUrl: base, apiVersion, accountId } = settingsOf(connection);
  const url = new URL(`${base}/${apiVersion}/accounts/${accountId}/${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const authorization = authorizationHeader({ method, url }, credentialsSchema.parse(connection.credentials));
  const answer = await callPlatform({
    label,
    method,
    // Spaces as they were signed.
    url: url.href.replaceAll('+', '%20'),
    headers: { authorization },
    body,
    outside: connection.outside,
    signal: connection.signal,
  });
  if (answer.status < 300) return answer.body;
  throw failureOfStatus(
    label,
    answer.status,
    excerpt(errorSchema.safeParse(answer.body).data?.errors[0]?.message),
  );
}
