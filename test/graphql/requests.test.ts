import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newOwner } from '../support/person.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { errorOf, post, type HttpAnswer } from './post.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
  workspace = await createWorkspace(app);
});
afterAll(() => app?.close());

const ask = (query: string, key = workspace.key): Promise<HttpAnswer> =>
  post(app.url, { query }, { headers: { authorization: `Bearer ${key}` } });

describe('a body', () => {
  it.each([
    ['broken JSON', '{"query": "{ viewer'],
    ['nothing', ''],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['a list', '[]'],
    ['a text', '"{ viewer { __typename } }"'],
    ['null', 'null'],
    ['no query', '{"variables": {}}'],
    ['a query that is no text', '{"query": {"kind": "Document"}}'],
    ['a query that is not GraphQL', '{"query": "select 1"}'],
    ['an empty query', '{"query": ""}'],
    ['variables that are no object', '{"query": "{ __typename }", "variables": "x"}'],
    ['a list of variables', '{"query": "{ __typename }", "variables": [1]}'],
    ['a prototype', '{"query": "{ __typename }", "__proto__": {"isAdmin": true}}'],
    ['an operation name that is no text', '{"query": "{ __typename }", "operationName": 1}'],
  ])('of %s is answered with 400', async (_, body) => {
    const answer = await post(app.url, body);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'BAD_REQUEST', path: '' });
  });

  it.each(['application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
    'of the type %s is answered with 415',
    async (type) => {
      const answer = await post(app.url, { query: '{ __typename }' }, { headers: { 'content-type': type } });
      expect(answer.status).toBe(415);
      expect(errorOf(answer)).toEqual({ code: 'BAD_REQUEST', path: '' });
    },
  );
});

describe('a query', () => {
  it.each([
    ['for a field that there is not', '{ viewer { nme } }', 'BAD_REQUEST', ''],
    ['with an argument that there is not', '{ workspace(name: "x") { id } }', 'BAD_REQUEST', ''],
    ['without fields of an object', '{ workspace }', 'BAD_REQUEST', ''],
    [
      'with a literal of the wrong type',
      '{ workspace { contacts(first: "x") { edges { cursor } } } }',
      'BAD_REQUEST',
      '',
    ],
    ['with two operations and no name', 'query A { __typename } query B { __typename }', 'BAD_REQUEST', ''],
    ['with a fragment that contains itself', '{ ...F } fragment F on Query { ...F }', 'BAD_REQUEST', ''],
    ['that wants to be streamed', '{ ... @defer { __typename } }', 'BAD_REQUEST', ''],
  ])('%s is answered with 400', async (_, query, code, path) => {
    const answer = await ask(query);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code, path });
  });

  it('under an unknown name is answered with 400', async () => {
    const answer = await post(app.url, { query: 'query A { __typename }', operationName: 'B' });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'BAD_REQUEST', path: '' });
  });

  it.each([
    ['a variable that is missing', {}, 'first'],
    ['a variable of the wrong type', { first: 'x' }, 'first'],
    ['a variable that is null', { first: null }, 'first'],
    ['a number beyond 32 bits', { first: 3_000_000_000 }, 'first'],
  ])('with %s is answered with 400 and its name', async (_, variables, path) => {
    const query = 'query ($first: Int!) { workspace { contacts(first: $first) { edges { cursor } } } }';
    const answer = await post(
      app.url,
      { query, variables },
      { headers: { authorization: `Bearer ${workspace.key}` } },
    );
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'INVALID_INPUT', path });
  });

  it('by its hash alone is refused: nothing is remembered between requests', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    expect(errorOf(await post(app.url, { extensions }))?.code).toBe('BAD_REQUEST');
  });

  it('can be sent by GET, a mutation cannot', async () => {
    const get = (query: string): Promise<HttpAnswer> =>
      post(app.url, undefined, { method: 'GET', path: `/graphql?query=${encodeURIComponent(query)}` });
    expect((await get('{ __typename }')).data).toEqual({ __typename: 'Query' });
    const refused = await get('mutation { signOut }');
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe('POST');
    expect(errorOf(refused)).toEqual({ code: 'BAD_REQUEST', path: '' });
  });
});

describe('a page of another origin', () => {
  const query = '{ viewer { user { email } } }';

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])(
    'cannot use the session with the content type %s, which needs no preflight',
    async (type) => {
      const owner = await newOwner(app.url);
      const sent = { headers: { cookie: owner.cookie, 'content-type': type } };
      const answer = await post(app.url, { query: 'mutation { signOut }' }, sent);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(errorOf(answer)?.code).toBe('BAD_REQUEST');
      expect(await owner.whoAmI()).toBe(owner.email);
    },
  );

  it('cannot use the session by GET as a link or an image does', async () => {
    const owner = await newOwner(app.url);
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { cookie: owner.cookie },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(owner.email);
  });

  it('cannot use the session even if its browser sends the cookie, and is not let in by CORS', async () => {
    const owner = await newOwner(app.url);
    const headers = { cookie: owner.cookie, origin: 'https://evil.example' };
    const answer = await post(app.url, { query }, { headers });
    expect(errorOf(answer)?.code).toBe('UNAUTHENTICATED');
    const preflight = await fetch(`${app.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a key', () => {
  const query = '{ workspace { contacts { edges { cursor } } } }';
  const refused = { code: 'UNAUTHENTICATED', path: '' };

  it.each([
    ['that is garbage', () => 'nonsense'],
    ['that looks like one but is none', () => `ck_${'0'.repeat(12)}_${'0'.repeat(48)}`],
    ['with another secret', () => `${workspace.key.slice(0, -1)}${workspace.key.endsWith('0') ? '1' : '0'}`],
    ['of 7 KB', () => 'k'.repeat(7000)],
    ['with bytes beyond ASCII', () => 'ck_\u00e9\u00ff'],
  ])('%s is answered with 401', async (_, key) => {
    const answer = await ask(query, key());
    expect(answer.status).toBe(401);
    expect(errorOf(answer)).toEqual(refused);
  });

  it('that has expired, was revoked, or never was gets one and the same answer', async () => {
    const expired = await createKey(app, workspace.id, ['contacts:read'], new Date(Date.now() - 1000));
    const revoked = await createKey(app, workspace.id, ['contacts:read']);
    await app.database.owner.query(`update api_keys set revoked_at = now() where prefix = $1`, [
      revoked.split('_')[1],
    ]);
    const messages = new Set<string | undefined>();
    for (const key of [expired, revoked, 'nonsense']) {
      const answer = await ask(query, key);
      expect(answer.status).toBe(401);
      messages.add(answer.errors?.[0]?.message);
    }
    expect(messages.size).toBe(1);
  });

  it('that is garbage is not made up for by a session', async () => {
    const owner = await newOwner(app.url);
    const headers = { cookie: owner.cookie, authorization: 'Bearer nonsense' };
    expect((await post(app.url, { query }, { headers })).status).toBe(401);
  });

  it('that lacks a scope is refused by the name of the scope', async () => {
    const reader = await createKey(app, workspace.id, ['segments:read']);
    const answer = await ask(query, reader);
    expect(errorOf(answer)?.code).toBe('FORBIDDEN');
    expect(answer.errors?.[0]?.message).toContain('contacts:read');
    expect(answer.data).toBeNull();
  });

  it('opens its own workspace alone: another one and none at all are answered alike', async () => {
    const other = await createWorkspace(app);
    const answers = await Promise.all(
      [other.id, randomUUID(), 'nonsense', ''].map((id) => ask(`{ workspace(id: "${id}") { name } }`)),
    );
    const texts = answers.map(({ errors }) => JSON.stringify({ ...errors?.[0]?.extensions, requestId: '' }));
    expect(new Set(texts).size).toBe(1);
    expect(errorOf(answers[0] as HttpAnswer)?.code).toBe('NOT_FOUND');
  });

  it('is not needed to read the schema', async () => {
    const answer = await post(app.url, { query: '{ __schema { queryType { name } } }' });
    expect(answer.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });
});
