import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isObjectType,
  isRequiredArgument,
  type GraphQLObjectType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { newOwner, type Home, type Person } from '../support/person.js';

let app: TestApp;
let owner: Person & Home;
let connections: Connection[];

beforeAll(async () => {
  app = await startTestApp();
  owner = await newOwner(app.url);
  await fill();
  const schema = buildClientSchema(await owner.query<IntrospectionQuery>(getIntrospectionQuery()));
  connections = connectionsOf(schema);
});
afterAll(() => app?.close());

/** A connection of the schema: its name and how a query reaches it. */
interface Connection {
  name: string;
  /** Fields with their arguments, from the root on. */
  way: string[];
}

/** What fields on the way, and connections themselves, cannot do without. */
const needed: Record<string, () => string> = {
  'Query.workspace': () => `id: "${owner.workspaceId}"`,
  'Workspace.attributeValues': () => 'key: "city", subject: contact',
  'Workspace.contactsWhere': () => 'rule: { text: "identified by email" }',
};

/** Ways that lead to nothing, because in a workspace of this age nothing has moved. */
const blind = new Set(['Workspace.segmentMoves']);

/** Every field of the schema that takes a cursor, by the shortest way there that needs to know nothing. */
function connectionsOf(schema: GraphQLSchema): Connection[] {
  const found: Connection[] = [];
  const seen = new Set<GraphQLObjectType>();
  const ahead = [{ type: schema.getQueryType()!, way: [] as string[] }];
  for (let next = ahead.shift(); next; next = ahead.shift()) {
    const { type, way } = next;
    if (seen.has(type)) continue;
    seen.add(type);
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      if (blind.has(name)) continue;
      const given = needed[name]?.();
      if (field.args.some(({ name: argument }) => argument === 'after')) {
        found.push({
          name,
          way: [...way, `${field.name}(first: 1, after: $after${given ? `, ${given}` : ''})`],
        });
      }
      if (!given && field.args.some(isRequiredArgument)) continue;
      const target = getNamedType(field.type);
      const pieces = [field.args.some((each) => each.name === 'first') ? 'first: 1' : '', given ?? ''];
      const args = pieces.filter(Boolean).join(', ');
      if (isObjectType(target))
        ahead.push({ type: target, way: [...way, args ? `${field.name}(${args})` : field.name] });
    }
  }
  return found;
}

/** One of everything that is listed. */
async function fill(): Promise<void> {
  const { workspaceId } = owner;
  const contact = {
    externalId: 'ada',
    email: 'ada@example.com',
    company: { domain: 'acme.example' },
    attributes: [{ key: 'city', value: 'Vienna' }],
  };
  const { createSegment, createApiKey } = await owner.query<{
    createSegment: { id: string };
    createApiKey: { key: string };
  }>(
    `mutation ($of: ID!, $contact: ContactInput!, $segment: CreateSegmentInput!, $key: CreateApiKeyInput!,
               $suppressions: AddSuppressionsInput!) {
       upsertContact(workspaceId: $of, input: $contact) { outcome }
       createSegment(workspaceId: $of, input: $segment) { id }
       addSuppressions(workspaceId: $of, input: $suppressions) { error { code } }
       createApiKey(workspaceId: $of, input: $key) { key }
     }`,
    {
      of: workspaceId,
      contact,
      segment: { name: 'Everyone', rule: { text: 'identified by email' } },
      suppressions: { channels: ['ads'], kind: 'email', values: ['no@example.com'] },
      key: { name: 'site', scopes: ['EVENTS_WRITE', 'CONTACTS_WRITE'] },
    },
  );
  await owner.query(
    `mutation ($of: ID!, $seeds: CreateSeedListInput!, $audience: CreateCustomAudienceInput!,
               $destination: CreateDestinationInput!, $automation: CreateAutomationInput!) {
       createAutomation(workspaceId: $of, input: $automation) { __typename }
       createDestination(workspaceId: $of, input: $destination) { __typename }
       createSeedList(workspaceId: $of, input: $seeds) { __typename }
       createCustomAudience(workspaceId: $of, input: $audience) { __typename }
     }`,
    {
      of: workspaceId,
      automation: { name: 'Call', segmentId: createSegment.id, actions: [{ followUp: { note: 'Call' } }] },
      destination: { name: 'Ads', definition: { meta: { adAccountId: '123', accessToken: 'EAAB' } } },
      seeds: { name: 'Seeds', segmentId: createSegment.id },
      audience: { name: 'Ads', platform: 'META', segmentId: createSegment.id, identifiers: ['EMAIL'] },
    },
  );
  await owner.query(
    `mutation ($of: ID!, $blueprint: CreateBlueprintInput!) {
       createBlueprint(organizationId: $of, input: $blueprint) { id }
     }`,
    {
      of: owner.organizationId,
      blueprint: { name: 'Everyone', content: { source: { workspaceId, segmentIds: [createSegment.id] } } },
    },
  );
  const send = (path: string, type: string, body: string): Promise<Response> =>
    fetch(app.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${createApiKey.key}`, 'content-type': type },
      body,
    });
  await send('/v1/imports?fileName=a.csv', 'text/csv', 'email,city\nnot an address,Vienna\n');
  const batch = [
    { type: 'track', userId: 'ada', event: 'bought' },
    { type: 'track', userId: 'ada' },
  ];
  await send('/v1/batch', 'application/json', JSON.stringify({ batch }));
  await vi.waitFor(async () => expect((await askAfter(rejected, null)).cursor).toBeDefined(), 10_000);
}

const rejected: Connection = {
  name: 'Import.rejectedRows',
  get way() {
    const page = 'rejectedRows(first: 1, after: $after)';
    return [`workspace(${needed['Query.workspace']!()})`, 'imports(first: 1)', 'edges', 'node', page];
  },
};

/** What becomes of a connection that is asked from a cursor on. */
async function askAfter(
  { way }: Connection,
  after: string | null,
): Promise<{ code?: string; cursor?: string }> {
  const selection = way.reduceRight((inner, field) => `{ ${field} ${inner} }`, '{ pageInfo { endCursor } }');
  const { data, errors } = await owner.ask(`query ($after: String) ${selection}`, { after });
  const cursor = /"endCursor":"([^"]+)"/.exec(JSON.stringify(data))?.[1];
  return { ...(errors && { code: errors[0]!.extensions.code }), ...(cursor && { cursor }) };
}

const forge = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');

const badParts = [
  'a\0b',
  '\ud800',
  '2026-02-30 10:00:00+00',
  '0000-01-01 00:00:00+00',
  'Tue 5',
  2 ** 31,
  -1,
  1e300,
  1.5,
  null,
  {},
];

describe('a forged cursor', () => {
  it('is refused by every connection that the schema has', async () => {
    expect(connections.length).toBeGreaterThan(15);
    for (const connection of connections) {
      for (const cursor of ['', 'x', forge(5), forge([]), forge([{}]), forge([null, null])]) {
        expect([connection.name, await askAfter(connection, cursor)]).toEqual([
          connection.name,
          { code: 'INVALID_CURSOR' },
        ]);
      }
    }
  });

  it('is never a defect, whichever part of a real one is replaced', async () => {
    const keys: unknown[][] = [];
    for (const connection of connections) {
      const { cursor } = await askAfter(connection, null);
      // Nothing is listed there yet.
      if (cursor === undefined) continue;
      const key = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
      keys.push(key);
      for (const [index] of key.entries()) {
        const forged = badParts.map((part) => forge(key.with(index, part)));
        const answers = await Promise.all(forged.map((each) => askAfter(connection, each)));
        for (const { code } of answers) expect([undefined, 'INVALID_CURSOR']).toContain(code);
        // NUL is nowhere part of a key.
        expect([connection.name, answers[0]?.code]).toEqual([connection.name, 'INVALID_CURSOR']);
      }
    }
    expect(keys.length).toBeGreaterThan(15);
  });
});
