import { z } from 'zod';
import {
  callPlatform,
  excerpt,
  failureOfStatus,
  readAnswer,
  type PlatformAnswer,
  type PlatformCall,
} from '../call-platform.js';
import type {
  AudienceConnector,
  Connection,
  DestinationType,
  MemberKind,
  MemberValues,
} from '../destination.js';
import { accountNumber, baseUrl, text } from '../entered.js';

/*
 * LinkedIn's DMP segments: https://learn.microsoft.com/linkedin/marketing/matched-audiences/
 */

const label = 'LinkedIn';

const settingsSchema = z.object({
  adAccountId: accountNumber('The ad account'),
  /** How LinkedIn knows the sender of the list. */
  sourcePlatform: text('The source platform', 50).default('FIRST_PARTY'),
  apiVersion: z
    .string()
    .regex(/^20\d{4}$/, 'The version of the API is a year and a month, such as 202610.')
    .default('202610'),
  /** Seconds between making a segment and its first members: LinkedIn asks to wait without saying for how long. */
  waitSeconds: z.number().int().min(0).max(3600).default(10),
  baseUrl: baseUrl('https://api.linkedin.com'),
});
type Settings = z.infer<typeof settingsSchema>;

const types: Record<MemberKind, string> = { contacts: 'USER', companies: 'COMPANY' };

const connector: AudienceConnector = {
  limits: { batch: 5000, batchesPerMinute: 300 },
  kinds: ['contacts', 'companies'],
  async open(connection, { id, name, kind }) {
    const known = await findSegment(connection, id);
    if (known) return { remoteId: known };
    const { adAccountId, sourcePlatform, waitSeconds } = settingsOf(connection);
    const { headers } = await call(connection, {
      method: 'POST',
      path: 'dmpSegments',
      body: {
        name,
        sourcePlatform,
        sourceSegmentId: id,
        account: accountOf(adAccountId),
        type: types[kind],
        destinations: [{ destination: 'LINKEDIN' }],
      },
    });
    const remoteId = readAnswer(label, z.string().min(1), headers['x-linkedin-id'] ?? headers['x-restli-id']);
    return { remoteId, readyAt: new Date(Date.now() + waitSeconds * 1000) };
  },
  async send(connection, { remoteId, kind }, { action, members }) {
    const toElement = kind === 'companies' ? companyElement : userElement;
    const { body } = await call(connection, {
      method: 'POST',
      path: `dmpSegments/${encodeURIComponent(remoteId)}/${kind === 'companies' ? 'companies' : 'users'}`,
      headers: { 'x-restli-method': 'BATCH_CREATE' },
      body: { elements: members.map((values) => ({ action: action.toUpperCase(), ...toElement(values) })) },
    });
    const { elements } = readAnswer(label, outcomesSchema, body);
    const rejected = elements.flatMap(({ status, message, error }, index) =>
      status >= 400
        ? [{ index, why: excerpt(message ?? error?.message) || `LinkedIn refuses it (${status}).` }]
        : [],
    );
    return { rejected, rejectedUnnamed: 0 };
  },
};

const outcomesSchema = z.object({
  elements: z.array(
    z.object({
      status: z.number(),
      message: z.string().optional(),
      error: z.object({ message: z.string().default('') }).optional(),
    }),
  ),
});

/** LinkedIn's matched audiences, of contacts and of companies. */
export const linkedin: DestinationType = {
  kind: 'linkedin',
  label,
  settings: settingsSchema,
  credentials: z.object({ accessToken: text('The access token', 5000) }),
  async test(connection) {
    const { adAccountId } = settingsOf(connection);
    await call(connection, { path: `adAccounts/${adAccountId}` });
  },
  audiences: connector,
};

function settingsOf(connection: Connection): Settings {
  return settingsSchema.parse(connection.settings);
}

function accountOf(adAccountId: string): string {
  return `urn:li:sponsoredAccount:${adAccountId}`;
}

function userElement({ email = [], mobileAdId = [], ...values }: MemberValues): object {
  return {
    userIds: [
      ...email.map((idValue) => ({ idType: 'SHA256_EMAIL', idValue })),
      ...mobileAdId.map((idValue) => ({ idType: 'GOOGLE_AID', idValue })),
    ],
    ...present({
      firstName: values['firstName'],
      lastName: values['lastName'],
      title: values['jobTitle'],
      company: values['companyName'],
      country: values['country'],
    }),
  };
}

function companyElement(values: MemberValues): object {
  return present({
    companyName: values['name'],
    companyWebsiteDomain: values['domain'],
    companyEmailDomain: values['email_domain'],
    companyPageUrl: values['linkedin_url'],
  });
}

function present(fields: Record<string, readonly string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, own]) => (own?.[0] ? [[key, own[0]]] : [])),
  );
}

const pageSchema = z.object({
  elements: z.array(z.object({ id: z.coerce.string(), sourceSegmentId: z.string().default('') })),
});
const pageSize = 100;

/** The segment that was made for an id of ours. */
async function findSegment(connection: Connection, id: string): Promise<string | undefined> {
  const account = encodeURIComponent(accountOf(settingsOf(connection).adAccountId));
  for (let start = 0; ; start += pageSize) {
    const path = `dmpSegments?q=account&account=${account}&start=${start}&count=${pageSize}`;
    const { elements } = readAnswer(label, pageSchema, (await call(connection, { path })).body);
    const found = elements.find(({ sourceSegmentId }) => sourceSegmentId === id);
    if (found) return found.id;
    if (elements.length < pageSize) return undefined;
  }
}

const errorSchema = z.object({ message: z.string().default('') });

async function call(
  connection: Connection,
  {
    method = 'GET',
    path,
    headers,
    body,
  }: { path: string } & Pick<PlatformCall, 'method' | 'body' | 'headers'>,
): Promise<PlatformAnswer> {
  const { baseUrl: base, apiVersion } = settingsOf(connection);
  const answer = await callPlatform({
    label,
    method,
    url: `${base}/rest/${path}`,
    headers: {
      authorization: `Bearer ${connection.credentials['accessToken'] ?? ''}`,
      'linkedin-version': apiVersion,
      'x-restli-protocol-version': '2.0.0',
      ...headers,
    },
    body,
    outside: connection.outside,
    signal: connection.signal,
  });
  if (answer.status < 300) return answer;
  throw failureOfStatus(label, answer.status, excerpt(errorSchema.safeParse(answer.body).data?.message));
}
