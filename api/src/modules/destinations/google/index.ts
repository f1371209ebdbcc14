import { z } from 'zod';
import { accessToken, forgetAccessTokens } from '../access-token.js';
import { callPlatform, excerpt, failureOfStatus, readAnswer, type PlatformCall } from '../call-platform.js';
import type { AudienceConnector, Connection, DestinationType, MemberValues } from '../destination.js';
import { accountNumber, baseUrl, text } from '../entered.js';

/*
 * Google's Data Manager API: https://developers.google.com/data-manager/api
 */

const label = 'Google';

const settingsSchema = z.object({
  customerId: accountNumber('The customer id'),
  /** The manager account whose user signed in, when that is another one. */
  loginCustomerId: accountNumber('The customer id of the manager account').optional(),
  /** Days that somebody stays in the list without being added again; 540 is Google's most. */
  membershipDays: z.number().int().min(1).max(540, 'Google keeps members for at most 540 days.').default(540),
  /**
   * What a member's data are called in a request. Google's documentation shows both; which of them every account takes could
   * not be confirmed.
   */
  memberData: z.enum(['compositeData', 'userData']).default('compositeData'),
  baseUrl: baseUrl('https://datamanager.googleapis.com'),
  tokenUrl: baseUrl('https://oauth2.googleapis.com/token'),
});
type Settings = z.infer<typeof settingsSchema>;

const credentialsSchema = z.object({
  clientId: text('The client id'),
  clientSecret: text('The client secret'),
  refreshToken: text('The refresh token', 2000),
});

const connector: AudienceConnector = {
  limits: { batch: 10_000, batchesPerMinute: 300 },
  kinds: ['contacts'],
  async open(connection, { id, name }) {
    const mark = `coterie:${id}`;
    const known = await findList(connection, mark);
    if (known) return { remoteId: known };
    const made = await call(connection, {
      method: 'POST',
      path: `${accountOf(settingsOf(connection).customerId)}/userLists`,
      body: {
        displayName: name,
        description: mark,
        membershipDuration: `${settingsOf(connection).membershipDays * 86_400}s`,
        ingestedUserListInfo: { uploadKeyTypes: ['CONTACT_ID'] },
      },
    });
    return { remoteId: readAnswer(label, z.object({ id: z.string() }), made).id };
  },
  async send(connection, { remoteId }, { action, members }) {
    const { customerId, loginCustomerId, memberData } = settingsOf(connection);
    const account = (accountId: string) => ({ accountType: 'GOOGLE_ADS', accountId });
    await call(connection, {
      method: 'POST',
      path: `audienceMembers:${action === 'add' ? 'ingest' : 'remove'}`,
      body: {
        destinations: [
          {
            operatingAccount: account(customerId),
            ...(loginCustomerId && { loginAccount: account(loginCustomerId) }),
            productDestinationId: remoteId,
          },
        ],
        audienceMembers: members.map((values) => {
          const userData = { userIdentifiers: identifiersOf(values) };
          return memberData === 'userData' ? { userData } : { compositeData: { userData } };
        }),
        // Nobody is sent who has not given consent for ads.
        ...(action === 'add' && {
          consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' },
          termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
        }),
        encoding: 'HEX',
        validateOnly: false,
      },
    });
    // Google takes or refuses a request as a whole; whom it found it says of the list alone.
    return { rejected: [], rejectedUnnamed: 0 };
  },
};

/** Google Customer Match, by the Data Manager API. */
export const google: DestinationType = {
  kind: 'google',
  label,
  settings: settingsSchema,
  credentials: credentialsSchema,
  async test(connection) {
    const { customerId } = settingsOf(connection);
    await call(connection, { path: `${accountOf(customerId)}/userLists?pageSize=1` });
  },
  audiences: connector,
};

function settingsOf(connection: Connection): Settings {
  return settingsSchema.parse(connection.settings);
}

function accountOf(customerId: string): string {
  return `accountTypes/GOOGLE_ADS/accounts/${customerId}`;
}

/** At most seven: three addresses, three numbers, and one postal address. */
function identifiersOf({ email = [], phone = [], ...values }: MemberValues): object[] {
  const [givenName, familyName, regionCode, postalCode] = [
    values['firstName']?.[0],
    values['lastName']?.[0],
    values['country']?.[0],
    values['postalCode']?.[0],
  ];
  const isWhole = givenName && familyName && regionCode && postalCode;
  return [
    ...email.map((emailAddress) => ({ emailAddress })),
    ...phone.map((phoneNumber) => ({ phoneNumber })),
    ...(isWhole ? [{ address: { givenName, familyName, regionCode, postalCode } }] : []),
  ];
}

const pageSchema = z.object({
  userLists: z.array(z.object({ id: z.string(), description: z.string().default('') })).default([]),
  nextPageToken: z.string().optional(),
});

/** The list that was made for an id of ours: its description says so. */
async function findList(connection: Connection, mark: string): Promise<string | undefined> {
  const first = `${accountOf(settingsOf(connection).customerId)}/userLists?pageSize=1000`;
  for (let path: string | undefined = first; path;) {
    const page: z.infer<typeof pageSchema> = readAnswer(label, pageSchema, await call(connection, { path }));
    const found = page.userLists.find(({ description }) => description === mark);
    if (found) return found.id;
    path = page.nextPageToken && `${first}&pageToken=${encodeURIComponent(page.nextPageToken)}`;
  }
  return undefined;
}

const errorSchema = z.object({
  error: z.object({ message: z.string().default(''), status: z.string().default('') }),
});

async function call(
  connection: Connection,
  { method = 'GET', path, body }: { path: string } & Pick<PlatformCall, 'method' | 'body'>,
): Promise<unknown> {
  const { baseUrl: base, tokenUrl, loginCustomerId } = settingsOf(connection);
  const { outside, signal } = connection;
  const token = await accessToken({
    label,
    tokenUrl,
    ...credentialsSchema.parse(connection.credentials),
    outside,
    signal,
  });
  const answer = await callPlatform({
    label,
    method,
    url: `${base}/v1/${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(loginCustomerId && { 'login-account': accountOf(loginCustomerId) }),
    },
    body,
    outside,
    signal,
  });
  if (answer.status < 300) return answer.body;
  if (answer.status === 401) forgetAccessTokens();
  throw failureOfStatus(
    label,
    answer.status,
    excerpt(errorSchema.safeParse(answer.body).data?.error.message),
  );
}
