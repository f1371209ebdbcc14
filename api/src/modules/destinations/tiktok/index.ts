import { z } from 'zod';
import { callPlatform, excerpt, failureOfStatus, readAnswer, type PlatformCall } from '../call-platform.js';
import {
  DestinationFailure,
  type AudienceConnector,
  type AudienceWanted,
  type Connection,
  type DestinationType,
} from '../destination.js';
import { accountNumber, baseUrl, text } from '../entered.js';

/*
 * TikTok's Business API, segments: https://business-api.tiktok.com/portal/docs
 */

const label = 'TikTok';

const settingsSchema = z.object({
  advertiserId: accountNumber('The advertiser id'),
  /** Members in one call; that TikTok takes 1,000 could not be confirmed from its own documentation. */
  batchSize: z.number().int().min(1).max(10_000).default(1000),
  baseUrl: baseUrl('https://business-api.tiktok.com'),
});
type Settings = z.infer<typeof settingsSchema>;

/** Kinds of ids, each for one field; whether a telephone's is Apple's or Google's cannot be told, so it is sent as both. */
const idKinds = [
  { schema: 'EMAIL_SHA256', field: 'email' },
  { schema: 'PHONE_SHA256', field: 'phone' },
  { schema: 'IDFA_SHA256', field: 'mobileAdId' },
  { schema: 'AAID_SHA256', field: 'mobileAdId' },
] as const;

const connector: AudienceConnector = {
  limits: { batch: 1000, batchesPerMinute: 600 },
  kinds: ['contacts'],
  async open(connection, audience) {
    const name = nameOf(audience);
    const known = await findAudience(connection, name);
    if (known) return { remoteId: known };
    const { advertiserId } = settingsOf(connection);
    const made = await call(connection, {
      method: 'POST',
      path: 'segment/audience/',
      body: { advertiser_ids: [advertiserId], custom_audience_name: name, action: 'create' },
    });
    return { remoteId: readAnswer(label, z.object({ audience_id: z.string() }), made).audience_id };
  },
  async send(connection, { remoteId }, { action, members }) {
    const { advertiserId, batchSize } = settingsOf(connection);
    const kinds = idKinds.filter(({ field }) => members.some((values) => values[field]));
    for (let from = 0; from < members.length; from += batchSize) {
      const some = members.slice(from, from + batchSize);
      await call(connection, {
        method: 'POST',
        path: 'segment/mapping/',
        body: {
          advertiser_ids: [advertiserId],
          action: action === 'add' ? 'add' : 'delete',
          id_schema: kinds.map(({ schema }) => schema),
          // A row has one id of each kind: who has several of one is several rows.
          batch_data: some.flatMap((values) =>
            Array.from(
              { length: Math.max(...kinds.map(({ field }) => values[field]?.length ?? 0)) },
              (_, place) =>
                kinds.map(({ field }) => {
                  const own = values[field] ?? [];
                  const id = own.length === 1 ? own[0] : own[place];
                  return id ? { id, audience_ids: [remoteId] } : {};
                }),
            ),
          ),
        },
      });
    }
    return { rejected: [], rejectedUnnamed: 0 };
  },
};

/** TikTok's custom audiences. */
export const tiktok: DestinationType = {
  kind: 'tiktok',
  label,
  settings: settingsSchema,
  credentials: z.object({ accessToken: text('The access token', 5000) }),
  async test(connection) {
    const { advertiserId } = settingsOf(connection);
    await call(connection, { path: listPath(advertiserId, 1, 1) });
  },
  audiences: connector,
};

function settingsOf(connection: Connection): Settings {
  return settingsSchema.parse(connection.settings);
}

/** TikTok keeps nothing of ours beside the name, so a part of the id in it is how the audience is found again. */
function nameOf({ id, name }: AudienceWanted): string {
  return `${name.slice(0, 100)} (${id.slice(-12)})`;
}

function listPath(advertiserId: string, page: number, size: number): string {
  return `dmp/custom_audience/list/?advertiser_id=${advertiserId}&page=${page}&page_size=${size}`;
}

const pageSchema = z.object({
  list: z.array(z.object({ audience_id: z.string(), name: z.string() })),
  page_info: z.object({ total_page: z.number() }),
});

async function findAudience(connection: Connection, name: string): Promise<string | undefined> {
  const { advertiserId } = settingsOf(connection);
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const answer = readAnswer(
      label,
      pageSchema,
      await call(connection, { path: listPath(advertiserId, page, 100) }),
    );
    const found = answer.list.find((audience) => audience.name === name);
    if (found) return found.audience_id;
    pages = answer.page_info.total_page;
  }
  return undefined;
}

const answerSchema = z.object({ code: z.number(), message: z.string().default(''), data: z.unknown() });

/** TikTok says what is wrong by a code of its own, under HTTP 200. */
const busyCodes = new Set([40_016, 40_100, 40_132, 40_133, 50_000, 50_002, 51_000]);
const credentialCodes = new Set([40_101, 40_102, 40_103, 40_104, 40_105, 40_106]);
const permissionCodes = new Set([40_001]);
const goneCodes = new Set([40_007, 40_700]);

async function call(
  connection: Connection,
  { method = 'GET', path, body }: { path: string } & Pick<PlatformCall, 'method' | 'body'>,
): Promise<unknown> {
  const { baseUrl: base } = settingsOf(connection);
  const answer = await callPlatform({
    label,
    method,
    url: `${base}/open_api/v1.3/${path}`,
    headers: { 'access-token': connection.credentials['accessToken'] ?? '' },
    body,
    outside: connection.outside,
    signal: connection.signal,
  });
  if (answer.status >= 300) throw failureOfStatus(label, answer.status, '');
  const { code, message, data } = readAnswer(label, answerSchema, answer.body);
  if (code === 0) return data;
  const said = excerpt(message);
  if (busyCodes.has(code))
    throw new DestinationFailure('busy', `TikTok takes no more calls for now: ${said}`);
  if (credentialCodes.has(code)) throw failureOfStatus(label, 401, said);
  if (permissionCodes.has(code)) throw failureOfStatus(label, 403, said);
  if (goneCodes.has(code)) throw failureOfStatus(label, 404, said);
  throw new DestinationFailure('refused', `TikTok refuses it (code ${code}). It says: ${said}`);
}
