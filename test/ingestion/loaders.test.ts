import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventLoaders } from '../../api/src/modules/ingestion/event-loaders.js';
import { importLoaders } from '../../api/src/modules/imports/import-loaders.js';
import type { RequestContext } from '../../api/src/platform/context.js';
import { addContacts, addEvents, openTenants, type Tenants } from '../support/builders.js';

let db: Tenants;
beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db.close());

const context = { signal: new AbortController().signal } as RequestContext;

it('the timelines of a page of contacts are read in one statement, whatever their number', async () => {
  const workspaceId = await db.newWorkspace();
  const people = await addContacts(
    db.withWorkspace,
    workspaceId,
    Array.from({ length: 30 }, (_, index) => ({ externalId: `u${index}` })),
  );
  await addEvents(
    db.withWorkspace,
    workspaceId,
    people.flatMap(({ ordinal }) => ['a', 'b', 'c'].map((name) => ({ ordinal, name, target: `${ordinal}` }))),
  );
  const { timeline } = eventLoaders(db.withWorkspace)(context, workspaceId);
  db.statements.length = 0;
  const pages = await Promise.all(
    people.map(({ ordinal }) => timeline.load({ ordinal, filter: {}, after: undefined, limit: 2 })),
  );
  expect(db.statements.filter((text) => text.includes('from events'))).toHaveLength(1);
  for (const [index, page] of pages.entries()) {
    expect(page.map(({ target }) => target)).toEqual(Array(2).fill(`${people[index]!.ordinal}`));
  }
});

it('the rejected rows of a page of imports are read in one statement', async () => {
  const workspaceId = await db.newWorkspace();
  const { rejections } = importLoaders(db.withWorkspace)(context, workspaceId);
  db.statements.length = 0;
  const jobs = Array.from({ length: 5 }, (_, index) => `00000000-0000-7000-8000-00000000000${index}`);
  await Promise.all(jobs.map((jobId) => rejections.load({ jobId, afterLine: 0, limit: 10 })));
  expect(db.statements.filter((text) => text.includes('import_rejections'))).toHaveLength(1);
});
