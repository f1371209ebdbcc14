import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/process.js';
import { createWorkspace } from '../support/workspaces.js';

/*
 * A Redis cluster of three nodes. It refuses a command with keys of several slots, and sends whoever asks the wrong node
 * to another one.
 */

const servers: ChildProcess[] = [];
const ports: number[] = [];
let folder: string;
let app: TestApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coterie-cluster-'));
  while (ports.length < 3) await startNode();
  const nodes = ports.map((port) => `127.0.0.1:${port}`);
  await vi.waitFor(
    () => promisify(execFile)('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']),
    { timeout: 20_000, interval: 500 },
  );
  await vi.waitFor(async () => {
    for (const port of ports) expect(await ask(port, ['CLUSTER', 'INFO'])).toContain('cluster_state:ok');
  }, 20_000);
  app = await startTestApp({
    redisUrl: ports.map((port) => `redis://127.0.0.1:${port}`).join(','),
    rateLimits: { requests: 1000, cost: 0, tracking: 0, address: 0 },
  });
});
afterAll(async () => {
  await app?.close();
  for (const server of servers) {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

/** The nodes speak to each other at a port of its own each. */
async function startNode(): Promise<void> {
  const [port, bus] = [await freePort(), await freePort()];
  const options = {
    port,
    'cluster-port': bus,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    'cluster-enabled': 'yes',
    'cluster-config-file': join(folder, `nodes-${port}.conf`),
    dir: folder,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  servers.push(spawn('redis-server', flags, { stdio: 'ignore' }));
  ports.push(port);
}

async function ask(port: number, command: string[]): Promise<unknown> {
  const client = await createClient({ url: `redis://127.0.0.1:${port}` })
    .on('error', () => undefined)
    .connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}

it('keeps everything of a workspace on one node of a cluster, and counts limits there', async () => {
  const made = await Promise.all(Array.from({ length: 12 }, () => createWorkspace(app)));
  const rule = 'not job_title is "nobody" and (plan is "pro" or consent ads granted)';
  const query = `query ($rule: String!) { previewSegment(input: {rule: {text: $rule}}) { count { value source } } }`;
  for (const [index, workspace] of made.entries()) {
    const contacts = Array.from({ length: index + 1 }, (_, number) => ({
      externalId: `c-${number}`,
      attributes: [{ key: 'job_title', value: 'somebody' }],
      consents: [{ channel: 'ads', state: 'granted' }],
    }));
    await workspace.query(
      'mutation ($input: UpsertContactsInput!) { upsertContacts(input: $input) { outcome } }',
      {
        input: { contacts },
      },
    );
    await vi.waitFor(async () => {
      const answer = await workspace.query(query, { rule });
      expect(answer).toMatchObject({ previewSegment: { count: { value: index + 1, source: 'CACHE' } } });
    });
  }
  // What is shared is written beside the answer.
  await sleep(200);
  const places = new Map<string, Set<number>>();
  for (const port of ports) {
    for (const key of (await ask(port, ['KEYS', '*'])) as string[]) {
      const owner = made.find(({ id }) => key.startsWith(`{${id}}`))?.id ?? key;
      places.set(owner, (places.get(owner) ?? new Set()).add(port));
    }
  }
  for (const { id } of made) expect(places.get(id)?.size).toBe(1);
  expect(new Set([...places.values()].flatMap((nodes) => [...nodes])).size).toBe(ports.length);
  expect([...places.keys()].filter((key) => key.includes('limit'))).not.toEqual([]);
});
