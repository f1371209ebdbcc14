import {
  isHash,
  startPlatform,
  type Answer,
  type Asked,
  type Platform,
  type PlatformServer,
} from './server.js';

const granted = {
  client_id: 'google-client',
  client_secret: 'google-secret',
  refresh_token: 'google-refresh',
};
const token = 'ya29.test';

/** What is entered of this server as a destination. */
export const googleDefinition = (server: PlatformServer) => ({
  google: {
    customerId: '123-456-7890',
    loginCustomerId: '999-999-9999',
    baseUrl: server.url,
    tokenUrl: `${server.url}/token`,
    clientId: granted.client_id,
    clientSecret: granted.client_secret,
    refreshToken: granted.refresh_token,
  },
});

/** Google's Data Manager API, and where tokens are handed out. */
export function startGoogle(): Promise<PlatformServer> {
  return startPlatform({ handle });
}

function fault(code: number, status: string, message: string): Answer {
  return { status: code, body: { error: { code, status, message } } };
}

function handle(asked: Asked, platform: Platform): Answer {
  const { method, url, headers } = asked;
  if (url.pathname === '/token') return handOut(asked, platform);
  if (headers.authorization !== `Bearer ${token}` || platform.isExpired())
    return fault(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
  if (headers['login-account'] !== 'accountTypes/GOOGLE_ADS/accounts/9999999999')
    return platform.refuse(
      'login-account',
      fault(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
    );
  const lists = '/v1/accountTypes/GOOGLE_ADS/accounts/1234567890/userLists';
  if (url.pathname === lists && method === 'GET') return list(platform);
  if (url.pathname === lists && method === 'POST') return create(asked, platform);
  const [, action] = /^\/v1\/audienceMembers:(ingest|remove)$/.exec(url.pathname) ?? [];
  if (action && method === 'POST') return members(action === 'ingest' ? 'add' : 'remove', asked, platform);
  return platform.refuse(`${method} ${url.pathname}`, fault(404, 'NOT_FOUND', 'Not found.'));
}

function handOut({ body }: Asked, { isExpired }: Platform): Answer {
  const given = body as Record<string, string>;
  if (given['client_id'] !== granted.client_id || given['client_secret'] !== granted.client_secret)
    return { status: 401, body: { error: 'invalid_client' } };
  if (
    given['grant_type'] !== 'refresh_token' ||
    given['refresh_token'] !== granted.refresh_token ||
    isExpired()
  )
    return {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    };
  return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
}

function list({ audiences }: Platform): Answer {
  const userLists = [...audiences.values()].map(({ id, name, mark }) => ({
    id,
    displayName: name,
    description: mark,
  }));
  return { status: 200, body: { userLists } };
}

function create({ body }: Asked, platform: Platform): Answer {
  const wanted = body as {
    displayName?: string;
    description?: string;
    ingestedUserListInfo?: { uploadKeyTypes?: string[] };
  };
  if (!wanted.displayName || wanted.ingestedUserListInfo?.uploadKeyTypes?.[0] !== 'CONTACT_ID')
    return platform.refuse(
      'user list',
      fault(400, 'INVALID_ARGUMENT', 'There was a problem with the request.'),
    );
  const made = platform.create({
    name: wanted.displayName,
    mark: wanted.description ?? '',
    kind: 'contacts',
  });
  return { status: 200, body: { id: made.id, displayName: made.name, description: made.mark } };
}

interface Identifier {
  emailAddress?: string;
  phoneNumber?: string;
  address?: { givenName: string; familyName: string; regionCode: string; postalCode: string };
}

function members(action: 'add' | 'remove', asked: Asked, platform: Platform): Answer {
  const body = asked.body as {
    destinations?: { operatingAccount?: { accountId?: string }; productDestinationId?: string }[];
    audienceMembers?: { compositeData?: { userData?: { userIdentifiers?: Identifier[] } } }[];
    consent?: { adUserData?: string; adPersonalization?: string };
    encoding?: string;
    termsOfService?: object;
  };
  const invalid = (why: string): Answer =>
    platform.refuse(why, fault(400, 'INVALID_ARGUMENT', 'There was a problem with the request.'));
  const { destinations = [], audienceMembers = [], consent, encoding, termsOfService } = body;
  if (destinations.length !== 1 || destinations[0]?.operatingAccount?.accountId !== '1234567890')
    return invalid('destination');
  const audience = platform.audiences.get(destinations[0].productDestinationId ?? '');
  if (!audience) return fault(404, 'NOT_FOUND', 'The user list was not found.');
  if (encoding !== 'HEX') return invalid('encoding');
  if (audienceMembers.length === 0 || audienceMembers.length > 10_000) return invalid('10,000 members');
  if (action === 'add' && (consent?.adUserData !== 'CONSENT_GRANTED' || !termsOfService))
    return invalid('consent');
  const read = audienceMembers.map((member) => member.compositeData?.userData?.userIdentifiers ?? []);
  if (read.some((own) => own.length === 0 || own.length > 10 || !own.every(isSound)))
    return invalid('identifiers');
  platform.apply(
    audience,
    action,
    read.map((own) => ({ key: JSON.stringify(own), shown: own[0]?.emailAddress ?? JSON.stringify(own[0]) })),
    asked,
  );
  return { status: 200, body: { requestId: `request-${platform.audiences.size}` } };
}

function isSound({ emailAddress, phoneNumber, address }: Identifier): boolean {
  if (emailAddress !== undefined) return isHash(emailAddress);
  if (phoneNumber !== undefined) return isHash(phoneNumber);
  return (
    isHash(address?.givenName) && isHash(address?.familyName) && /^[A-Z]{2}$/.test(address?.regionCode ?? '')
  );
}
