import {
  isHash,
  startPlatform,
  type Answer,
  type Asked,
  type Platform,
  type PlatformServer,
} from './server.js';

const token = 'tiktok-token';

/** What is entered of this server as a destination. */
export const tiktokDefinition = (server: PlatformServer) => ({
  tiktok: { advertiserId: '7000000000000000001', accessToken: token, baseUrl: server.url },
});

/** TikTok's Business API, as far as segments go. It answers nearly everything with HTTP 200 and a code of its own. */
export function startTiktok(): Promise<PlatformServer> {
  return startPlatform({
    handle,
    busy: () => fault(40_100, 'Too many requests. Please retry in some time.'),
  });
}

function fault(code: number, message: string): Answer {
  return { status: 200, body: { code, message, request_id: '2026', data: {} } };
}

function answer(data: unknown): Answer {
  return { status: 200, body: { code: 0, message: 'OK', request_id: '2026', data } };
}

function handle(asked: Asked, platform: Platform): Answer {
  const { method, url, headers } = asked;
  if (headers['access-token'] !== token || platform.isExpired())
    return fault(40_105, 'Access token is incorrect or has been revoked.');
  const path = url.pathname.replace('/open_api/v1.3/', '');
  if (path === 'dmp/custom_audience/list/' && method === 'GET') return list(url, platform);
  if (path === 'segment/audience/' && method === 'POST') return create(asked, platform);
  if (path === 'segment/mapping/' && method === 'POST') return mapping(asked, platform);
  return platform.refuse(`${method} ${url.pathname}`, { status: 404 });
}

function list({ searchParams }: URL, { audiences }: Platform): Answer {
  if (searchParams.get('advertiser_id') !== '7000000000000000001')
    return fault(40_001, 'You do not have permission for this advertiser.');
  const page = Number(searchParams.get('page'));
  const size = Number(searchParams.get('page_size'));
  const all = [...audiences.values()].map(({ id, name }) => ({ audience_id: id, name }));
  return answer({
    list: all.slice((page - 1) * size, page * size),
    page_info: { page, page_size: size, total_page: Math.ceil(all.length / size), total_number: all.length },
  });
}

function create({ body }: Asked, platform: Platform): Answer {
  const { custom_audience_name: name, action, advertiser_ids: ids } = body as Record<string, unknown>;
  if (typeof name !== 'string' || name.length > 128 || action !== 'create' || !Array.isArray(ids))
    return platform.refuse('audience', fault(40_002, 'Invalid parameters.'));
  return answer({ audience_id: platform.create({ name, mark: name, kind: 'contacts' }).id });
}

interface Cell {
  id?: string;
  audience_ids?: string[];
}

const schemas = ['EMAIL_SHA256', 'PHONE_SHA256', 'IDFA_SHA256', 'AAID_SHA256'];

function mapping(asked: Asked, platform: Platform): Answer {
  const {
    action,
    id_schema: schema,
    batch_data: data,
  } = asked.body as {
    action: string;
    id_schema: string[];
    batch_data: Cell[][];
  };
  const invalid = (why: string): Answer => platform.refuse(why, fault(40_002, 'Invalid parameters.'));
  if (!['add', 'delete'].includes(action)) return invalid('action');
  if (schema.some((kind) => !schemas.includes(kind))) return invalid('id_schema');
  if (data.length === 0 || data.length > 3000) return invalid('rows');
  if (data.some((row) => row.length !== schema.length)) return invalid('row');
  const cells = data.flat().filter((cell) => cell.id !== undefined);
  if (cells.length === 0 || !cells.every((cell) => isHash(cell.id))) return invalid('hash');
  const [id = ''] = cells[0]?.audience_ids ?? [];
  const audience = platform.audiences.get(id);
  if (!audience) return fault(40_700, 'The audience does not exist.');
  const members = data.map((row) => {
    const ids = row.map((cell) => cell.id ?? '');
    return { key: JSON.stringify(ids), shown: ids.find(Boolean) ?? '' };
  });
  platform.apply(audience, action === 'add' ? 'add' : 'remove', members, asked);
  return answer({});
}
