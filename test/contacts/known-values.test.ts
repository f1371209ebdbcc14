import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
  workspace = await createWorkspace(app);
  const contact = (index: number, attributes: { key: string; value: unknown }[]): object => ({
    externalId: `c-${index}`,
    attributes,
  });
  const contacts = ['Berlin', 'berlin', 'Paris', 'Oslo', 'Paris', 'BERLIN'].map((city, index) =>
    contact(index, [
      { key: 'city', value: city },
      { key: 'tags', value: index % 2 === 0 ? ['vip', 'beta'] : ['beta'] },
      { key: 'order_count', value: index % 3 },
      { key: 'birthday', value: '1990-01-01' },
    ]),
  );
  await workspace.query(
    `mutation ($contacts: [ContactInput!]!) { upsertContacts(input: { contacts: $contacts }) { __typename } }`,
    { contacts },
  );
});
afterAll(() => app.close());

interface Values {
  edges: { node: { value: unknown; count: number }; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function valuesOf(args: string): Promise<Values> {
  const { workspace: found } = await workspace.query<{ workspace: { attributeValues: Values } }>(
    `{ workspace { attributeValues(${args}) {
         edges { node { value count } cursor } pageInfo { hasNextPage endCursor }
       } } }`,
  );
  return found.attributeValues;
}

const pairs = ({ edges }: Values): unknown[] => edges.map(({ node }) => [node.value, node.count]);

describe('the known values of an attribute', () => {
  it('come with how many hold them, the most common first, in any case one', async () => {
    const values = await valuesOf('subject: contact, key: "city"');
    expect(values.edges.map(({ node }) => [String(node.value).toLowerCase(), node.count])).toEqual([
      ['berlin', 3],
      ['paris', 2],
      ['oslo', 1],
    ]);
  });

  it('count the items of lists, numbers as numbers', async () => {
    expect(pairs(await valuesOf('subject: contact, key: "tags"'))).toEqual([
      ['beta', 6],
      ['vip', 3],
    ]);
    expect(pairs(await valuesOf('subject: contact, key: "order_count"'))).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });

  it('are searched by a part, and paged without losing one', async () => {
    expect(pairs(await valuesOf('subject: contact, key: "city", search: "AR"'))).toEqual([['Paris', 2]]);
    const first = await valuesOf('subject: contact, key: "order_count", first: 2');
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await valuesOf(
      `subject: contact, key: "order_count", first: 2, after: "${first.pageInfo.endCursor}"`,
    );
    expect([...pairs(first), ...pairs(rest)]).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    expect(rest.pageInfo.hasNextPage).toBe(false);
  });

  it.each([
    ['an unknown attribute', 'subject: contact, key: "nonsense"', 'NOT_FOUND', 'key'],
    ['a date', 'subject: contact, key: "birthday"', 'INVALID_INPUT', 'key'],
    ['a crafted cursor', 'subject: contact, key: "city", after: "WzEsMl0"', 'INVALID_CURSOR', 'after'],
  ])('are refused for %s', async (_what, args, code, path) => {
    const { errors } = await workspace.ask(`{ workspace { attributeValues(${args}) { edges { cursor } } } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code, path });
  });
});
