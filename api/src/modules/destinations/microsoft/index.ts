import { z } from 'zod';
import { accessToken, forgetAccessTokens } from '../access-token.js';
import { callPlatform, excerpt, failureOfStatus, readAnswer, type PlatformCall } from '../call-platform.js';
import {
  DestinationFailure,
  type AudienceConnector,
  type Connection,
  type DestinationType,
} from '../destination.js';
import { accountNumber, baseUrl, text } from '../entered.js';

/*
 * Microsoft Advertising's campaign management service, customer lists: https://learn.microsoft.com/advertising/
 */

const label = 'Microsoft Advertising';

const settingsSchema = z.object({
  customerId: accountNumber('The customer id'),
  accountId: accountNumber('The account id'),
  baseUrl: baseUrl('https://campaign.api.bingads.microsoft.com'),
  tokenUrl: baseUrl('https://login.microsoftonline.com/common/oauth2/v2.0/token'),
});
type Settings = z.infer<typeof settingsSchema>;

const credentialsSchema = z.object({
  clientId: text('The client id'),
  clientSecret: text('The client secret'),
  refreshToken: text('The refresh token', 5000),
  developerToken: text('The developer token'),
});

const scope = 'https://ads.microsoft.com/msads.manage offline_access';

const connector: AudienceConnector = {
  limits: { batch: 1000, batchesPerMinute: 0 },
  kinds: ['contacts'],
  async open(connection, { id, name }) {
    const mark = `coterie:${id}`;
    const known = await findList(connection, mark);
    if (known) return { remoteId: known };
    const { customerId } = settingsOf(connection);
    const made = await call(connection, 'POST', 'Audiences', {
      Audiences: [
        {
          Type: 'CustomerList',
          Name: name.slice(0, 128),
          Description: mark,
          MembershipDuration: 390,
          ParentId: customerId,
          Scope: 'Customer',
        },
      ],
    });
    const { AudienceIds, PartialErrors } = readAnswer(label, madeSchema, made);
    const [remoteId] = AudienceIds;
    if (!remoteId) throw new DestinationFailure('refused', refusalOf(PartialErrors?.[0]?.Message));
    return { remoteId };
  },
  async send(connection, { remoteId }, { action, members }) {
    // One item for each address: of whom it is says only our own list.
    const items = members.flatMap(({ email = [] }, index) => email.map((hash) => ({ hash, index })));
    const rejected = new Map<number, string>();
    for (let from = 0; from < items.length; from += 1000) {
      const some = items.slice(from, from + 1000);
      const answer = await call(connection, 'POST', 'CustomerListUserData/Apply', {
        CustomerListUserData: {
          ActionType: action === 'add' ? 'Add' : 'Remove',
          AudienceId: remoteId,
          CustomerListItemSubType: 'Email',
          CustomerListItems: some.map(({ hash }) => hash),
        },
      });
      for (const { Index, Message } of readAnswer(label, appliedSchema, answer).PartialErrors ?? []) {
        const item = some[Index];
        if (item) rejected.set(item.index, excerpt(Message) || `${label} refuses it.`);
      }
    }
    return { rejected: [...rejected].map(([index, why]) => ({ index, why })), rejectedUnnamed: 0 };
  },
};

const partialErrors = z
  .array(z.object({ Index: z.number().default(0), Message: z.string().default('') }))
  .nullish();
const madeSchema = z.object({
  AudienceIds: z.array(z.coerce.string().nullable()),
  PartialErrors: partialErrors,
});
const appliedSchema = z.object({ PartialErrors: partialErrors });
const listsSchema = z.object({
  Audiences: z.array(z.object({ Id: z.coerce.string(), Description: z.string().nullish() }).nullable()),
});

/** Customer lists of Microsoft Advertising. */
export const microsoft: DestinationType = {
  kind: 'microsoft',
  label,
  settings: settingsSchema,
  credentials: credentialsSchema,
  async test(connection) {
    await queryLists(connection);
  },
  audiences: connector,
};

function settingsOf(connection: Connection): Settings {
  return settingsSchema.parse(connection.settings);
}

async function queryLists(connection: Connection): Promise<z.infer<typeof listsSchema>> {
  const answer = await call(connection, 'POST', 'Audiences/QueryByIds', {
    AudienceIds: null,
    Type: 'CustomerList',
  });
  return readAnswer(label, listsSchema, answer);
}

/** The list that was made for an id of ours: its description says so. */
async function findList(connection: Connection, mark: string): Promise<string | undefined> {
  const { Audiences } = await queryLists(connection);
  return Audiences.find((list) => list?.Description === mark)?.Id;
}

const faultSchema = z.object({
  Errors: z.array(z.object({ Code: z.number().default(0), Message: z.string().default('') })).min(1),
});

/** Codes that say that the credentials, that calls are too many, and that an entity is not there. */
const faults: Record<number, number> = { 105: 401, 106: 403, 109: 401, 4100: 404 };
const busyFaults = new Set([117, 207]);

async function call(
  connection: Connection,
  method: NonNullable<PlatformCall['method']>,
  path: string,
  body: unknown,
): Promise<unknown> {
  const { baseUrl: base, tokenUrl, customerId, accountId } = settingsOf(connection);
  const { developerToken, ...oauth } = credentialsSchema.parse(connection.credentials);
  const { outside, signal } = connection;
  const token = await accessToken({ label, tokenUrl, ...oauth, scope, outside, signal });
  const answer = await callPlatform({
    label,
    method,
    url: `${base}/CampaignManagement/v13/${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      developertoken: developerToken,
      customerid: customerId,
      customeraccountid: accountId,
    },
    body,
    outside,
    signal,
  });
  if (answer.status < 300) return answer.body;
  const [fault] = faultSchema.safeParse(answer.body).data?.Errors ?? [];
  const said = excerpt(fault?.Message);
  if (fault && busyFaults.has(fault.Code))
    throw new DestinationFailure('busy', `${label} takes no more calls for now: ${said}`);
  const status = (fault && faults[fault.Code]) ?? answer.status;
  if (status === 401) forgetAccessTokens();
  throw failureOfStatus(label, status, said);
}

function refusalOf(message: string | undefined): string {
  return `${label} does not make the list: ${excerpt(message) || 'it does not say why'}`;
}
