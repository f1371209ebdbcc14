import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeUsage } from '../../api/src/modules/usage/write-usage.js';
import { systemClock } from '../../api/src/platform/clock.js';
import { UsageMeter, usageMetrics } from '../../api/src/platform/usage.js';
import { codeIn, readMarkdown } from '../docs/markdown.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { newOwner, type Home, type Person } from '../support/person.js';
import { askGraphql, createKey, dataOf, type GraphqlAnswer } from '../support/workspaces.js';

let app: TestApp;
let tenants: Tenants;

beforeAll(async () => {
  [app, tenants] = await Promise.all([startTestApp({}, { part: 'http' }), openTenants()]);
});
afterAll(() => Promise.all([app.close(), tenants.close()]));

interface Usage {
  totals: { metric: string; amount: number }[];
  days: { day: string; metric: string; amount: number }[];
  keys: { keyId: string | null; name: string | null; metric: string; amount: number }[];
  quotas: { metric: string; monthly: number; used: number }[];
  warnings: { metric: string; percent: number; message: string }[];
}

const shown = `totals { metric amount } days { day metric amount } keys { keyId name metric amount }
  quotas { metric monthly used } warnings { metric percent message }`;

async function usageOf(owner: Person & Home): Promise<Usage> {
  const { workspace } = await owner.query<{ workspace: { usage: Usage } }>(
    `query ($id: ID!) { workspace(id: $id) { usage { ${shown} } } }`,
    { id: owner.workspaceId },
  );
  return workspace.usage;
}

const totalOf = ({ totals }: Usage, metric: string): number =>
  totals.find((one) => one.metric === metric)?.amount ?? Number.NaN;

function track(key: string, batch: object[]): Promise<Response> {
  return fetch(`${app.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ batch }),
  });
}

const seen = (userId: string): object => ({ type: 'track', userId, event: 'Seen', messageId: randomUUID() });

const upsert = (key: string, emails: string[]): Promise<GraphqlAnswer> =>
  askGraphql(
    app.url,
    key,
    `mutation ($input: UpsertContactsInput!) { upsertContacts(input: $input) { error { code } } }`,
    { input: { contacts: emails.map((email) => ({ email })) } },
  );

const preview = `{ previewSegment(input: { rule: { text: "identified by email" } }) { count { source } } }`;

async function countStored(workspaceId: string, database = app.database): Promise<number> {
  const { rows } = await database.owner.query<{ amount: string | null }>(
    'select sum(amount) as amount from usage_counts where workspace_id = $1',
    [workspaceId],
  );
  return Number(rows[0]!.amount ?? 0);
}

describe('usage', () => {
  it('is metered by metric, day and key, and only what was done counts', async () => {
    const owner = await newOwner(app.url);
    const key = await createKey(app, owner.workspaceId, [
      'contacts:write',
      'contacts:read',
      'events:write',
      'segments:read',
      'usage:read',
    ]);
    dataOf(await upsert(key, ['ada@example.com', 'bob@example.com', 'no address']));
    dataOf(await upsert(key, ['ada@example.com']));
    const duplicate = seen('u1');
    expect(
      (await track(key, [duplicate, duplicate, seen('u1'), { type: 'identify', userId: 'u1' }])).status,
    ).toBe(200);
    dataOf(await askGraphql(app.url, key, preview, {}));
    dataOf(await askGraphql(app.url, key, preview, {}));
    const usage = await usageOf(owner);
    expect(Object.fromEntries(usage.totals.map(({ metric, amount }) => [metric, amount]))).toEqual({
      // Five of the key, and the question itself.
      API_CALLS: 6,
      EVENTS: 2,
      CONTACTS: 3,
      PREVIEWS: 2,
      COUNTS: 2,
      CACHE_HITS: 1,
      EXPORTS: 0,
    });
    const today = new Date().toISOString().slice(0, 10);
    expect(usage.days).toContainEqual({ day: today, metric: 'EVENTS', amount: 2 });
    const ofKey = usage.keys.filter(({ keyId }) => keyId !== null);
    expect(ofKey.map(({ name, metric, amount }) => [name, metric, amount])).toEqual([
      ['test', 'API_CALLS', 5],
      ['test', 'CACHE_HITS', 1],
      ['test', 'CONTACTS', 3],
      ['test', 'COUNTS', 2],
      ['test', 'EVENTS', 2],
      ['test', 'PREVIEWS', 2],
    ]);
  });

  it('counts a file that is downloaded', async () => {
    const owner = await newOwner(app.url);
    const id = { workspaceId: owner.workspaceId };
    const { createStaticSegment } = await owner.query<{ createStaticSegment: { id: string } }>(
      'mutation ($workspaceId: ID!) { createStaticSegment(workspaceId: $workspaceId, input: { name: "x" }) { id } }',
      id,
    );
    const { createCustomAudience } = await owner.query<{ createCustomAudience: { id: string } }>(
      `mutation ($workspaceId: ID!, $segmentId: ID!) { createCustomAudience(workspaceId: $workspaceId,
         input: { name: "x", segmentId: $segmentId, platform: META }) { id } }`,
      { ...id, segmentId: createStaticSegment.id },
    );
    const path = `/v1/audiences/${createCustomAudience.id}/file.csv?workspaceId=${owner.workspaceId}`;
    const file = await fetch(app.url + path, { headers: { cookie: owner.cookie } });
    expect(file.status).toBe(200);
    expect(totalOf(await usageOf(owner), 'EXPORTS')).toBe(1);
  });

  it('is written in batches, not by requests, and a clean stop loses nothing', async () => {
    const other = await startTestApp({}, { part: 'http' });
    const owner = await newOwner(other.url);
    const key = await createKey(other, owner.workspaceId, []);
    const ask = async (): Promise<number> => {
      const answer = await askGraphql(other.url, key, '{ workspace { id } }', {}).catch(() => undefined);
      return answer?.data ? 1 : 0;
    };
    const before = await countStored(owner.workspaceId, other.database);
    let answered = 0;
    for (let call = 0; call < 20; call += 1) answered += await ask();
    expect(answered).toBe(20);
    const pending = Array.from({ length: 20 }, ask);
    await other.app.close();
    for (const one of await Promise.all(pending)) answered += one;
    expect((await countStored(owner.workspaceId, other.database)) - before).toBeGreaterThanOrEqual(answered);
    await other.database.drop();
  });

  it('that cannot be written is counted on, and written once', async () => {
    const workspaceId = await tenants.newWorkspace();
    const meter = new UsageMeter(systemClock);
    const ignore = (): void => undefined;
    meter.count(workspaceId, 'events', 3, null);
    const down = async (): Promise<never> => Promise.reject(new Error('The database is down.'));
    await expect(writeUsage(meter, down, ignore)).rejects.toThrow('could not be written');
    meter.count(workspaceId, 'events', 4, null);
    tenants.statements.length = 0;
    await writeUsage(meter, tenants.withWorkspace, ignore);
    await writeUsage(meter, tenants.withWorkspace, ignore);
    expect(tenants.statements.filter((text) => text.startsWith('insert into usage_counts'))).toHaveLength(1);
    expect(await countStored(workspaceId, tenants.database)).toBe(7);
  });

  it('is asked about in days that are days', async () => {
    const owner = await newOwner(app.url);
    const pathOf = async (range: string): Promise<unknown> => {
      const answer = await owner.ask(
        `query ($id: ID!) { workspace(id: $id) { usage(${range}) { since } } }`,
        { id: owner.workspaceId },
      );
      return answer.errors?.[0]?.extensions.path;
    };
    expect(await pathOf('since: "2026-02-30"')).toBe('since');
    expect(await pathOf('until: "yesterday"')).toBe('until');
    expect(await pathOf('since: "2026-02-02", until: "2026-02-01"')).toBe('since');
    expect(await pathOf('since: "2020-01-01"')).toBe('since');
  });

  it('is documented metric by metric', () => {
    const listed = readMarkdown('api/README.md').section('Usage').rows;
    expect(listed.map(([metric, meaning]) => [codeIn(metric), meaning])).toEqual(
      Object.entries(usageMetrics).map(([metric, meaning]) => [metric.toUpperCase(), meaning]),
    );
  });

  it('of an organization is that of its workspaces together', async () => {
    const owner = await newOwner(app.url);
    const { createWorkspace } = await owner.query<{ createWorkspace: { id: string } }>(
      `mutation ($id: ID!) { createWorkspace(organizationId: $id, input: { name: "Second" }) { id } }`,
      { id: owner.organizationId },
    );
    for (const id of [owner.workspaceId, createWorkspace.id]) {
      const key = await createKey(app, id, ['contacts:write', 'contacts:read']);
      dataOf(await upsert(key, ['ada@example.com']));
    }
    const { organization } = await owner.query<{
      organization: { usage: { totals: Usage['totals']; workspaces: { name: string; usage: Usage }[] } };
    }>(
      `query ($id: ID!) { organization(id: $id) { usage { totals { metric amount } workspaces { name usage { ${shown} } } } } }`,
      { id: owner.organizationId },
    );
    const { usage } = organization;
    expect(usage.totals).toContainEqual({ metric: 'CONTACTS', amount: 2 });
    expect(usage.workspaces.map((one) => [one.name, totalOf(one.usage, 'CONTACTS')])).toEqual([
      ['First', 1],
      ['Second', 1],
    ]);
  });
});

describe('a quota', () => {
  let owner: Person & Home;
  let key: string;

  beforeAll(async () => {
    owner = await newOwner(app.url);
    key = await createKey(app, owner.workspaceId, [
      'contacts:write',
      'contacts:read',
      'events:write',
      'segments:read',
    ]);
  });

  async function setQuota(metric: string, monthly: number | null): Promise<void> {
    await owner.query(
      `mutation ($id: ID!, $input: SetUsageQuotaInput!) { setUsageQuota(organizationId: $id, input: $input) { metric } }`,
      { id: owner.organizationId, input: { workspaceId: owner.workspaceId, metric, monthly } },
    );
  }

  const codeOf = (answer: GraphqlAnswer): string | undefined => answer.errors?.[0]?.extensions.code;

  it('of events warns at 80 and at 100 per cent, takes what begins below it whole, and then refuses', async () => {
    await setQuota('EVENTS', 5);
    expect(
      (
        await track(
          key,
          Array.from({ length: 3 }, () => seen('u2')),
        )
      ).status,
    ).toBe(200);
    expect((await usageOf(owner)).warnings).toEqual([]);
    expect((await track(key, [seen('u2')])).status).toBe(200);
    expect((await usageOf(owner)).warnings).toMatchObject([{ metric: 'EVENTS', percent: 80 }]);
    expect((await track(key, [seen('u2'), seen('u2')])).status).toBe(200);
    const refused = await track(key, [seen('u2')]);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { code: 'QUOTA_EXCEEDED', path: 'events' } });
    const { warnings, quotas } = await usageOf(owner);
    expect(warnings).toMatchObject([{ metric: 'EVENTS', percent: 100 }]);
    expect(quotas).toEqual([{ metric: 'EVENTS', monthly: 5, used: 6 }]);
    expect((await track(key, [{ type: 'identify', userId: 'u3' }])).status).toBe(200);
    await setQuota('EVENTS', null);
    expect((await track(key, [seen('u2')])).status).toBe(200);
  });

  it('of contacts, previews and calls refuses what would use more', async () => {
    await setQuota('CONTACTS', 0);
    expect(codeOf(await upsert(key, ['new@example.com']))).toBe('QUOTA_EXCEEDED');
    const signal = `mutation { recordSignals(input: {signals: [
      {contact: {email: "new@example.com"}, name: "intent", source: "somebody"}]}) { outcome } }`;
    expect(codeOf(await askGraphql(app.url, key, signal, {}))).toBe('QUOTA_EXCEEDED');
    const upload = await fetch(`${app.url}/v1/imports`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', authorization: `Bearer ${key}` },
      body: 'Email\nnew@example.com\n',
    });
    expect(upload.status).toBe(429);
    await setQuota('PREVIEWS', 0);
    expect(codeOf(await askGraphql(app.url, key, preview, {}))).toBe('QUOTA_EXCEEDED');
    await setQuota('API_CALLS', 1);
    expect(codeOf(await askGraphql(app.url, key, '{ workspace { id } }', {}))).toBe('QUOTA_EXCEEDED');
    // People are not shut out: somebody has to see the warning.
    expect((await usageOf(owner)).warnings.map(({ metric }) => metric)).toEqual([
      'API_CALLS',
      'CONTACTS',
      'PREVIEWS',
    ]);
  });

  it('is a whole number, of a workspace of the organization', async () => {
    const ask = (input: object): Promise<GraphqlAnswer> =>
      owner.ask(
        `mutation ($id: ID!, $input: SetUsageQuotaInput!) { setUsageQuota(organizationId: $id, input: $input) { metric } }`,
        { id: owner.organizationId, input },
      );
    const stranger = await newOwner(app.url);
    const input = { workspaceId: owner.workspaceId, metric: 'EVENTS' };
    expect(codeOf(await ask({ ...input, monthly: 1.5 }))).toBe('INVALID_INPUT');
    expect(codeOf(await ask({ ...input, monthly: -1 }))).toBe('INVALID_INPUT');
    expect(codeOf(await ask({ ...input, workspaceId: stranger.workspaceId, monthly: 1 }))).toBe('NOT_FOUND');
  });
});
