import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows;
}

/** Opens the official SDK, as its documentation says, with nothing but another host; collects what it complains of. */
function openSdk(host: string): { sdk: Analytics; errors: unknown[] } {
  const sdk = new Analytics({ writeKey: workspace.key, host, flushAt: 10, flushInterval: 50 });
  const errors: unknown[] = [];
  sdk.on('error', (error) => errors.push(error));
  return { sdk, errors };
}

describe('@segment/analytics-node', () => {
  it('identifies people and records what they do', async () => {
    const { sdk, errors } = openSdk(app.url);
    sdk.page({ anonymousId: 'a1', properties: { url: 'https://example.com/pricing?utm_source=ad' } });
    sdk.identify({
      userId: 'u1',
      anonymousId: 'a1',
      traits: { email: 'dana@example.com', firstName: 'Dana', seats: 5 },
    });
    sdk.track({
      userId: 'u1',
      event: 'Demo Requested',
      properties: { form: 'demo' },
      timestamp: new Date('2026-01-02T03:04:05Z'),
    });
    await sdk.closeAndFlush();
    expect(errors).toEqual([]);
    expect(
      await rows(`select e.name, e.target, i.value as email from events e
                  join contact_identities i using (workspace_id, ordinal)
                  where workspace_id = $1 and i.kind = 'email' order by e.name`),
    ).toEqual([
      { name: 'Demo Requested', target: 'demo', email: 'dana@example.com' },
      { name: 'page_viewed', target: '/pricing', email: 'dana@example.com' },
    ]);
    const [deed] = await rows(
      `select occurred_at from events where workspace_id = $1 and name = 'Demo Requested'`,
    );
    // Corrected by the difference between the clocks, which are the same here, and the time the request was under way.
    expect(Math.abs(Number(deed!['occurred_at']) - Date.parse('2026-01-02T03:04:05Z'))).toBeLessThan(5000);
    expect(
      await rows(`select text, number from contact_attributes
                       where workspace_id = $1 and key in ('first_name', 'seats') order by key`),
    ).toEqual([
      { text: 'Dana', number: null },
      { text: null, number: 5 },
    ]);
  });

  it('sends a batch again after a lost answer, and each message is stored once', async () => {
    const { url, passed, server } = await unreliableProxy(app.url);
    const { sdk, errors } = openSdk(url);
    for (let index = 0; index < 25; index += 1)
      sdk.track({ userId: `u${index}`, event: 'Clicked', messageId: `m${index}` });
    await sdk.closeAndFlush();
    server.close();
    expect(errors).toEqual([]);
    // Each batch reached Coterie twice: once with a lost answer, once with one that arrived.
    expect(passed.length).toBeGreaterThanOrEqual(6);
    expect(await rows('select count(*)::int as count from events where workspace_id = $1')).toEqual([
      { count: 25 },
    ]);
  });

  it('drops a batch for good only when the key is wrong, and hears of it', async () => {
    workspace = { ...workspace, key: 'wrong' };
    const sdk = new Analytics({ writeKey: workspace.key, host: app.url, flushAt: 1, maxRetries: 0 });
    const failed = new Promise((resolve) => sdk.on('error', resolve));
    sdk.track({ userId: 'u1', event: 'Clicked' });
    await sdk.closeAndFlush();
    await failed;
    expect(await rows('select 1 from events where workspace_id = $1')).toEqual([]);
  });
});

/** Passes every request on, but loses the answer to the first of each two: the client sees 503 and must try again. */
async function unreliableProxy(target: string): Promise<{ url: string; passed: number[]; server: Server }> {
  const passed: number[] = [];
  const seen = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = await readAll(request);
    const answer = await fetch(`${target}${request.url}`, {
      method: 'POST',
      headers: {
        'content-type': request.headers['content-type'] ?? '',
        authorization: request.headers.authorization ?? '',
      },
      body: body as BodyInit,
    });
    passed.push(answer.status);
    const firstMessage = (JSON.parse(body.toString()) as { batch: { messageId: string }[] }).batch[0]!
      .messageId;
    const status = seen.has(firstMessage) ? answer.status : 503;
    seen.add(firstMessage);
    response.writeHead(status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, passed, server };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
