import { createHash } from 'node:crypto';
import { z } from 'zod';
import { callPlatform, excerpt, failureOfStatus, readAnswer, type PlatformCall } from '../call-platform.js';
import {
  DestinationFailure,
  type AudienceBatch,
  type AudienceConnector,
  type Connection,
  type DestinationType,
  type MemberValues,
} from '../destination.js';
import { baseUrl, text } from '../entered.js';

/*
 * Meta's Marketing API: https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences
 */

const label = 'Meta';

const settingsSchema = z.object({
  adAccountId: text('The ad account')
    .transform((value) => value.replace(/^act_/, ''))
    .pipe(z.string().regex(/^\d+$/, 'The ad account is a number, with or without act_ before it.')),
  /** Who the people's data are from, which Meta asks advertisers to state. */
  source: z
    .enum(['USER_PROVIDED_ONLY', 'PARTNER_PROVIDED_ONLY', 'BOTH_USER_AND_PARTNER_PROVIDED'])
    .default('USER_PROVIDED_ONLY'),
  apiVersion: z
    .string()
    .regex(/^v\d+\.\d+$/, 'The version of the API is written like v25.0.')
    .default('v25.0'),
  baseUrl: baseUrl('https://graph.facebook.com'),
});
type Settings = z.infer<typeof settingsSchema>;

/** What Meta calls each field, in the order of a row. */
const keys = {
  externalId: 'EXTERN_ID',
  email: 'EMAIL',
  phone: 'PHONE',
  mobileAdId: 'MADID',
  firstName: 'FN',
  lastName: 'LN',
  city: 'CT',
  state: 'ST',
  postalCode: 'ZIP',
  country: 'COUNTRY',
  gender: 'GEN',
  birthYear: 'DOBY',
  birthMonth: 'DOBM',
  birthDay: 'DOBD',
  value: 'LOOKALIKE_VALUE',
} as const;
type Key = keyof typeof keys;

/** Rows in a call at most. */
const mostRows = 10_000;

/** A member with several addresses, numbers or telephones is a row for each, of which there are at most three. */
const mostRowsOfMember = 3;

const connector: AudienceConnector = {
  // How many calls Meta takes depends on the account's standing and is told by its answers alone.
  limits: { batch: Math.floor(mostRows / mostRowsOfMember), batchesPerMinute: 0 },
  kinds: ['contacts'],
  async open(connection, { id, name }) {
    const mark = `coterie:${id}`;
    const known = await findAudience(connection, mark);
    if (known) return { remoteId: known };
    const { adAccountId, source } = settingsOf(connection);
    const made = await call(connection, {
      method: 'POST',
      path: `act_${adAccountId}/customaudiences`,
      body: { name, description: mark, subtype: 'CUSTOM', customer_file_source: source },
    });
    return { remoteId: readAnswer(label, z.object({ id: z.string() }), made).id };
  },
  async send(connection, { remoteId }, batch) {
    const members = batch.members.map(rowsOf);
    const rows = members.flat();
    const schema = (Object.keys(keys) as Key[]).filter((key) => rows.some((row) => row[key]));
    const answer = await call(connection, {
      method: batch.action === 'add' ? 'POST' : 'DELETE',
      path: `${remoteId}/users`,
      body: {
        session: sessionOf(batch, rows.length),
        payload: {
          schema: schema.map((key) => keys[key]),
          data: rows.map((row) => schema.map((key) => cellOf(key, row[key]))),
        },
      },
    });
    const counts = z.object({ num_invalid_entries: z.number().default(0) });
    const { num_invalid_entries: invalid } = readAnswer(label, counts, answer);
    return { rejected: [], rejectedUnnamed: Math.min(invalid, members.length) };
  },
};

/** Meta's custom audiences. */
export const meta: DestinationType = {
  kind: 'meta',
  label,
  settings: settingsSchema,
  credentials: z.object({ accessToken: text('The access token', 5000) }),
  async test(connection) {
    const { adAccountId } = settingsOf(connection);
    const account = await call(connection, { path: `act_${adAccountId}?fields=name,account_status` });
    const known = z.object({ account_status: z.number().default(1) });
    const { account_status: status } = readAnswer(label, known, account);
    if (status !== 1)
      throw new DestinationFailure(
        'refused',
        `The ad account is not active at Meta (its status is ${status}).`,
      );
  },
  audiences: connector,
};

function settingsOf(connection: Connection): Settings {
  return settingsSchema.parse(connection.settings);
}

const pageSchema = z.object({
  data: z.array(z.object({ id: z.string(), description: z.string().default('') })),
  paging: z.object({ cursors: z.object({ after: z.string() }), next: z.string().optional() }).optional(),
});

/** The audience that was made for an id of ours: its description says so. */
async function findAudience(connection: Connection, mark: string): Promise<string | undefined> {
  const { adAccountId } = settingsOf(connection);
  const first = `act_${adAccountId}/customaudiences?fields=id,description&limit=200`;
  for (let path: string | undefined = first; path;) {
    const page: z.infer<typeof pageSchema> = readAnswer(label, pageSchema, await call(connection, { path }));
    const found = page.data.find(({ description }) => description === mark);
    if (found) return found.id;
    path = page.paging?.next && `${first}&after=${encodeURIComponent(page.paging.cursors.after)}`;
  }
  return undefined;
}

/** The rows of a member: its first values in the first, second ones in the second, what it has but one of in each. */
function rowsOf(values: MemberValues): Partial<Record<Key, string>>[] {
  const count = Math.min(mostRowsOfMember, Math.max(...Object.values(values).map(({ length }) => length)));
  return Array.from({ length: count }, (_, place) =>
    Object.fromEntries(
      (Object.keys(keys) as Key[]).flatMap((key) => {
        const own = values[key];
        const value = own?.length === 1 ? own[0] : own?.[place];
        return value ? [[key, value]] : [];
      }),
    ),
  );
}

function cellOf(key: Key, value: string | undefined): string | number {
  return key === 'value' && value ? Number(value) : (value ?? '');
}

/**
 * A session of its own for each batch, so that one which is sent again is the one that Meta knows: additions and removals of a
 * run do not share numbers.
 */
function sessionOf({ session, sequence, action }: AudienceBatch, rows: number) {
  const digest = createHash('sha256').update(`${session} ${sequence} ${action}`).digest();
  return {
    // A whole number of 53 bits: more would be rounded on the way.
    session_id: Number(digest.readBigUInt64BE() >> 11n),
    batch_seq: 1,
    last_batch_flag: true,
    estimated_num_total: rows,
  };
}

const errorSchema = z.object({
  error: z.object({
    message: z.string().default(''),
    code: z.number().default(0),
    error_subcode: z.number().optional(),
    error_user_msg: z.string().optional(),
  }),
});

/** Codes of Meta's that say that it is too much, or that it is out of order, with an HTTP status that does not. */
const busyCodes = new Set([1, 2, 4, 17, 32, 341, 613, 80_000, 80_003, 80_004]);
const credentialCodes = new Set([102, 190, 463, 467]);
const permissionCodes = new Set([3, 10, 200, 294, 299]);

async function call(
  connection: Connection,
  { method = 'GET', path, body }: { path: string } & Pick<PlatformCall, 'method' | 'body'>,
): Promise<unknown> {
  const { baseUrl: base, apiVersion } = settingsOf(connection);
  const answer = await callPlatform({
    label,
    method,
    url: `${base}/${apiVersion}/${path}`,
    headers: { authorization: `Bearer ${connection.credentials['accessToken'] ?? ''}` },
    body,
    outside: connection.outside,
    signal: connection.signal,
  });
  if (answer.status < 300) return answer.body;
  const known = errorSchema.safeParse(answer.body);
  if (!known.success) throw failureOfStatus(label, answer.status, '');
  const { code, error_subcode: subcode, message, error_user_msg: forPeople } = known.data.error;
  const said = excerpt(forPeople ?? message);
  if (busyCodes.has(code)) throw new DestinationFailure('busy', `Meta takes no more calls for now: ${said}`);
  if (credentialCodes.has(code)) throw failureOfStatus(label, 401, said);
  if (permissionCodes.has(code)) throw failureOfStatus(label, 403, said);
  if (code === 100 && subcode === 33) throw failureOfStatus(label, 404, said);
  throw failureOfStatus(label, answer.status, said);
}
