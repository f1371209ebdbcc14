import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { sendEndlessly } from '../support/http.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

const megabyte = 1024 * 1024;
const size = 100 * megabyte;

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
  workspace = await createWorkspace(app);
});
afterAll(() => app?.close());

/** Where a body may be sent, with the headers that get it furthest and the status that refuses it. */
const doors: [path: string, headers: Record<string, string>, status: number][] = [
  ['/graphql', { 'content-type': 'application/json' }, 413],
  ['/v1/batch', { 'content-type': 'application/json' }, 400],
  ['/v1/imports', { 'content-type': 'image/png' }, 400],
  ['/v1/nothing', { 'content-type': 'application/json' }, 413],
];

const waysToSend: [how: string, headers: Record<string, string>][] = [
  ['with its length announced', { 'content-length': String(size) }],
  ['in chunks', {}],
];

function send(path: string, headers: Record<string, string>): Promise<{ status: number; sent: number }> {
  const authorization = `Bearer ${workspace.key}`;
  return sendEndlessly(`${app.url}${path}`, size, { authorization, ...headers });
}

const authorised = doors.filter(([path]) => path !== '/v1/nothing');

describe.each(doors)('a body of 100 MB at %s', (path, headers, status) => {
  it.each(waysToSend)('%s is refused long before it was sent', async (_, length) => {
    const answer = await send(path, { ...headers, ...length });
    expect(answer.status).toBe(status);
    expect(answer.sent).toBeLessThan(size / 2);
  });
});

describe.each(authorised)('a body of 100 MB at %s under a bad key', (path, headers) => {
  it.each(waysToSend)('%s is refused long before it was sent', async (_, length) => {
    const answer = await send(path, { ...headers, ...length, authorization: 'Bearer nonsense' });
    expect(answer.status).toBe(401);
    expect(answer.sent).toBeLessThan(size / 2);
  });
});

describe('many bodies of 100 MB at once', () => {
  it('do not fill the memory, and other requests are answered meanwhile', async () => {
    const watch = watchMemory();
    const before = watch.now();
    const uploads = Promise.all(
      doors.flatMap(([path, headers, status]) =>
        Array.from({ length: 15 }, async () => expect((await send(path, headers)).status).toBe(status)),
      ),
    );
    let answered = 0;
    let done = false;
    void uploads.finally(() => (done = true)).catch(() => undefined);
    do {
      await workspace.query('{ workspace { id } }');
      answered += 1;
    } while (!done);
    await uploads;
    await watch.stop();
    expect(answered).toBeGreaterThan(0);
    // 60 bodies would be 6,000 MB; each may have a few hundred kilobytes on its way.
    expect(watch.peak() - before).toBeLessThan(300 * megabyte);
  });
});

/** Looks at the memory that bodies would fill, outside of JavaScript's heap, every few milliseconds. */
function watchMemory() {
  const now = (): number => {
    const { external, arrayBuffers } = process.memoryUsage();
    return external + arrayBuffers;
  };
  let peak = now();
  let running = true;
  const looking = (async () => {
    while (running) {
      peak = Math.max(peak, now());
      await sleep(5);
    }
  })();
  return {
    now,
    peak: () => peak,
    async stop() {
      running = false;
      await looking;
    },
  };
}
