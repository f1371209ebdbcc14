import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { malformed, type Malformed } from './malformed-bodies.js';

const requests = process.env['FULL'] === '1' ? 10_000 : 1000;
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
/** Requests at the same time. */
const connections = 16;
/** Within which every request must be answered, in milliseconds. */
const patience = 20_000;

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
  workspace = await createWorkspace(app, { defaultCountry: 'AT' });
});
afterAll(() => app.close());

function send({ path, headers, body }: Malformed): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, ...headers },
    body: body as BodyInit,
    signal: AbortSignal.timeout(patience),
  });
}

/** What makes a request fail the test, in words that allow to send it again; undefined when nothing does. */
async function faultOf(request: Malformed): Promise<string | undefined> {
  const words = `${request.path} ${JSON.stringify(request.headers)} ${request.body.toString('base64').slice(0, 2000)}`;
  try {
    const response = await send(request);
    const answer = await response.text();
    if (response.status >= 500) return `${response.status} ${answer}: ${words}`;
    return (JSON.parse(answer) as { success: boolean }).success === response.ok
      ? undefined
      : `${answer}: ${words}`;
  } catch (error) {
    return `${String(error)}: ${words}`;
  }
}

describe('malformed bodies', () => {
  it(
    `of ${requests} kinds (seed ${seed}) are each answered in time, and never as a mistake of ours`,
    {
      timeout: 600_000,
    },
    async () => {
      const queue = fc.sample(malformed, { seed, numRuns: requests });
      const faults: string[] = [];
      const work = async (): Promise<void> => {
        for (let request = queue.pop(); request !== undefined; request = queue.pop()) {
          const fault = await faultOf(request);
          if (fault) faults.push(fault);
        }
      };
      await Promise.all(Array.from({ length: connections }, work));
      expect(faults.slice(0, 5)).toEqual([]);
    },
  );

  it('leave the server as it was', async () => {
    const body = Buffer.from(JSON.stringify({ userId: 'someone else', event: 'Fine', messageId: 'fine' }));
    expect((await send({ path: '/v1/track', headers: {}, body })).status).toBe(200);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    const { rows } = await app.database.owner.query(
      `select count(*)::int as count from quarantined_events where workspace_id = $1`,
      [workspace.id],
    );
    expect(rows[0].count).toBeGreaterThan(requests / 20);
  });
});
