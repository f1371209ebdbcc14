import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../api/src/platform/graphql/limits.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { errorOf, post, type HttpAnswer } from './post.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
  workspace = await createWorkspace(app);
});
afterAll(() => app?.close());

function ask(query: string, variables?: Record<string, unknown>): Promise<HttpAnswer> {
  return post(app.url, { query, variables }, { headers: { authorization: `Bearer ${workspace.key}` } });
}

const repeated = (count: number, text: (index: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(separator);

/** A condition nested so deep that the query that holds it has so many levels. */
function queryOfDepth(depth: number): string {
  return `{ workspace { ${'... { '.repeat(depth - 2)} name ${' }'.repeat(depth - 2)} } }`;
}

/** Fragments that each spread the next so many times: few words, many fields. */
function fragments(levels: number, spreads: number): string {
  const definitions = repeated(
    levels,
    (level) => `fragment F${level} on Workspace { ${repeated(spreads, () => `...F${level + 1}`)} }`,
  );
  return `{ workspace { ...F0 } } ${definitions} fragment F${levels} on Workspace { name }`;
}

describe('a query', () => {
  it.each<[what: string, most: number, query: (size: number) => string]>([
    [
      'aliases',
      limits.aliases,
      (size) => `{ workspace { ${repeated(size, (index) => `a${index}: name`)} } }`,
    ],
    [
      'directives',
      limits.directives,
      (size) => `{ workspace { ${repeated(size, () => 'name @skip(if: false)')} } }`,
    ],
    ['levels', limits.depth, queryOfDepth],
  ])('may have as many %s as the limit says, and no more', async (_, most, query) => {
    expect((await ask(query(most))).errors).toBeUndefined();
    const refused = await ask(query(most + 1));
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toEqual({ code: 'TOO_COMPLEX', path: '' });
    expect(refused.errors?.[0]?.message).toContain(`at most ${most}`);
  });

  it('may have as many words as the limit says, and no more', async () => {
    // 29 words besides the keys, and no contact whose attributes would be read.
    const query = (words: number): string => `{ workspace { contacts(first: 1) { edges { node {
      attributes(keys: [${'"k" '.repeat(words - 29)}]) { key } } } } } }`;
    expect((await ask(query(limits.tokens))).errors).toBeUndefined();
    const refused = await ask(query(limits.tokens + 1));
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toEqual({ code: 'TOO_COMPLEX', path: '' });
    expect(refused.errors?.[0]?.message).toContain('too long');
  });

  it('may cost as much as the limit says, and no more', async () => {
    // 1 for the workspace, then (1 + 1 + 1 + fields) for each of the contacts on the page.
    const query = (fields: number): string => `query ($first: Int!) { workspace {
      contacts(first: $first) { edges { node { ${repeated(fields, (index) => `f${index}: id`)} } } }
      companies(first: 100) { edges { node { ${repeated(10, () => 'id')} } } }
    } }`;
    expect((await ask(query(10), { first: 50 })).errors).toBeUndefined();
    const nested = `{ workspace { contacts(first: 100) { edges { node {
      events(first: 100) { edges { node { id } } } } } } } }`;
    const refused = await ask(nested);
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toEqual({ code: 'TOO_COMPLEX', path: '' });
    expect(refused.errors?.[0]?.message).toMatch(/costs \d{5,}; at most 10000/);
  });

  it.each([
    ['spreads fragments into millions of fields', fragments(5, 30)],
    ['spreads fragments into a thousand million fields', fragments(12, 6)],
    ['repeats the same field thousands of times', `{ ${'workspace { name } '.repeat(2400)} }`],
    ['opens thousands of braces', `${'{ a '.repeat(3300)}${'}'.repeat(3300)}`],
    ['opens thousands of inline fragments', `{ ${'... { '.repeat(3300)} a ${' }'.repeat(3300)} }`],
    ['opens thousands of brackets', `{ workspace(id: ${'['.repeat(4900)}${']'.repeat(4900)}) { id } }`],
  ])('that %s is refused', async (_, query) => {
    const refused = await ask(query);
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toEqual({ code: 'TOO_COMPLEX', path: '' });
  });

  it('for the whole schema, as tools send it, is answered', async () => {
    const query = getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true, specifiedByUrl: true });
    expect((await ask(query)).errors).toBeUndefined();
  });
});

describe('a page', () => {
  const connections = ['contacts', 'companies', 'segments', 'imports', 'suppressions', 'eventNames'];

  it.each(connections)('of %s has 1 to 100 items', async (connection) => {
    const page = (first: number): Promise<HttpAnswer> =>
      ask(
        `query ($first: Int!) { workspace { ${connection}(first: $first) { pageInfo { hasNextPage } } } }`,
        {
          first,
        },
      );
    for (const first of [1, 100]) expect((await page(first)).errors).toBeUndefined();
    for (const first of [0, 101, -1, -2_147_483_648]) {
      expect(errorOf(await page(first))).toEqual({ code: 'INVALID_INPUT', path: 'first' });
    }
  });

  it.each(connections)('of %s begins only after a cursor of its own', async (connection) => {
    const answers = await Promise.all(
      ['', 'nonsense', 'W10', Buffer.from('["x", 1, null]').toString('base64url'), 'e30', '🙂'].map((after) =>
        ask(`query ($after: String) { workspace { ${connection}(after: $after) { edges { cursor } } } }`, {
          after,
        }),
      ),
    );
    for (const answer of answers) expect(errorOf(answer)).toEqual({ code: 'INVALID_CURSOR', path: 'after' });
  });
});

describe('a bulk mutation', () => {
  const contacts = (count: number) => Array.from({ length: count }, (_, id) => ({ externalId: `c${id}` }));

  it.each([
    ['upsertContacts', 'UpsertContactsInput', 'contacts', (count: number) => contacts(count), '__typename'],
    [
      'recordEvents',
      'RecordEventsInput',
      'events',
      (count: number) => Array.from({ length: count }, () => ({ name: 'e', externalId: 'c1' })),
      '__typename',
    ],
    [
      'upsertCompanies',
      'UpsertCompaniesInput',
      'companies',
      (count: number) => Array.from({ length: count }, (_, id) => ({ domain: `d${id}.example` })),
      '__typename',
    ],
  ])('%s takes 1,000 items and refuses 1,001 whole', async (name, type, list, items, fields) => {
    const send = (count: number): Promise<HttpAnswer> =>
      ask(`mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`, {
        input: { [list]: items(count) },
      });
    const taken = await send(1000);
    expect(taken.errors).toBeUndefined();
    expect((taken.data as Record<string, unknown[]>)[name]).toHaveLength(1000);
    const refused = await send(1001);
    expect(refused.data).toBeNull();
    expect(errorOf(refused)).toEqual({ code: 'TOO_LARGE', path: `input.${list}` });
  });

  it('is not to be had by aliases instead', async () => {
    const query = `mutation { ${repeated(31, (index) => `m${index}: signOut`)} }`;
    expect(errorOf(await ask(query))).toEqual({ code: 'TOO_COMPLEX', path: '' });
  });
});

describe('a batch of requests', () => {
  it('is refused', async () => {
    const one = { query: '{ viewer { __typename } }' };
    const refused = await post(app.url, [one, one]);
    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toEqual({ code: 'BAD_REQUEST', path: '' });
  });
});
