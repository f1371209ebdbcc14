import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newOwner } from '../support/person.js';
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

function ask(query: string, variables: Record<string, unknown> = {}): Promise<HttpAnswer> {
  return post(app.url, { query, variables }, { headers: { authorization: `Bearer ${workspace.key}` } });
}

const preview = 'query ($input: PreviewSegmentInput!) { previewSegment(input: $input) { __typename } }';
const event = { attribute: { key: 'email', op: 'exists' } };

describe('a path', () => {
  const upsert =
    'mutation ($list: [ContactInput!]!) { upsertContacts(input: {contacts: $list}) { outcome } }';
  const search = 'query ($mail: String!) { workspace { contact(by: {email: $mail}) { id } } }';
  const create = 'mutation ($made: CreateSegmentInput!) { createSegment(input: $made) { id } }';

  it.each([
    ['of text in a list', upsert, { list: [{ email: 'a\0b' }] }, 'input.contacts[0].email'],
    ['of text by itself', search, { mail: 'a\0b' }, 'by.email'],
    ['of a wrong type', upsert, { list: [{ email: 5 }] }, 'input.contacts[0].email'],
    ['of a variable that is missing', upsert, {}, 'input.contacts'],
    ['of a field that is missing', create, { made: { rule: { text: 'email exists' } } }, 'input.name'],
    ['of a field that is unknown', upsert, { list: [{ mail: 'x' }] }, 'input.contacts[0].mail'],
  ])('%s names the argument, whatever the variable is called', async (_, query, variables, path) => {
    expect(errorOf(await ask(query, variables))).toEqual({ code: 'INVALID_INPUT', path });
  });
});

describe('an input of which exactly one field must be given', () => {
  const contact = 'query ($by: ContactKeyInput!) { workspace { contact(by: $by) { id } } }';

  it.each([
    ['none', contact, { by: {} }, 'by'],
    ['two', contact, { by: { email: 'a@example.com', externalId: 'x' } }, 'by'],
    ['null', contact, { by: { email: null } }, 'by.email'],
    [
      'none, deep inside',
      preview,
      { input: { rule: { tree: { all: [event, {}] } } } },
      'input.rule.tree.all[1]',
    ],
    [
      'two, deep inside',
      preview,
      { input: { rule: { tree: { all: [{ ...event, list: 'x' }] } } } },
      'input.rule.tree.all[0]',
    ],
    [
      'two ways to say a rule',
      preview,
      { input: { rule: { text: 'email exists', tree: event } } },
      'input.rule',
    ],
  ])('is refused with %s, by its path', async (_, query, variables, path) => {
    const answer = await ask(query, variables);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'INVALID_INPUT', path });
    expect(answer.errors?.[0]?.message).toMatch(/exactly one|must be non-null/i);
  });

  it('is refused in the query itself as well', async () => {
    for (const by of ['{}', '{email: "a@example.com", externalId: "x"}', '{email: null}']) {
      const answer = await ask(`{ workspace { contact(by: ${by}) { id } } }`);
      expect(errorOf(answer)?.code).toBe('BAD_REQUEST');
    }
  });
});

/** What PostgreSQL stores in no text; as JSON writes it, because a literal of GraphQL knows the same escapes. */
const unstorable: [what: string, text: string][] = [
  ['a NUL', '\\u0000'],
  ['the first half of a surrogate pair', '\\ud83d'],
  ['the second half of a surrogate pair', '\\ude00'],
  ['halves in the wrong order', '\\ude00\\ud83d'],
];

describe('a text', () => {
  const upsert = `mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id } } }`;
  const send = (variables: string): Promise<HttpAnswer> =>
    post(app.url, `{"query": ${JSON.stringify(upsert)}, "variables": ${variables}}`, {
      headers: { authorization: `Bearer ${workspace.key}` },
    });

  it.each(unstorable)('with %s in a variable is refused by its path', async (_, text) => {
    const answer = await send(
      `{"input": {"externalId": "x", "attributes": [{"key": "city", "value": "a${text}b"}]}}`,
    );
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'INVALID_INPUT', path: 'input.attributes[0].value' });
  });

  it.each(unstorable)('with %s in the name of a field is refused by its path', async (_, text) => {
    const record = 'mutation ($input: EventInput!) { recordEvent(input: $input) { status } }';
    const answer = await post(
      app.url,
      `{"query": "${record}", "variables": {"input":
        {"name": "e", "externalId": "x", "properties": {"a${text}b": 1}}}}`,
      { headers: { authorization: `Bearer ${workspace.key}` } },
    );
    expect(answer.status).toBe(400);
    expect(errorOf(answer)?.code).toBe('INVALID_INPUT');
    expect(errorOf(answer)?.path).toMatch(/^input\.properties\.a.*b$/);
  });

  it('with a NUL in a literal is refused by its path', async () => {
    const answer = await ask(
      'mutation { upsertContact(input: {externalId: "a\\u0000b"}) { contact { id } } }',
    );
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'INVALID_INPUT', path: 'input.externalId' });
  });

  it.each(unstorable.slice(1))('with %s in a literal is refused', async (_, text) => {
    const answer = await ask(
      `mutation { upsertContact(input: {externalId: "a${text}b"}) { contact { id } } }`,
    );
    expect(answer.status).toBe(400);
    expect(errorOf(answer)?.code).toBe('BAD_REQUEST');
  });

  it.each(unstorable)('with %s in a literal of a field that an id names is refused too', async (_, text) => {
    const answer = await ask(`{ workspace { segment(id: "${text}") { name } } }`);
    expect(answer.status).toBe(400);
  });

  it('with a whole surrogate pair and anything else that is text is taken as it is', async () => {
    const value = '😀 \u0001\ufffe\u202e"\\ \ufeff Ωμέγα';
    const answer = await ask(
      `mutation ($input: ContactInput!) { upsertContact(input: $input) { contact {
        identities { value } attributes(keys: ["city"]) { value } } } }`,
      { input: { externalId: '😀', attributes: [{ key: 'city', value }] } },
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toMatchObject({
      upsertContact: { contact: { identities: [{ value: '😀' }], attributes: [{ value }] } },
    });
  });

  it('that is not acceptable is refused everywhere else a request carries text', async () => {
    const nul = encodeURIComponent('a\0b');
    const upload = await fetch(`${app.url}/v1/imports?fileName=${nul}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', authorization: `Bearer ${workspace.key}` },
      body: 'Email\na@example.com\n',
    });
    expect(upload.status).toBe(400);
    expect(await upload.json()).toMatchObject({ error: { code: 'INVALID_INPUT', path: 'fileName' } });
    const unknown = await fetch(`${app.url}/v1/imports/${nul}/rejected.csv`, {
      headers: { authorization: `Bearer ${workspace.key}` },
    });
    expect(unknown.status).toBe(404);
  });
});

describe('a query string', () => {
  it('that says the same thing twice is refused', async () => {
    const twice = `workspaceId=${workspace.id}&workspaceId=${workspace.id}`;
    const headers = { 'content-type': 'text/csv', authorization: `Bearer ${workspace.key}` };
    const answers = await Promise.all([
      fetch(`${app.url}/v1/imports?${twice}`, { method: 'POST', headers, body: 'Email\n' }),
      fetch(`${app.url}/v1/imports/${workspace.id}/rejected.csv?${twice}`, { headers }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { code: 'INVALID_INPUT', path: 'workspaceId' } });
    }
  });
});

describe('a variable', () => {
  it('may not be nested without end', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const query = 'mutation ($input: EventInput!) { recordEvent(input: $input) { status } }';
    const answer = await post(
      app.url,
      `{"query": "${query}", "variables": {"input": {"name": "e", "properties": {"a": ${deep}}}}}`,
      { headers: { authorization: `Bearer ${workspace.key}` } },
    );
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ code: 'INVALID_INPUT', path: 'input' });
  });
});

describe('a problem with an input', () => {
  it('is named by its path, and every other problem with it', async () => {
    const owner = await newOwner(app.url);
    const answer = await owner.ask(
      `mutation ($id: ID!, $input: CreateApiKeyInput!) { createApiKey(workspaceId: $id, input: $input) { key } }`,
      { id: owner.workspaceId, input: { name: '', scopes: [] } },
    );
    const extensions = answer.errors?.[0]?.extensions as { problems?: { path: string; code: string }[] };
    expect(extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.name' });
    expect(extensions.problems?.map(({ path, code }) => ({ path, code }))).toEqual([
      { path: 'input.name', code: 'INVALID_INPUT' },
      { path: 'input.scopes', code: 'INVALID_INPUT' },
    ]);
  });

  it('is named inside of an invitation as well', async () => {
    const owner = await newOwner(app.url);
    const answer = await owner.ask(
      `mutation ($id: ID!, $input: InviteMemberInput!) { inviteMember(organizationId: $id, input: $input) { token } }`,
      { id: owner.organizationId, input: { email: 'x'.repeat(400), role: 'VIEWER' } },
    );
    expect(errorOf(answer)).toEqual({ code: 'INVALID_INPUT', path: 'input.email' });
  });
});
