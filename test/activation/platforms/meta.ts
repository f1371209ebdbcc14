import {
  isHash,
  startPlatform,
  type Answer,
  type Asked,
  type Platform,
  type PlatformServer,
} from './server.js';

/** The token that the ad account 123 is reached with. */
export const metaToken = 'EAAB-test-token';

/** What is entered of this server as a destination. */
export const metaDefinition = (server: PlatformServer) => ({
  meta: { adAccountId: 'act_123', accessToken: metaToken, baseUrl: server.url },
});

const schemaKeys = new Set(
  'EXTERN_ID EMAIL PHONE GEN DOBY DOBM DOBD LN FN FI CT ST ZIP COUNTRY MADID LOOKALIKE_VALUE'.split(' '),
);
const plainKeys = new Set(['EXTERN_ID', 'MADID', 'LOOKALIKE_VALUE']);

/** Meta's Marketing API, as far as custom audiences go. */
export function startMeta(): Promise<PlatformServer> {
  return startPlatform({ handle });
}

function fault(status: number, code: number, message: string, subcode?: number): Answer {
  return { status, body: { error: { message, code, ...(subcode && { error_subcode: subcode }) } } };
}

function handle(asked: Asked, platform: Platform): Answer {
  const { method, url, headers } = asked;
  if (headers.authorization !== `Bearer ${metaToken}` || platform.isExpired())
    return fault(401, 190, 'Error validating access token: Session has expired on Tuesday.');
  const [, version = '', first = '', second = ''] = url.pathname.split('/');
  if (!/^v\d+\.\d+$/.test(version)) return platform.refuse('no version', fault(400, 2500, 'Unknown path.'));
  if (first.startsWith('act_') && first !== 'act_123')
    return fault(400, 200, 'Ad account owner has not granted permission.');
  if (second === '' && method === 'GET')
    return { status: 200, body: { name: 'Acme', account_status: 1, id: first } };
  if (second === 'customaudiences' && method === 'GET') return list(url, platform);
  if (second === 'customaudiences' && method === 'POST') return create(asked, platform);
  if (second === 'users' && (method === 'POST' || method === 'DELETE')) return users(first, asked, platform);
  return platform.refuse(`${method} ${url.pathname}`, fault(400, 100, 'Unsupported request.'));
}

/** In pages of two, so that pages are met. */
function list({ searchParams }: URL, { audiences }: Platform): Answer {
  const from = Number(searchParams.get('after') ?? 0);
  const all = [...audiences.values()].map(({ id, mark }) => ({ id, description: mark }));
  const next = from + 2 < all.length ? { next: 'https://graph.facebook.com/next' } : {};
  return {
    status: 200,
    body: { data: all.slice(from, from + 2), paging: { cursors: { after: String(from + 2) }, ...next } },
  };
}

function create({ body }: Asked, platform: Platform): Answer {
  const { name, subtype, customer_file_source: source, description = '' } = body as Record<string, string>;
  if (
    !name ||
    subtype !== 'CUSTOM' ||
    !/^(USER|PARTNER|BOTH_USER_AND_PARTNER)_PROVIDED(_ONLY)?$/.test(source ?? '')
  )
    return platform.refuse('audience', fault(400, 100, 'Invalid parameter'));
  return { status: 200, body: { id: platform.create({ name, mark: description, kind: 'contacts' }).id } };
}

function users(id: string, asked: Asked, platform: Platform): Answer {
  const audience = platform.audiences.get(id);
  if (!audience) return fault(400, 100, `Unsupported request. Object with ID '${id}' does not exist`, 33);
  const { session, payload } = asked.body as {
    session: { session_id: number; batch_seq: number; last_batch_flag: boolean; estimated_num_total: number };
    payload: { schema: string[]; data: (string | number)[][] };
  };
  const invalid = (why: string): Answer => platform.refuse(why, fault(400, 100, 'Invalid parameter'));
  if (!Number.isSafeInteger(session?.session_id) || !(session.batch_seq >= 1)) return invalid('session');
  if (typeof session.last_batch_flag !== 'boolean' || !(session.estimated_num_total >= 1))
    return invalid('session');
  if (payload.data.length === 0 || payload.data.length > 10_000) return invalid('more than 10,000 rows');
  if (payload.schema.some((key) => !schemaKeys.has(key))) return invalid('schema');
  const sound = payload.data.filter(
    (row) => row.length === payload.schema.length && isSound(row, payload.schema),
  );
  const email = payload.schema.indexOf('EMAIL');
  const members = sound.map((row) => ({
    key: JSON.stringify(row),
    shown: String(row[email] || JSON.stringify(row)),
  }));
  platform.apply(audience, asked.method === 'POST' ? 'add' : 'remove', members, asked);
  const counts = {
    num_received: payload.data.length,
    num_invalid_entries: payload.data.length - sound.length,
  };
  return { status: 200, body: { audience_id: id, session_id: String(session.session_id), ...counts } };
}

function isSound(row: (string | number)[], schema: string[]): boolean {
  return (
    row.some((cell) => cell !== '') &&
    row.every((cell, index) => {
      const key = schema[index]!;
      if (cell === '') return true;
      if (key === 'LOOKALIKE_VALUE') return typeof cell === 'number' && cell >= 0;
      return plainKeys.has(key) ? typeof cell === 'string' : isHash(cell);
    })
  );
}
