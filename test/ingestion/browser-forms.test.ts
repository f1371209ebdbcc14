import { deflateRawSync, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  workspace = await createWorkspace(app, { scopes: ['events:write'] });
});

/** Sends as a page of another origin does with `sendBeacon` or `fetch`, without asking first. */
function send(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://www.example.com', ...headers },
    body: JSON.stringify({ writeKey: workspace.key, ...body }),
  });
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows;
}

const bodies = {
  identify: { anonymousId: 'a1', userId: 'u1', traits: { firstName: 'Dana' } },
  track: { anonymousId: 'a1', event: 'Demo Requested' },
  page: { anonymousId: 'a1', properties: { path: '/pricing' } },
  screen: { anonymousId: 'a1', name: 'Home' },
  group: { anonymousId: 'a1', groupId: 'g1', traits: { name: 'Acme' } },
  alias: { userId: 'u1', previousId: 'a1' },
  batch: { batch: [{ type: 'track', anonymousId: 'a1', event: 'Clicked' }] },
};

describe.each(Object.entries(bodies))('%s', (call, body) => {
  it.each([`/v1/${call}`, `/v1/${call.charAt(0)}`])(
    'is taken at %s as plain text with the key in the body',
    async (path) => {
      const response = await send(path, body);
      expect([response.status, await response.json()]).toEqual([
        200,
        expect.objectContaining({ success: true }),
      ]);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await rows('select 1 from contacts where workspace_id = $1')).toHaveLength(1);
    },
  );
});

describe('a page of another origin', () => {
  it.each(['/v1/track', '/v1/b', '/v1/projects/some-key/settings'])(
    'may ask %s, with any header and without credentials',
    async (path) => {
      const response = await fetch(`${app.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://www.example.com',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,x-retry-count',
        },
      });
      expect(response.status).toBe(204);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': expect.stringContaining('POST'),
        'access-control-allow-headers': 'authorization, *',
      });
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  it('can read why it was refused', async () => {
    for (const response of [
      await send('/v1/t', { writeKey: 'wrong' }),
      await send('/v1/t', { userId: 'u1' }),
      await send('/v1/b', { batch: 'none' }),
    ]) {
      expect(response.ok).toBe(false);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('may not ask for anything else', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${workspace.key}`,
        origin: 'https://www.example.com',
      },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the key in the body', () => {
  it('may stand in the first message of a batch', async () => {
    const batch = [{ type: 'track', userId: 'u1', event: 'Clicked', writeKey: workspace.key }];
    expect((await send('/v1/b', { batch, writeKey: undefined })).status).toBe(200);
  });

  it('is not kept with a message that is put into quarantine', async () => {
    expect((await send('/v1/t', { userId: 'u1' })).status).toBe(400);
    const [{ body } = { body: '' }] = await rows(
      'select body from quarantined_events where workspace_id = $1',
    );
    expect(body).not.toContain(workspace.key);
  });
});

describe('a packed body', () => {
  it.each([
    ['deflate', deflateSync, { 'content-encoding': 'deflate' }],
    ['deflate that does not say so', deflateSync, {}],
    ['deflate without its envelope', deflateRawSync, { 'content-encoding': 'deflate' }],
  ])('may be %s', async (_, pack, headers: Record<string, string>) => {
    const body = pack(JSON.stringify({ ...bodies.track, writeKey: workspace.key }));
    const response = await fetch(`${app.url}/v1/t`, { method: 'POST', headers, body: body as BodyInit });
    expect(response.status).toBe(200);
    expect(await rows('select 1 from events where workspace_id = $1')).toHaveLength(1);
  });

  it('of deflate that unpacks to a hundred megabytes is refused', async () => {
    const body = deflateSync(Buffer.alloc(100 * 1024 * 1024, ' '));
    expect(body.length).toBeLessThan(500 * 1024);
    const response = await fetch(`${app.url}/v1/b`, { method: 'POST', body: body as BodyInit });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'TOO_LARGE' } }]);
  });
});

describe('GET /v1/projects/:writeKey/settings', () => {
  const settingsOf = (key: string) => fetch(`${app.url}/v1/projects/${key}/settings`);

  it('tells the SDK to send to where it found them, and nothing to Segment', async () => {
    const response = await settingsOf(workspace.key);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      {
        integrations: {
          'Segment.io': {
            apiKey: workspace.key,
            apiHost: `${new URL(app.url).host}/v1`,
            protocol: 'http',
          },
        },
        metrics: { sampleRate: 0 },
      },
    ]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('are for keys that may write events', async () => {
    expect((await settingsOf('wrong')).status).toBe(401);
    const reader = await createKey(app, workspace.id, ['contacts:read']);
    expect((await settingsOf(reader)).status).toBe(403);
  });
});

describe('group', () => {
  it('makes the company, keeps what is said of it, and ties the contact to it', async () => {
    await send('/v1/g', {
      userId: 'u1',
      groupId: 'g1',
      traits: { name: 'Acme', employees: 12, website: 'https://acme.example', tier: 'gold' },
    });
    await send('/v1/g', { userId: 'u2', groupId: 'g1', traits: { employees: 13 } });
    expect(
      await rows(`select c.external_id, c.name, i.value as user from companies c
                  join contacts p on p.workspace_id = c.workspace_id and p.company_id = c.id
                  join contact_identities i on i.workspace_id = p.workspace_id and i.ordinal = p.ordinal
                  where c.workspace_id = $1 order by 3`),
    ).toEqual([
      { external_id: 'g1', name: 'Acme', user: 'u1' },
      { external_id: 'g1', name: 'Acme', user: 'u2' },
    ]);
    expect(
      await rows(`select key, coalesce(text, number::text) as value from company_attributes
                  where workspace_id = $1 and key not in ('name', 'external_id') order by key`),
    ).toEqual([
      { key: 'employee_count', value: '13' },
      { key: 'tier', value: 'gold' },
      { key: 'website', value: 'https://acme.example' },
    ]);
  });
});

describe('alias', () => {
  const people = () =>
    rows(`select i.value as id, count(e.id)::int as events from contact_identities i
          left join events e on e.workspace_id = i.workspace_id and e.ordinal = i.ordinal
          where i.workspace_id = $1 group by i.ordinal, i.value order by 1`);

  it('makes what was done under the previous id what the person did, whenever it comes in', async () => {
    await send('/v1/t', { anonymousId: 'a1', event: 'Before' });
    await send('/v1/a', { userId: 'u1', previousId: 'a1' });
    await send('/v1/t', { anonymousId: 'a1', event: 'After' });
    await send('/v1/t', { userId: 'u1', event: 'Later' });
    expect(await people()).toEqual([
      { id: 'a1', events: 3 },
      { id: 'u1', events: 3 },
    ]);
  });

  it('keeps the order of a batch', async () => {
    const batch = [
      { type: 'track', anonymousId: 'a1', event: 'Before' },
      { type: 'alias', userId: 'u1', previousId: 'a1' },
      { type: 'track', anonymousId: 'a1', event: 'After' },
      { type: 'alias', userId: 'u2', previousId: 'u1' },
      { type: 'track', userId: 'u1', event: 'Later' },
    ];
    const response = await send('/v1/b', { batch });
    expect(await response.json()).toMatchObject({ stored: 5, quarantined: [] });
    expect(await people()).toEqual([
      { id: 'a1', events: 3 },
      { id: 'u1', events: 3 },
      { id: 'u2', events: 3 },
    ]);
  });

  it('refuses a previous id that cannot be stored', async () => {
    const response = await send('/v1/a', { userId: 'u1', previousId: 'a\0b' });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'INVALID_INPUT', path: 'previousId' } },
    ]);
  });
});
