import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { graphql, type GraphQLSchema } from '../../api/node_modules/graphql/index.js';
import { createAttributesModule } from '../../api/src/modules/attributes/index.js';
import { createCompaniesModule } from '../../api/src/modules/companies/index.js';
import { createConsentModule } from '../../api/src/modules/consent/index.js';
import { createContactsModule } from '../../api/src/modules/contacts/index.js';
import { createWorkspacesModule } from '../../api/src/modules/workspaces/index.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { Failure } from '../../api/src/platform/errors.js';
import type { Authorise } from '../../api/src/platform/graphql/access.js';
import { buildCoterieSchema } from '../../api/src/platform/graphql/schema.js';
import type { Services } from '../../api/src/platform/module.js';
import { openTenants, type Tenants } from '../support/builders.js';

let db: Tenants;
let schema: GraphQLSchema;
let workspace: string;
let closeDirectory: () => Promise<void>;

/** Lets everybody in: who may do what has suites of its own. */
const authorise: Authorise = async (context) =>
  Object.assign({}, context, {
    workspace: {
      id: workspace,
      organizationId: '',
      name: 'Acme',
      timeZone: 'Europe/Vienna',
      defaultCountry: 'AT',
      role: 'owner',
    },
  });

beforeAll(async () => {
  db = await openTenants();
  const directory = await createDataSource({
    url: db.database.systemUrl,
    poolSize: 2,
    name: 'test',
    onConnectionError: () => undefined,
  }).initialize();
  closeDirectory = () => directory.destroy();
  const services = { withWorkspace: db.withWorkspace, directory } as Services;
  const modules = [
    createWorkspacesModule,
    createAttributesModule([]),
    createCompaniesModule,
    createContactsModule,
    createConsentModule,
  ];
  schema = await buildCoterieSchema(
    modules.flatMap((create) => create(services).resolvers ?? []),
    authorise,
  );
});
afterAll(async () => {
  await closeDirectory();
  await db.close();
});
beforeEach(async () => {
  workspace = await db.newWorkspace();
});

interface Answer {
  data: Record<string, unknown> | null;
  errors: { code: string; path: string }[];
}

async function run(source: string, variableValues: Record<string, unknown> = {}): Promise<Answer> {
  const contextValue = {
    viewer: { kind: 'nobody' },
    requestId: 'test',
    clock: { now: () => new Date('2026-03-01T10:00:00Z') },
    signal: new AbortController().signal,
  };
  const { data, errors = [] } = await graphql({ schema, source, contextValue, variableValues });
  return {
    data: data as Record<string, never> | null,
    errors: errors.map(({ originalError, message }) =>
      originalError instanceof Failure
        ? { code: originalError.code, path: originalError.path }
        : { code: 'NOT_EXPECTED', path: message },
    ),
  };
}

/** Reads from the workspace; fails the test on any error. */
async function read<Data>(
  selection: string,
  variables: Record<string, unknown> = {},
  declared = '',
): Promise<Data> {
  const { data, errors } = await run(
    `query${declared} { workspace(id: "${workspace}") { ${selection} } }`,
    variables,
  );
  expect(errors).toEqual([]);
  return data!['workspace'] as Data;
}

const upsertMutation = `mutation ($input: UpsertContactsInput!) {
  upsertContacts(input: $input) {
    outcome error { code path } problems { path } warnings { code path }
    contact { id attributes { key value } }
  }
}`;

async function upsert(contacts: object[]): Promise<{ contact: { id: string } | null }[]> {
  const { data, errors } = await run(upsertMutation, { input: { contacts } });
  expect(errors).toEqual([]);
  return data!['upsertContacts'] as { contact: { id: string } | null }[];
}

describe('upsertContacts', () => {
  it('answers each item by itself, with paths into the input', async () => {
    const results = await upsert([
      {
        externalId: '1',
        email: 'Ada@example.com',
        attributes: [
          { key: 'lead_score', value: 7 },
          { key: 'tags', value: ['a'] },
        ],
      },
      { email: 'not an address' },
      { email: 'b@example.com', attributes: [{ key: 'no_such', value: 1 }] },
      { externalId: '2', email: 'ada@example.com' },
    ]);
    expect(results).toMatchObject([
      {
        outcome: 'created',
        error: null,
        contact: {
          attributes: [
            { key: 'email', value: 'ada@example.com' },
            { key: 'external_id', value: '1' },
            { key: 'lead_score', value: 7 },
            { key: 'tags', value: ['a'] },
          ],
        },
      },
      { outcome: null, error: { code: 'INVALID_INPUT', path: 'input.contacts[1].email' }, contact: null },
      { outcome: null, error: { path: 'input.contacts[2].attributes.no_such' }, contact: null },
      { outcome: 'created', warnings: [{ code: 'IDENTITY_CONFLICT', path: 'input.contacts[3].email' }] },
    ]);
  });

  it('takes at most 1,000', async () => {
    const contacts = Array.from({ length: 1_001 }, (_, index) => ({ externalId: `${index}` }));
    const { errors } = await run(upsertMutation, { input: { contacts } });
    expect(errors).toEqual([{ code: 'TOO_LARGE', path: 'input.contacts' }]);
  });

  it('fails as a whole when there is only one', async () => {
    const mutation = `mutation ($input: ContactInput!) { upsertContact(input: $input) { outcome contact { id } } }`;
    expect((await run(mutation, { input: { email: 'no' } })).errors).toEqual([
      { code: 'INVALID_INPUT', path: 'input.email' },
    ]);
    const { data } = await run(mutation, { input: { email: 'a@example.com' } });
    expect(data).toMatchObject({ upsertContact: { outcome: 'created' } });
  });
});

describe('reading contacts', () => {
  const people = (count: number): object[] =>
    Array.from({ length: count }, (_, index) => ({
      externalId: `P-${index}`,
      email: `p${index}@example.com`,
      attributes: [
        { key: 'first_name', value: index % 2 ? 'Ada' : 'Grace' },
        { key: 'last_name', value: `Name${index}` },
        { key: 'birthday', value: '1990-07-01' },
      ],
      company: { domain: `c${index % 7}.example`, attributes: [{ key: 'industry', value: 'Tools' }] },
      consents: [{ channel: 'ads', state: 'granted' }],
    }));

  it('costs the same number of statements however many there are', async () => {
    await upsert(people(60));
    const selection = (first: number): string => `contacts(first: ${first}) { edges { node {
      id identities { kind value } attributes { key label type value since } consents { channel state }
      consentHistory { state } company { name attributes { key value } }
    } } }`;
    const count = async (first: number): Promise<number> => {
      db.statements.length = 0;
      const data = await read<{ contacts: { edges: unknown[] } }>(selection(first));
      expect(data.contacts.edges).toHaveLength(first);
      return db.statements.length;
    };
    const few = await count(2);
    expect(await count(60)).toBe(few);
    const companies = async (first: number): Promise<number> => {
      db.statements.length = 0;
      await read(`companies(first: ${first}) { edges { node { attributes { key } contacts(first: 3) { edges { node {
        id attributes { value } } } } } } }`);
      return db.statements.length;
    };
    expect(await companies(7)).toBe(await companies(2));
    const shown = await read<{ contacts: { edges: { node: object }[] } }>(selection(1));
    expect(shown.contacts.edges[0]!.node).toMatchObject({
      identities: [
        { kind: 'email', value: 'p59@example.com' },
        { kind: 'external_id', value: 'P-59' },
      ],
      attributes: [
        { key: 'birthday', label: 'Birthday', type: 'date', value: '1990-06-30T22:00:00.000Z' },
        { key: 'email' },
        { key: 'external_id' },
        { key: 'first_name', value: 'Ada' },
        { key: 'last_name', value: 'Name59' },
      ],
      consents: [{ channel: 'ads', state: 'granted' }],
      consentHistory: [{ state: 'granted' }],
      company: {
        name: 'c3.example',
        attributes: [{ key: 'domain' }, { key: 'industry', value: 'Tools' }, { key: 'name' }],
      },
    });
  });

  interface PageOfContacts {
    contacts: {
      edges: { node: { id: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  }

  it.each(['newest', 'oldest'])('shows each once, page by page, %s first', async (sort) => {
    const made = (await upsert(people(25))).map((result) => result.contact!.id);
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { contacts }: PageOfContacts = await read(
        `contacts(first: 10, after: $after, sort: ${sort}) { edges { node { id } } pageInfo { hasNextPage endCursor } }`,
        { after },
        '($after: String)',
      );
      seen.push(...contacts.edges.map((edge) => edge.node.id));
      more = contacts.pageInfo.hasNextPage;
      after = contacts.pageInfo.endCursor;
    }
    expect(seen).toEqual(sort === 'oldest' ? made : made.toReversed());
  });

  it('refuses the cursor of something else', async () => {
    const { errors } = await run(
      `{ workspace(id: "${workspace}") { contacts(after: "WzFd") { edges { cursor } } } }`,
    );
    expect(errors).toEqual([{ code: 'INVALID_CURSOR', path: 'after' }]);
  });

  it('finds by the beginnings of address, id and names, and by company', async () => {
    await upsert(people(12));
    const found = async (args: string): Promise<string[]> => {
      const data = await read<{ contacts: { edges: { node: { identities: { value: string }[] } }[] } }>(
        `contacts(sort: oldest, first: 100, ${args}) { edges { node { identities { value } } } }`,
      );
      return data.contacts.edges.map((edge) => edge.node.identities[0]!.value.replace('@example.com', ''));
    };
    expect(await found('search: "P1@"')).toEqual(['p1']);
    expect(await found('search: "p-1"')).toEqual(['p1', 'p10', 'p11']);
    expect(await found('search: "ada NAME1"')).toEqual(['p1', 'p11']);
    expect(await found('search: "%"')).toEqual([]);
    const { companies } = await read<{
      companies: { edges: { node: { id: string; contacts: { edges: unknown[] } } }[] };
    }>(`companies(search: "c2.") { edges { node { id contacts { edges { node { id } } } } } }`);
    expect(companies.edges[0]!.node.contacts.edges).toHaveLength(2);
    expect(await found(`companyId: "${companies.edges[0]!.node.id}"`)).toEqual(['p2', 'p9']);
    expect(await found('companyId: "nonsense"')).toEqual([]);
  });

  it('finds one by its id and by each identity, in any spelling', async () => {
    const [result] = await upsert([
      { externalId: 'X', email: 'x@example.com', phone: '+436641234567', anonymousId: 'd' },
    ]);
    const id = result!.contact!.id;
    const keys = [
      { id },
      { externalId: 'X' },
      { email: 'X@Example.com' },
      { phone: '0664 1234567' },
      { anonymousId: 'd' },
    ];
    for (const by of keys) {
      expect(await read(`contact(by: $by) { id }`, { by }, '($by: ContactKeyInput!)')).toEqual({
        contact: { id },
      });
    }
  });

  it('answers alike for unknown ids and identities, and says what is unreadable', async () => {
    const failure = async (by: object): Promise<unknown> =>
      (
        await run(
          `query ($by: ContactKeyInput!) { workspace(id: "${workspace}") { contact(by: $by) { id } } }`,
          { by },
        )
      ).errors[0];
    expect(await failure({ id: randomUUID() })).toEqual({ code: 'NOT_FOUND', path: 'by.id' });
    expect(await failure({ id: 'nonsense' })).toEqual({ code: 'NOT_FOUND', path: 'by.id' });
    expect(await failure({ email: 'nobody@example.com' })).toEqual({ code: 'NOT_FOUND', path: 'by.email' });
    expect(await failure({ email: 'nonsense' })).toEqual({ code: 'INVALID_INPUT', path: 'by.email' });
  });
});

describe('deleteContact', () => {
  it('removes the contact and notes it; an unknown id fails', async () => {
    const [result] = await upsert([
      { email: 'a@example.com', consents: [{ channel: 'ads', state: 'granted' }] },
    ]);
    const id = result!.contact!.id;
    const mutation = `mutation ($id: ID!) { deleteContact(id: $id) }`;
    expect(await run(mutation, { id })).toEqual({ data: { deleteContact: id }, errors: [] });
    expect((await run(mutation, { id })).errors).toEqual([{ code: 'NOT_FOUND', path: 'id' }]);
    const left = await db.withWorkspace(workspace, (tx) =>
      tx.query(`select (select count(*)::int from contact_identities) as identities,
                       (select count(*)::int from consent_history) as history,
                       (select count(*)::int from changes where facet = '*') as noted`),
    );
    expect(left).toEqual([{ identities: 0, history: 0, noted: 2 }]);
  });
});

describe('attributes of the workspace', () => {
  const create = (input: object): Promise<Answer> =>
    run(
      `mutation ($input: CreateAttributeInput!) { createAttribute(input: $input) { key label type standard settable } }`,
      {
        input,
      },
    );
  const change = (operation: string, input: object, type = 'AttributeKeyInput'): Promise<Answer> =>
    run(`mutation ($input: ${type}!) { ${operation}(input: $input) { key label archivedAt } }`, { input });

  it('are made, take values, and can be archived and brought back', async () => {
    const key = { subject: 'contact', key: 'favorite_color' };
    expect(await create({ ...key, type: 'text' })).toEqual({
      data: {
        createAttribute: {
          key: 'favorite_color',
          label: 'Favorite color',
          type: 'text',
          standard: false,
          settable: true,
        },
      },
      errors: [],
    });
    const red = [{ email: 'a@example.com', attributes: [{ key: 'favorite_color', value: 'red' }] }];
    expect(await upsert(red)).toMatchObject([{ outcome: 'created' }]);
    await change('updateAttribute', { ...key, label: 'Colour' }, 'UpdateAttributeInput');
    expect((await change('archiveAttribute', key)).data).toMatchObject({
      archiveAttribute: { label: 'Colour', archivedAt: '2026-03-01T10:00:00.000Z' },
    });
    expect(await upsert(red)).toMatchObject([
      { error: { path: 'input.contacts[0].attributes.favorite_color' } },
    ]);
    const keys = async (args: string): Promise<string[]> => {
      const { attributes } = await read<{ attributes: { key: string }[] }>(`attributes${args} { key }`);
      return attributes.map((attribute) => attribute.key);
    };
    expect(await keys('')).not.toContain('favorite_color');
    expect(await keys('(subject: contact, includeArchived: true)')).toContain('favorite_color');
    await change('restoreAttribute', key);
    expect(await upsert(red)).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('have good and free keys; standard ones stay as they are', async () => {
    const type = 'number';
    for (const key of ['Upper', '1st', 'with space', '', 'a'.repeat(64)]) {
      expect((await create({ subject: 'contact', key, type })).errors).toEqual([
        { code: 'INVALID_INPUT', path: 'input.key' },
      ]);
    }
    expect((await create({ subject: 'contact', key: 'city', type })).errors).toEqual([
      { code: 'CONFLICT', path: 'input.key' },
    ]);
    expect((await create({ subject: 'company', key: 'seats', type })).errors).toEqual([]);
    expect((await create({ subject: 'company', key: 'seats', type })).errors).toEqual([
      { code: 'CONFLICT', path: 'input.key' },
    ]);
    const standard = await change('archiveAttribute', { subject: 'contact', key: 'city' });
    expect(standard.errors).toEqual([{ code: 'INVALID_INPUT', path: 'input.key' }]);
    const unknown = await change('archiveAttribute', { subject: 'contact', key: 'seats' });
    expect(unknown.errors).toEqual([{ code: 'NOT_FOUND', path: 'input.key' }]);
  });
});

describe('companies', () => {
  it('are upserted by themselves, a result each, and read one by one', async () => {
    const { data, errors } = await run(
      `mutation ($input: UpsertCompaniesInput!) { upsertCompanies(input: $input) {
        outcome error { path } warnings { code path } company { id name domain attributes { key value } } } }`,
      {
        input: {
          companies: [
            {
              externalId: 'A',
              domain: 'www.Acme.example',
              name: 'Acme',
              attributes: [{ key: 'employee_count', value: '12' }],
            },
            { attributes: [] },
            { externalId: 'B', domain: 'acme.example' },
          ],
        },
      },
    );
    expect(errors).toEqual([]);
    const results = data!['upsertCompanies'] as { company: { id: string } }[];
    expect(results).toMatchObject([
      { outcome: 'created', company: { name: 'Acme', domain: 'acme.example' } },
      { outcome: null, error: { path: 'input.companies[1]' }, company: null },
      {
        outcome: 'created',
        warnings: [{ code: 'IDENTITY_CONFLICT', path: 'input.companies[2].domain' }],
        company: { domain: null },
      },
    ]);
    const id = results[0]!.company.id;
    expect(await read(`company(id: "${id}") { name attributes { key value } }`)).toMatchObject({
      company: {
        attributes: [
          { key: 'domain' },
          { key: 'employee_count', value: 12 },
          { key: 'external_id' },
          { key: 'name' },
        ],
      },
    });
    const missing = await run(`{ workspace(id: "${workspace}") { company(id: "${randomUUID()}") { id } } }`);
    expect(missing.errors).toEqual([{ code: 'NOT_FOUND', path: 'id' }]);
  });
});

describe('consents and suppressions', () => {
  it('are recorded for contacts by id, a result each', async () => {
    const [result] = await upsert([{ email: 'a@example.com' }]);
    const contactId = result!.contact!.id;
    const { data } = await run(
      `mutation ($input: RecordConsentsInput!) { recordConsents(input: $input) { contactId changed error { code path } } }`,
      {
        input: {
          consents: [
            { contactId, channel: 'ads', state: 'granted', source: 'form' },
            { contactId, channel: 'ads', state: 'granted' },
            { contactId: randomUUID(), channel: 'ads', state: 'granted' },
            { contactId, channel: 'ads', state: 'granted', recordedAt: '2027-01-01T00:00:00Z' },
          ],
        },
      },
    );
    expect(data!['recordConsents']).toMatchObject([
      { contactId, changed: true, error: null },
      { contactId, changed: false, error: null },
      { changed: false, error: { code: 'NOT_FOUND', path: 'input.consents[2].contactId' } },
      { changed: false, error: { code: 'INVALID_INPUT', path: 'input.consents[3].recordedAt' } },
    ]);
  });

  it('of identities are added, listed and lifted', async () => {
    const add = `mutation ($input: AddSuppressionsInput!) { addSuppressions(input: $input) { changed error { path } } }`;
    const input = {
      channels: ['ads', 'email'],
      kind: 'email',
      values: ['B@example.com', 'a@example.com'],
      reason: 'opt-out',
    };
    expect((await run(add, { input })).data!['addSuppressions']).toMatchObject([
      { changed: true },
      { changed: true },
    ]);
    const list = async (args: string): Promise<string[]> => {
      const { suppressions } = await read<{
        suppressions: { edges: { node: { channel: string; value: string } }[] };
      }>(`suppressions(${args}) { edges { node { channel value reason } } }`);
      return suppressions.edges.map(({ node }) => `${node.channel} ${node.value}`);
    };
    expect(await list('first: 3')).toEqual(['ads a@example.com', 'ads b@example.com', 'email a@example.com']);
    expect(await list('channel: email, search: "B"')).toEqual(['email b@example.com']);
    const lift = `mutation ($input: RemoveSuppressionsInput!) { removeSuppressions(input: $input) { changed } }`;
    await run(lift, { input: { channels: ['ads'], kind: 'email', values: ['a@example.com'] } });
    expect(await list('first: 10')).toEqual([
      'ads b@example.com',
      'email a@example.com',
      'email b@example.com',
    ]);
  });
});
