import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { codeIn, readMarkdown } from '../docs/markdown.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp({ metricsPort: 0 });
  workspace = await createWorkspace(app);
});
afterAll(() => app.close());

async function scrape(): Promise<string> {
  const response = await fetch(app.app.metricsUrl!);
  expect(response.headers.get('content-type')).toContain('text/plain');
  return response.text();
}

/** The value of the first line of a metric that carries all of these labels. */
function valueOf(text: string, metric: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`${metric}{`) && wanted.every((label) => one.includes(label)));
  return Number(line?.split(' ').at(-1) ?? 0);
}

it('tells of requests, operations, messages, jobs, look-ups and connections, and of nobody', async () => {
  const before = await scrape();
  const rule =
    'mutation { createSegment(input: { name: "Seen", rule: { text: "identified by email" } }) { id } }';
  await workspace.query(rule);
  await workspace.query(
    'query MyOwnName { workspace { segments(first: 1) { edges { node { size { value } } } } } }',
  );
  await workspace.ask('{ workspace(id: "nobody@example.com") { id } }');
  const track = (messageId: string): Promise<Response> =>
    fetch(`${app.url}/v1/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${workspace.key}` },
      body: JSON.stringify({ userId: 'somebody', event: 'Bought a thing', messageId }),
    });
  await track('m1');
  await track('m1');
  await fetch(`${app.url}/v1/imports`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', authorization: `Bearer ${workspace.key}` },
    body: 'Email\nada@example.com\n',
  });
  const jobs = (text: string): number =>
    valueOf(text, 'coterie_job_duration_seconds_count', { job: 'import', result: 'done' });
  await expect.poll(async () => jobs(await scrape()), { timeout: 20_000 }).toBe(1);

  const after = await scrape();
  const grown = (metric: string, labels: Record<string, string>): number =>
    valueOf(after, metric, labels) - valueOf(before, metric, labels);
  const requests = 'coterie_http_request_duration_seconds_count';
  expect(grown(requests, { method: 'POST', route: '/v1/track', status: '200' })).toBe(2);
  expect(grown(requests, { method: 'POST', route: '/graphql', status: '200' })).toBe(3);
  const operations = 'coterie_graphql_operation_duration_seconds_count';
  expect(grown(operations, { operation: 'Mutation.createSegment', result: 'OK' })).toBe(1);
  expect(grown(operations, { operation: 'Query.workspace', result: 'NOT_FOUND' })).toBe(1);
  expect(grown('coterie_messages_total', { result: 'stored' })).toBe(1);
  expect(grown('coterie_messages_total', { result: 'duplicate' })).toBe(1);
  expect(grown('coterie_cache_lookups_total', { result: 'miss' })).toBeGreaterThan(0);
  expect(after).toMatch(/coterie_database_connections\{role="app",state="idle"\} \d/u);
  for (const secret of [
    workspace.id,
    workspace.key.slice(0, 15),
    'MyOwnName',
    'Bought',
    'example.com',
    'somebody',
  ])
    expect(after).not.toContain(secret);
});

it('tells the API’s own callers nothing', async () => {
  expect((await fetch(`${app.url}/metrics`)).status).toBe(404);
  expect((await fetch(app.app.metricsUrl!.replace('/metrics', '/graphql'))).status).toBe(404);
});

it('is documented metric by metric', async () => {
  const told = new Set([...(await scrape()).matchAll(/^# TYPE (coterie_\w+)/gmu)].map(([, name]) => name));
  const listed = readMarkdown('api/README.md')
    .section('Watching it')
    .rows.map(([name]) => codeIn(name));
  expect(listed.sort()).toEqual([...told].sort());
});
