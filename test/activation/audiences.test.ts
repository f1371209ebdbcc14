import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '@coterie/ad-formats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAudiences, type Audiences } from '../audiences/open-audiences.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { metaDefinition, startMeta } from './platforms/meta.js';
import type { PlatformServer } from './platforms/server.js';

/** The queue is looked at by a worker as in production, so this takes as long as it takes there. */
const patience = 60_000;

let app: TestApp;
let meta: PlatformServer;
let workspace: Audiences;
let id: string;

beforeAll(async () => {
  app = await startTestApp({ secretKeys: [randomBytes(32)], privateNetworks: ['127.0.0.0/8'] });
});
afterAll(() => app.close());

beforeEach(async () => {
  meta = await startMeta();
  workspace = await openAudiences(app);
  id = await workspace.create({
    platform: 'META',
    segmentId: await workspace.everybody(),
    identifiers: ['EMAIL'],
  });
  const { createDestination } = await workspace.query<{ createDestination: { id: string } }>(
    'mutation ($input: CreateDestinationInput!) { createDestination(input: $input) { id } }',
    { input: { name: 'Acme ads', definition: metaDefinition(meta) } },
  );
  await change('setAudienceDestination', 'SetAudienceDestinationInput', {
    destinationId: createDestination.id,
  });
  return () => meta.stop();
});

function change(mutation: string, type = 'CustomAudienceIdInput', input: object = {}): Promise<unknown> {
  return workspace.query(`mutation ($input: ${type}!) { ${mutation}(input: $input) { id } }`, {
    input: { id, ...input },
  });
}

interface Shown {
  held: number;
  schedule: string;
  destinationId: string | null;
  lastSync: { status: string; cause: string; trouble: string | null; added: number; removed: number } | null;
  syncs: { edges: { node: { cause: string; plan: { eligible: number; withoutConsent: number } | null } }[] };
}

async function audience(): Promise<Shown> {
  const { workspace: found } = await workspace.query<{ workspace: { customAudience: Shown } }>(
    `query ($id: ID!, $workspaceId: ID!) { workspace(id: $workspaceId) { customAudience(id: $id) {
       held schedule destinationId lastSync { status cause trouble added removed }
       syncs(first: 5) { edges { node { cause plan { eligible withoutConsent } } } } } } }`,
    { id, workspaceId: workspace.id },
  );
  return found.customAudience;
}

async function until<Value>(look: () => Promise<Value>, isSo: (value: Value) => boolean): Promise<Value> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(100)) {
    const value = await look();
    if (isSo(value)) return value;
  }
  throw new Error('It has not come about in time.');
}

const synced = (): Promise<Shown> =>
  until(audience, ({ lastSync }) => ['succeeded', 'failed'].includes(lastSync?.status.toLowerCase() ?? ''));

const hashes = (...emails: string[]): string[] => emails.map((email) => sha256(email)).sort();

describe('a custom audience of a workspace', { timeout: 2 * patience }, () => {
  it('reaches Meta, and whoever withdraws or is erased leaves it by itself', async () => {
    await workspace.people(
      { email: 'ada@example.com', ads: 'granted' },
      { email: 'bob@example.com', ads: 'granted' },
      { email: 'cleo@example.com', ads: 'granted' },
      { email: 'never@example.com' },
    );
    await change('syncCustomAudience');
    expect(await synced()).toMatchObject({
      held: 3,
      schedule: 'MANUAL',
      lastSync: { status: 'SUCCEEDED', cause: 'MANUAL', trouble: null, added: 3, removed: 0 },
      syncs: { edges: [{ node: { cause: 'MANUAL', plan: { eligible: 3, withoutConsent: 1 } } }] },
    });
    expect(meta.held()).toEqual(hashes('ada@example.com', 'bob@example.com', 'cleo@example.com'));

    await workspace.people({ email: 'ada@example.com', ads: 'withdrawn' });
    await until(audience, ({ held }) => held === 2);
    expect(meta.held()).toEqual(hashes('bob@example.com', 'cleo@example.com'));

    const { requestErasure } = await workspace.query<{ requestErasure: { id: string } }>(
      'mutation { requestErasure(input: {by: {email: "bob@example.com"}}) { id } }',
    );
    interface Requests {
      workspace: {
        privacyRequests: {
          edges: {
            node: { id: string; destinationsTold: { destination: string; confirmedAt: string | null }[] };
          }[];
        };
      };
    }
    const told = async (): Promise<{ destination: string; confirmedAt: string | null }[]> => {
      const found = await workspace.query<Requests>(
        `query ($id: ID!) { workspace(id: $id) { privacyRequests { edges { node {
           id destinationsTold { destination confirmedAt } } } } } }`,
        { id: workspace.id },
      );
      const { edges } = found.workspace.privacyRequests;
      return edges.find(({ node }) => node.id === requestErasure.id)!.node.destinationsTold;
    };
    expect(await until(told, ([notice]) => Boolean(notice?.confirmedAt))).toMatchObject([
      { destination: 'Acme ads' },
    ]);
    expect(meta.held()).toEqual(hashes('cleo@example.com'));
    expect(meta.violations).toEqual([]);
  });

  it('waits while Meta is busy, and says in words that a token has expired', async () => {
    await workspace.people({ email: 'ada@example.com', ads: 'granted' });
    meta.failNext({ status: 429, retryAfter: 1 });
    await change('syncCustomAudience');
    expect((await synced()).lastSync).toMatchObject({ status: 'SUCCEEDED', added: 1 });
    meta.expire();
    await workspace.people({ email: 'bob@example.com', ads: 'granted' });
    await change('syncCustomAudience');
    const { lastSync } = await until(audience, (shown) => shown.lastSync?.status === 'FAILED');
    expect(lastSync?.trouble).toMatch(/expired/iu);
    expect(meta.violations).toEqual([]);
  });

  it('keeps its destination from being deleted', async () => {
    const { destinationId } = await audience();
    const answer = await workspace.ask(
      'mutation ($input: DestinationIdInput!) { deleteDestination(input: $input) }',
      { input: { id: destinationId } },
    );
    expect(answer.errors?.[0]?.extensions.code).toBe('IN_USE');
  });
});
