import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { performOperation } from '../../api/src/platform/operation.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { newOwner } from '../support/person.js';
import { createKey } from '../support/workspaces.js';

let app: TestApp;
let tenants: Tenants;
let owner: Awaited<ReturnType<typeof newOwner>>;

beforeAll(async () => {
  [app, tenants] = await Promise.all([startTestApp(), openTenants()]);
  owner = await newOwner(app.url);
});
afterAll(() => Promise.all([app.close(), tenants.close()]));

interface Entry {
  id: string;
  operation: string;
  kind: string | null;
  subjectId: string | null;
  fields: string[];
  contacts: number | null;
  requestId: string;
  actor: { kind: string; id: string | null; name: string | null };
}

interface Log {
  edges: { cursor: string; node: Entry }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

const shown = `edges { cursor node { id operation kind subjectId fields contacts requestId actor { kind id name } } }
  pageInfo { hasNextPage endCursor }`;

async function read(filter: object = {}, page: { first?: number; after?: string } = {}): Promise<Log> {
  const { workspace } = await owner.query<{ workspace: { auditLog: Log } }>(
    `query ($id: ID!, $filter: AuditFilterInput, $first: Int, $after: String) {
       workspace(id: $id) { auditLog(filter: $filter, first: $first, after: $after) { ${shown} } } }`,
    { id: owner.workspaceId, filter, ...page },
  );
  return workspace.auditLog;
}

const nodes = ({ edges }: Log): Entry[] => edges.map(({ node }) => node);

const upsert = `mutation ($workspaceId: ID, $input: UpsertContactsInput!) {
  upsertContacts(workspaceId: $workspaceId, input: $input) { error { code } } }`;

function post(key: string, path: string, body: object): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
}

describe('the audit log of a workspace', () => {
  it('says who did what to what, with the request and the names of what changed, and no value', async () => {
    const key = await createKey(app, owner.workspaceId, ['contacts:write', 'contacts:read']);
    const contacts = [
      { email: 'ada@example.com', attributes: [{ key: 'first_name', value: 'Ada' }] },
      { email: 'bob@example.com' },
    ];
    const answer = await post(key, '/graphql', { query: upsert, variables: { input: { contacts } } });
    expect(await answer.json()).not.toHaveProperty('errors');
    const [entry] = nodes(await read({ operation: 'upsertContacts' }));
    expect(entry).toMatchObject({
      operation: 'upsertContacts',
      kind: 'contact',
      contacts: 2,
      requestId: answer.headers.get('x-request-id'),
      actor: { kind: 'KEY', name: 'test' },
    });
    expect(entry!.fields).toContain('contacts');
    expect(JSON.stringify(entry)).not.toMatch(/ada|bob/iu);
  });

  it('is filtered by actor, operation, kind, subject and time, and read in pages', async () => {
    const made: string[] = [];
    for (const name of ['One', 'Two', 'Three']) {
      const { createStaticSegment } = await owner.query<{ createStaticSegment: { id: string } }>(
        `mutation ($id: ID!, $name: String!) {
           createStaticSegment(workspaceId: $id, input: { name: $name }) { id } }`,
        { id: owner.workspaceId, name },
      );
      made.push(createStaticSegment.id);
    }
    const { viewer } = await owner.query<{ viewer: { user: { id: string } } }>('{ viewer { user { id } } }');
    const mine = { actorKind: 'USER', actorId: viewer.user.id };
    expect(nodes(await read({ ...mine, kind: 'segment' })).map(({ subjectId }) => subjectId)).toEqual(
      made.toReversed(),
    );
    const [entry] = nodes(await read({ subjectId: made[1] }));
    expect(entry).toMatchObject({
      operation: 'createStaticSegment',
      fields: ['name'],
      actor: { kind: 'USER', name: 'Ada', id: viewer.user.id },
    });
    const inAMinute = new Date(Date.now() + 60_000).toISOString();
    expect(nodes(await read({ since: inAMinute }))).toEqual([]);
    const first = await read({ ...mine, until: inAMinute }, { first: 2 });
    expect(first.pageInfo.hasNextPage).toBe(true);
    const second = await read({ ...mine, until: inAMinute }, { first: 2, after: first.pageInfo.endCursor });
    expect([...nodes(first), ...nodes(second)].map(({ subjectId }) => subjectId)).toEqual(made.toReversed());
  });

  it('wants the kind of an actor beside the id', async () => {
    const answer = await owner.ask(
      `query ($id: ID!) { workspace(id: $id) { auditLog(filter: { actorId: "1" }) { pageInfo { hasNextPage } } } }`,
      { id: owner.workspaceId },
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'filter.actorId' });
  });

  it('has no entry of what was refused, nor of each tracked event', async () => {
    const key = await createKey(app, owner.workspaceId, ['events:write']);
    const before = nodes(await read()).length;
    const refused = await owner.ask(upsert, {
      workspaceId: owner.workspaceId,
      input: { contacts: [{ email: 'no address' }] },
    });
    expect(refused.errors).toBeUndefined();
    const tracked = await post(key, '/v1/track', { userId: 'u1', event: 'Seen', messageId: 'm1' });
    expect(tracked.status).toBe(200);
    expect(nodes(await read())).toHaveLength(before);
  });

  it('has one entry of an upload, and one of the job that works it off', async () => {
    const key = await createKey(app, owner.workspaceId, ['contacts:write']);
    const answer = await fetch(`${app.url}/v1/imports`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', authorization: `Bearer ${key}` },
      body: 'Email\neve@example.com\n',
    });
    const { id } = (await answer.json()) as { id: string };
    await expect.poll(async () => nodes(await read({ subjectId: id })).length).toBe(2);
    const [job, upload] = nodes(await read({ subjectId: id }));
    expect(upload).toMatchObject({ operation: 'POST /v1/imports', kind: 'import', actor: { kind: 'KEY' } });
    expect(job).toMatchObject({ operation: 'import', actor: { kind: 'SYSTEM', id: null, name: null } });
    expect(job!.requestId).toMatch(/^job:\d+$/u);
  });
});

describe('an entry', () => {
  const operation = { name: 'createSegment', requestId: 'r', actor: 'system', subjectId: null, fields: [] };
  const countEntries = async (workspaceId: string): Promise<number> => {
    const { rows } = await tenants.database.owner.query(
      'select 1 from audit_entries where workspace_id = $1',
      [workspaceId],
    );
    return rows.length;
  };

  it('is written in the transaction that it tells of, and goes with it', async () => {
    const workspaceId = await tenants.newWorkspace();
    const write = (fails: boolean): Promise<void> =>
      performOperation(operation, () =>
        tenants.withWorkspace(workspaceId, async (tx) => {
          await tx.query(
            `insert into attribute_definitions (workspace_id, subject, key, label, type)
             values ($1, 'contact', 'plan', 'Plan', 'text')`,
            [workspaceId],
          );
          if (fails) throw new Error('It was not to be.');
        }),
      );
    await expect(write(true)).rejects.toThrow('not to be');
    expect(await countEntries(workspaceId)).toBe(0);
    await write(false);
    expect(await countEntries(workspaceId)).toBe(1);
  });

  it('is not written for a transaction that only read', async () => {
    const workspaceId = await tenants.newWorkspace();
    await performOperation(operation, () =>
      tenants.withWorkspace(workspaceId, (tx) => tx.query('select * from contacts')),
    );
    expect(await countEntries(workspaceId)).toBe(0);
  });

  it('can be changed and deleted by nobody whom the application connects as', async () => {
    const { rows } = await tenants.database.owner.query(
      `select role, tab from unnest(array['coterie_app', 'coterie_system']) as role,
         unnest(array['audit_entries', 'organization_audit_entries']) as tab
       where has_table_privilege(role, tab, 'update, delete, truncate')`,
    );
    expect(rows).toEqual([]);
  });
});
