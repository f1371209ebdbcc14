import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { sendEndlessly } from '../support/http.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

interface Answer {
  status: number;
  body: {
    success: boolean;
    error?: { code: string; path: string; requestId: string };
    [more: string]: unknown;
  };
}

async function send(
  path: string,
  body: string | Buffer | object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: basic(`${workspace.key}:`), ...headers },
    body: raw as BodyInit,
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

async function stored(): Promise<{ name: string; target: string | null; source: string }[]> {
  const { rows } = await app.database.owner.query(
    'select name, target, source from events where workspace_id = $1 order by occurred_at, id',
    [workspace.id],
  );
  return rows;
}

async function quarantined(): Promise<number> {
  const { rows } = await app.database.owner.query(
    'select count(*)::int as count from quarantined_events where workspace_id = $1',
    [workspace.id],
  );
  return rows[0].count;
}

const page = { type: 'page', userId: 'u1', properties: { url: 'https://example.com/pricing?x=1' } };

describe('POST /v1', () => {
  it('takes track, page, screen, identify and batch, and has stored them when it answers', async () => {
    expect(await send('/v1/track', { userId: 'u1', event: 'Demo Requested' })).toEqual({
      status: 200,
      body: { success: true },
    });
    expect((await send('/v1/page', page)).status).toBe(200);
    expect((await send('/v1/screen', { userId: 'u1', name: 'Home' })).status).toBe(200);
    expect((await send('/v1/identify', { userId: 'u1', traits: { email: 'dana@example.com' } })).status).toBe(
      200,
    );
    const batch = await send('/v1/batch', { batch: [page, { ...page, userId: 'u2' }] });
    expect(batch).toEqual({
      status: 200,
      body: { success: true, stored: 2, duplicates: 0, quarantined: [] },
    });
    expect(await stored()).toEqual([
      { name: 'Demo Requested', target: null, source: 'http' },
      { name: 'page_viewed', target: '/pricing', source: 'http' },
      { name: 'screen_viewed', target: 'Home', source: 'http' },
      { name: 'page_viewed', target: '/pricing', source: 'http' },
      { name: 'page_viewed', target: '/pricing', source: 'http' },
    ]);
  });

  it('refuses a single message whose only identity says nothing, and keeps it in quarantine', async () => {
    for (const userId of ['null', 0]) {
      const { status, body } = await send('/v1/track', { userId, event: 'Demo Requested' });
      expect([status, body]).toMatchObject([400, { error: { code: 'INVALID_INPUT', path: 'userId' } }]);
    }
    expect(await quarantined()).toBe(2);
  });

  it('keeps bad messages of a batch in quarantine and stores the others', async () => {
    const batch = [
      page,
      { ...page, timestamp: '1970-01-01' },
      { ...page, timestamp: '3000-01-01' },
      { type: 'page' },
      7,
      null,
    ];
    const { status, body } = await send('/v1/batch', { batch });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      stored: 1,
      quarantined: [
        { path: 'batch[1].timestamp', code: 'INVALID_INPUT' },
        { path: 'batch[2].timestamp', code: 'INVALID_INPUT' },
        { path: 'batch[3].userId' },
        { path: 'batch[4]' },
        { path: 'batch[5]' },
      ],
    });
    expect(await stored()).toHaveLength(1);
    expect(await quarantined()).toBe(5);
  });

  it.each([
    ['a NUL', { event: 'a\0b' }, 'event'],
    ['half a surrogate pair', { event: 'a\ud800' }, 'event'],
    ['an event of 1970', { event: 'e', timestamp: '1970-01-01T00:00:00Z' }, 'timestamp'],
    ['no name', {}, 'event'],
  ])('answers a single message with %s by 400 with the path', async (_, change, path) => {
    const { status, body } = await send('/v1/track', { userId: 'u1', ...change });
    expect({ status, error: body.error }).toMatchObject({
      status: 400,
      error: { code: 'INVALID_INPUT', path },
    });
    expect(await stored()).toEqual([]);
    expect(await quarantined()).toBe(1);
  });
});

describe('authorization', () => {
  it.each([
    ['Basic with a colon', () => basic(`${workspace.key}:`)],
    ['Basic without a colon', () => basic(workspace.key)],
    ['Bearer', () => `Bearer ${workspace.key}`],
  ])('is taken as %s', async (_, authorization) => {
    expect((await send('/v1/page', page, { authorization: authorization() })).status).toBe(200);
  });

  it('is taken from the body', async () => {
    const body = { ...page, writeKey: workspace.key };
    expect((await send('/v1/page', body, { authorization: '' })).status).toBe(200);
    expect(
      (await send('/v1/batch', { batch: [page], writeKey: workspace.key }, { authorization: '' })).status,
    ).toBe(200);
  });

  it('is refused with 401 for a wrong, an expired and a missing key, and 403 for one without the scope', async () => {
    const expired = await createKey(app, workspace.id, ['events:write'], new Date(Date.now() - 1000));
    const reader = await createKey(app, workspace.id, ['contacts:read']);
    const codes = [];
    for (const authorization of [basic('nonsense:'), basic(`${expired}:`), '', basic(`${reader}:`)]) {
      const { status, body } = await send('/v1/page', page, { authorization });
      codes.push([status, body.error?.code]);
    }
    expect(codes).toEqual([
      [401, 'UNAUTHENTICATED'],
      [401, 'UNAUTHENTICATED'],
      [401, 'UNAUTHENTICATED'],
      [403, 'FORBIDDEN'],
    ]);
    expect(await stored()).toEqual([]);
  });
});

describe('a body', () => {
  it.each([
    ['broken JSON', '{"batch": ['],
    ['a list', '[]'],
    ['no batch', '{}'],
    ['a batch that is no list', '{"batch": {}}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 0, 0, 0])],
    ['nothing', ''],
  ])('of %s is answered with 400', async (_, body) => {
    expect(await send('/v1/batch', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'BAD_REQUEST' } },
    });
  });

  it('may be gzip, whatever it calls itself', async () => {
    const zipped = gzipSync(JSON.stringify({ batch: [page] }));
    expect((await send('/v1/batch', zipped, { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(
      (await send('/v1/batch', zipped, { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(200);
    expect(await stored()).toHaveLength(2);
  });

  it('has the limits of the protocol: 32 KB a message, 500 KB and 2,500 messages a batch', async () => {
    const ofSize = (bytes: number) => {
      const empty = JSON.stringify({ ...page, properties: { x: '' } }).length;
      return { ...page, properties: { x: 'x'.repeat(bytes - empty) } };
    };
    expect((await send('/v1/page', ofSize(32 * 1024))).status).toBe(200);
    const tooLarge = { status: 400, body: { error: { code: 'TOO_LARGE' } } };
    expect(await send('/v1/page', ofSize(32 * 1024 + 1))).toMatchObject(tooLarge);
    const mixed = await send('/v1/batch', { batch: [page, ofSize(32 * 1024 + 1)] });
    expect(mixed).toMatchObject({
      status: 200,
      body: { stored: 1, quarantined: [{ code: 'TOO_LARGE', path: 'batch[1]' }] },
    });
    const small = { type: 'track', userId: 'u', event: 'e' };
    expect(
      (await send('/v1/batch', { batch: Array.from({ length: 2500 }, () => small) })).body,
    ).toMatchObject({ stored: 2500 });
    expect(await send('/v1/batch', { batch: Array.from({ length: 2501 }, () => small) })).toMatchObject(
      tooLarge,
    );
    expect(await send('/v1/batch', `{"batch": []${' '.repeat(500 * 1024)}}`)).toMatchObject(tooLarge);
  });

  it('that unpacks to half a gigabyte is refused', async () => {
    // Packed in pieces, which one after the other are a whole: it takes a moment to pack so much at once.
    const piece = gzipSync(Buffer.alloc(16 * 1024 * 1024, ' '));
    const bomb = Buffer.concat(Array.from({ length: 30 }, () => piece));
    expect(bomb.length).toBeLessThan(500 * 1024);
    expect(await send('/v1/batch', bomb)).toMatchObject({
      status: 400,
      body: { error: { code: 'TOO_LARGE' } },
    });
  });

  it('that is nested a hundred thousand levels deep is answered with 400', async () => {
    const deep = `{"batch":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`;
    expect((await send('/v1/batch', deep)).status).toBe(400);
  });

  it.each([
    ['announced', { 'content-length': String(100 * 1024 * 1024) }],
    ['in chunks', {}],
  ])('of 100 MB, %s, is answered before it is sent', async (_, headers) => {
    const { status, sent } = await sendEndlessly(`${app.url}/v1/batch`, 100 * 1024 * 1024, {
      authorization: basic(`${workspace.key}:`),
      ...headers,
    });
    expect(status).toBe(400);
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });
});
