import { createServer, type Server } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, unlimited, type TestApp } from '../support/app.js';
import { variable } from '../support/database.js';
import { keepLog } from '../support/log.js';
import { newOwner } from '../support/person.js';
import { createWorkspace } from '../support/workspaces.js';

const policy = { requests: 5, cost: 100, tracking: 4, address: 6 };

interface Asked {
  status: number;
  code: string | undefined;
  header: (name: string) => string | null;
}

async function ask(
  app: TestApp,
  headers: Record<string, string>,
  query = '{ viewer { user { id } } }',
): Promise<Asked> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return {
    status: response.status,
    code: errors?.[0]?.extensions.code,
    header: (name) => response.headers.get(name),
  };
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

async function askOften(app: TestApp, times: number, headers: Record<string, string>): Promise<Asked[]> {
  const answers: Asked[] = [];
  for (let time = 0; time < times; time += 1) answers.push(await ask(app, headers));
  return answers;
}

describe.each([
  ['in Redis', () => variable('REDIS_URL')],
  ['in the process', () => undefined],
])('limits %s', (_where, redisUrl) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ rateLimits: policy, redisUrl: redisUrl() }, { part: 'http' });
  });
  afterAll(() => app.close());

  it('let a key ask as often as the policy says, tell what is left, and then when to come back', async () => {
    const workspace = await createWorkspace(app);
    const answers = await askOften(app, policy.requests + 1, bearer(workspace.key));
    expect(answers.map(({ header }) => header('ratelimit-remaining'))).toEqual([
      '4',
      '3',
      '2',
      '1',
      '0',
      '0',
    ]);
    expect(answers.map(({ header }) => header('ratelimit-limit'))).toEqual(answers.map(() => '5'));
    const refused = answers.at(-1)!;
    expect([refused.status, refused.code]).toEqual([429, 'RATE_LIMITED']);
    const wait = Number(refused.header('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(refused.header('ratelimit-reset')).toBe(String(wait));
  });

  it('are each key’s and each person’s own', async () => {
    const [one, other] = [await createWorkspace(app), await createWorkspace(app)];
    await askOften(app, policy.requests + 1, bearer(one.key));
    expect((await ask(app, bearer(other.key))).status).toBe(200);
  });

  it('count what queries cost', async () => {
    const workspace = await createWorkspace(app);
    const query = '{ workspace { contacts(first: 14) { edges { node { id createdAt } } } } }';
    const costs = [
      await ask(app, bearer(workspace.key), query),
      await ask(app, bearer(workspace.key), query),
    ];
    expect(costs.map(({ code }) => code)).toEqual([undefined, 'RATE_LIMITED']);
    expect(costs[0]!.header('ratelimit-limit')).toBe('100');
    expect(costs[1]!.status).toBe(429);
    expect(Number(costs[1]!.header('retry-after'))).toBeGreaterThan(0);
  });

  it('count the tracking API by its key', async () => {
    const workspace = await createWorkspace(app);
    const track = (): Promise<Response> =>
      fetch(`${app.url}/v1/track`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(workspace.key) },
        body: JSON.stringify({ userId: 'u', event: 'Seen', messageId: randomUUID() }),
      });
    for (let time = 0; time < policy.tracking; time += 1) expect((await track()).status).toBe(200);
    const refused = await track();
    expect([refused.status, refused.headers.get('ratelimit-remaining')]).toEqual([429, '0']);
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } });
    expect(refused.headers.get('x-ratelimit-reset')).not.toBeNull();
  });
});

describe('a limit', () => {
  it('counts an address that shows nothing valid, so that keys cannot be guessed at leisure', async () => {
    const app = await startTestApp({ rateLimits: policy, redisUrl: undefined }, { part: 'http' });
    try {
      const owner = await newOwner(app.url);
      const guess = (): Promise<Asked> => ask(app, bearer(`ck_${'0'.repeat(12)}_${'0'.repeat(48)}`));
      const codes: (string | undefined)[] = [];
      for (let time = 0; time < policy.address; time += 1) codes.push((await guess()).code);
      expect(codes.at(0)).toBe('UNAUTHENTICATED');
      expect(codes.at(-1)).toBe('RATE_LIMITED');
      expect((await ask(app, {})).code).toBe('RATE_LIMITED');
      expect((await ask(app, { cookie: owner.cookie })).status).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('of nothing is none', async () => {
    const app = await startTestApp({ rateLimits: unlimited, redisUrl: undefined }, { part: 'http' });
    try {
      const { header, status } = await ask(app, {});
      expect([status, header('ratelimit-limit')]).toEqual([200, null]);
    } finally {
      await app.close();
    }
  });

  describe('whose Redis', () => {
    let silent: Server;
    beforeAll(async () => {
      silent = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
    });
    afterAll(() => void silent.close());

    it.each([
      ['is not there', () => 'redis://127.0.0.1:1'],
      ['never answers', () => `redis://127.0.0.1:${(silent.address() as { port: number }).port}`],
    ])('%s holds in the process, and refuses nobody else', async (_what, url) => {
      const { log } = keepLog();
      const app = await startTestApp({ rateLimits: policy, redisUrl: url() }, { part: 'http', log });
      try {
        const workspace = await createWorkspace(app);
        const started = Date.now();
        const answers = await askOften(app, policy.requests + 1, bearer(workspace.key));
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
        expect(Date.now() - started).toBeLessThan(5000);
      } finally {
        await app.close();
      }
    });
  });
});
