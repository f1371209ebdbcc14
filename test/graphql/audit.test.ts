import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

it('keeps to the specification of GraphQL over HTTP', async () => {
  const results = await auditServer({ url: `${app.url}/graphql` });
  const counts = Object.groupBy(results, ({ status }) => status);
  const summary = Object.entries(counts).map(([status, some]) => `${some?.length} ${status}`);
  console.info(`${results.length} audits: ${summary.join(', ')}`);
  expect(results.length).toBeGreaterThan(50);
  const errors = results.flatMap((result) =>
    result.status === 'error' ? [`${result.name}: ${result.reason}`] : [],
  );
  expect(errors).toEqual([]);
});
