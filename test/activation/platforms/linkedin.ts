import {
  isHash,
  startPlatform,
  type Answer,
  type Asked,
  type Platform,
  type PlatformServer,
} from './server.js';

const token = 'linkedin-token';

/** What is entered of this server as a destination. */
export const linkedinDefinition = (server: PlatformServer) => ({
  linkedin: { adAccountId: '507404993', accessToken: token, waitSeconds: 0, baseUrl: server.url },
});

/** LinkedIn's DMP segments. */
export function startLinkedin(): Promise<PlatformServer> {
  return startPlatform({ handle });
}

function fault(status: number, message: string): Answer {
  return { status, body: { status, message } };
}

function handle(asked: Asked, platform: Platform): Answer {
  const { method, url, headers } = asked;
  if (headers.authorization !== `Bearer ${token}` || platform.isExpired())
    return fault(401, 'The token used in the request has expired');
  if (!/^20\d{4}$/.test(String(headers['linkedin-version'])))
    return platform.refuse('version', fault(426, 'Requested version is not active'));
  if (url.pathname === '/rest/adAccounts/507404993')
    return { status: 200, body: { id: 507_404_993, status: 'ACTIVE' } };
  if (url.pathname.startsWith('/rest/adAccounts/'))
    return fault(403, 'Not enough permissions to access the account');
  if (url.pathname === '/rest/dmpSegments' && method === 'GET') return list(url, platform);
  if (url.pathname === '/rest/dmpSegments' && method === 'POST') return create(asked, platform);
  const [, id, of] = /^\/rest\/dmpSegments\/(\w+)\/(users|companies)$/.exec(url.pathname) ?? [];
  if (id && of && method === 'POST') return elements(id, of, asked, platform);
  return platform.refuse(`${method} ${url.pathname}`, fault(404, 'No virtual resource found'));
}

function list({ searchParams }: URL, platform: Platform): Answer {
  if (
    searchParams.get('q') !== 'account' ||
    searchParams.get('account') !== 'urn:li:sponsoredAccount:507404993'
  )
    return platform.refuse('finder', fault(400, 'Invalid query parameters'));
  const start = Number(searchParams.get('start'));
  const all = [...platform.audiences.values()].map(({ id, mark }) => ({ id, sourceSegmentId: mark }));
  return { status: 200, body: { elements: all.slice(start, start + Number(searchParams.get('count'))) } };
}

function create({ body }: Asked, platform: Platform): Answer {
  const wanted = body as Record<string, unknown>;
  const destinations = wanted['destinations'] as { destination: string }[] | undefined;
  if (
    typeof wanted['name'] !== 'string' ||
    wanted['account'] !== 'urn:li:sponsoredAccount:507404993' ||
    !['USER', 'COMPANY'].includes(String(wanted['type'])) ||
    destinations?.[0]?.destination !== 'LINKEDIN'
  )
    return platform.refuse('segment', fault(400, 'A segment could not be made of this'));
  const kind = wanted['type'] === 'COMPANY' ? 'companies' : 'contacts';
  const made = platform.create({ name: wanted['name'], mark: String(wanted['sourceSegmentId']), kind });
  return { status: 201, headers: { 'x-linkedin-id': made.id } };
}

interface Element {
  action?: string;
  userIds?: { idType: string; idValue: string }[];
  [field: string]: unknown;
}

const longest: Record<string, number> = { firstName: 35, lastName: 35, title: 50, company: 50 };
const companyFields = [
  'companyName',
  'organizationUrn',
  'companyWebsiteDomain',
  'companyEmailDomain',
  'companyPageUrl',
];

function elements(id: string, of: string, asked: Asked, platform: Platform): Answer {
  const audience = platform.audiences.get(id);
  if (!audience) return fault(404, 'The segment does not exist');
  if (asked.headers['x-restli-method'] !== 'BATCH_CREATE')
    return platform.refuse('method', fault(400, 'X-RestLi-Method is missing'));
  if ((of === 'companies') !== (audience.kind === 'companies'))
    return platform.refuse('kind', fault(400, 'The segment is of another type'));
  const { elements: all } = asked.body as { elements: Element[] };
  if (all.length === 0 || all.length > 5000)
    return platform.refuse('5,000 elements', fault(400, 'Too many elements'));
  const isSound = of === 'companies' ? isCompany : isUser;
  for (const action of ['ADD', 'REMOVE'] as const) {
    const members = all
      .filter((element) => element.action === action && isSound(element))
      .map(({ action: _action, ...element }) => ({
        key: JSON.stringify(element),
        shown:
          element.userIds?.[0]?.idValue ?? String(element['companyWebsiteDomain'] ?? element['companyName']),
      }));
    if (members.length > 0) platform.apply(audience, action === 'ADD' ? 'add' : 'remove', members, asked);
  }
  const outcomes = all.map((element) =>
    isSound(element) ? { status: 201 } : { status: 400, message: 'Invalid element' },
  );
  return { status: 200, body: { elements: outcomes } };
}

function isUser({ action, userIds = [], ...fields }: Element): boolean {
  return (
    ['ADD', 'REMOVE'].includes(String(action)) &&
    userIds.length > 0 &&
    userIds.every(({ idType, idValue }) =>
      idType === 'SHA256_EMAIL' ? isHash(idValue) : idType === 'GOOGLE_AID' && /^[\da-f-]{36}$/.test(idValue),
    ) &&
    Object.entries(fields).every(([field, value]) => String(value).length <= (longest[field] ?? Infinity)) &&
    !('phone' in fields)
  );
}

function isCompany({ action, ...fields }: Element): boolean {
  const names = Object.keys(fields);
  return (
    ['ADD', 'REMOVE'].includes(String(action)) &&
    names.length > 0 &&
    names.every((field) => companyFields.includes(field))
  );
}
