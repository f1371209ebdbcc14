import {
  isHash,
  startPlatform,
  type Answer,
  type Asked,
  type Platform,
  type PlatformServer,
} from './server.js';

const granted = { client_id: 'ms-client', client_secret: 'ms-secret', refresh_token: 'ms-refresh' };
const token = 'EwB-test';

/** What is entered of this server as a destination. */
export const microsoftDefinition = (server: PlatformServer) => ({
  microsoft: {
    customerId: '21025739',
    accountId: '2',
    baseUrl: server.url,
    tokenUrl: `${server.url}/token`,
    clientId: granted.client_id,
    clientSecret: granted.client_secret,
    refreshToken: granted.refresh_token,
    developerToken: 'ms-developer',
  },
});

/** Microsoft Advertising's campaign management service, and where tokens are handed out. */
export function startMicrosoft(): Promise<PlatformServer> {
  return startPlatform({ handle, busy });
}

function fault(Code: number, ErrorCode: string, Message: string): Answer {
  return { status: 400, body: { Errors: [{ Code, ErrorCode, Message }], TrackingId: 'test' } };
}

function busy(retryAfter: number | undefined): Answer {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return {
    ...fault(117, 'CallRateExceeded', 'You have exceeded the number of calls permitted.'),
    status: 429,
    headers,
  };
}

function handle(asked: Asked, platform: Platform): Answer {
  const { method, url, headers } = asked;
  if (url.pathname === '/token') return handOut(asked, platform);
  if (headers.authorization !== `Bearer ${token}` || platform.isExpired())
    return fault(109, 'AuthenticationTokenExpired', 'Authentication token expired.');
  if (
    headers['developertoken'] !== 'ms-developer' ||
    headers['customerid'] !== '21025739' ||
    headers['customeraccountid'] !== '2'
  )
    return platform.refuse('headers', fault(105, 'InvalidCredentials', 'Authentication failed.'));
  const path = url.pathname.replace('/CampaignManagement/v13/', '');
  if (path === 'Audiences/QueryByIds' && method === 'POST') return query(asked, platform);
  if (path === 'Audiences' && method === 'POST') return create(asked, platform);
  if (path === 'CustomerListUserData/Apply' && method === 'POST') return apply(asked, platform);
  return platform.refuse(`${method} ${url.pathname}`, { status: 404 });
}

function handOut({ body }: Asked, { isExpired }: Platform): Answer {
  const given = body as Record<string, string>;
  if (given['client_id'] !== granted.client_id || given['client_secret'] !== granted.client_secret)
    return { status: 401, body: { error: 'invalid_client' } };
  if (
    given['refresh_token'] !== granted.refresh_token ||
    !given['scope']?.includes('msads.manage') ||
    isExpired()
  )
    return {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'AADSTS70000: the token was revoked.' },
    };
  return {
    status: 200,
    body: { access_token: token, expires_in: 3600, refresh_token: granted.refresh_token },
  };
}

function query({ body }: Asked, platform: Platform): Answer {
  if ((body as { Type?: string }).Type !== 'CustomerList')
    return platform.refuse(
      'type',
      fault(4100, 'CampaignServiceInvalidAudience', 'The audience type is missing.'),
    );
  const Audiences = [...platform.audiences.values()].map(({ id, mark }) => ({
    Id: Number(id),
    Description: mark,
  }));
  return { status: 200, body: { Audiences, PartialErrors: [] } };
}

function create({ body }: Asked, platform: Platform): Answer {
  const [wanted] = (body as { Audiences: Record<string, string>[] }).Audiences;
  if (!wanted?.['Name'] || wanted['Type'] !== 'CustomerList' || wanted['Scope'] !== 'Customer')
    return platform.refuse('audience', {
      status: 200,
      body: { AudienceIds: [null], PartialErrors: [{ Index: 0, Message: 'The audience is not valid.' }] },
    });
  const { id } = platform.create({
    name: wanted['Name'],
    mark: wanted['Description'] ?? '',
    kind: 'contacts',
  });
  return { status: 200, body: { AudienceIds: [Number(id)], PartialErrors: [] } };
}

function apply(asked: Asked, platform: Platform): Answer {
  const { CustomerListUserData: data } = asked.body as {
    CustomerListUserData: {
      ActionType: string;
      AudienceId: string;
      CustomerListItemSubType: string;
      CustomerListItems: string[];
    };
  };
  const audience = platform.audiences.get(String(data.AudienceId));
  if (!audience) return fault(4100, 'CampaignServiceInvalidAudienceId', 'The audience does not exist.');
  const items = data.CustomerListItems;
  if (!['Add', 'Remove', 'Replace'].includes(data.ActionType) || data.CustomerListItemSubType !== 'Email')
    return platform.refuse('action', fault(4101, 'InvalidAction', 'The action is not valid.'));
  if (items.length === 0 || items.length > 1000)
    return platform.refuse('1,000 items', fault(4102, 'BatchSizeExceeded', 'The list is too long.'));
  const sound = items.filter(isHash).map((item) => ({ key: item, shown: item }));
  platform.apply(audience, data.ActionType === 'Remove' ? 'remove' : 'add', sound, asked);
  const PartialErrors = items.flatMap((item, Index) =>
    isHash(item) ? [] : [{ Index, Message: 'Not a hash.' }],
  );
  return { status: 200, body: { PartialErrors } };
}
