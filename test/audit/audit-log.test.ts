import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuditRetentionTask } from '../../api/src/modules/audit/audit-retention.job.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../api/src/platform/log.js';
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

  it('can be changed by nobody whom the application connects as', async () => {
    const { rows } = await tenants.database.owner.query(
      `select role, tab from unnest(array['coterie_app', 'coterie_system']) as role,
         unnest(array['audit_entries', 'organization_audit_entries']) as tab
       where has_table_privilege(role, tab, 'update, truncate')`,
    );
    expect(rows).toEqual([]);
  });

  it('that is younger than 90 days can be deleted by none of them', async () => {
    const workspaceId = await tenants.newWorkspace();
    await addEntries(workspaceId, [1, 89, 91]);
    await tenants.withWorkspace(workspaceId, (tx) => tx.query('delete from audit_entries'));
    expect(await agesOf('audit_entries', workspaceId)).toEqual([1, 89]);
    const directory = createDataSource({
      url: tenants.database.systemUrl,
      poolSize: 1,
      name: 'test',
      onConnectionError: () => undefined,
    });
    await directory.initialize();
    await directory.query('delete from organization_audit_entries');
    await directory.destroy();
    expect(await agesOf('organization_audit_entries', workspaceId)).toEqual([1, 89]);
  });
});

/** Adds entries that are so many days old to the log of a workspace and of its organization. */
async function addEntries(workspaceId: string, ages: number[], database = tenants.database): Promise<void> {
  const entry = `gen_random_uuid(), now() - age * interval '1 day', 'system', 'old', '{}', 'r'`;
  const columns = 'id, at, actor, operation, fields, request_id';
  await database.owner.query(
    `insert into audit_entries (workspace_id, ${columns}, contacts)
     select $1, ${entry}, 0 from unnest($2::int[]) as age`,
    [workspaceId, ages],
  );
  await database.owner.query(
    `insert into organization_audit_entries (organization_id, ${columns})
     select organization_id, ${entry} from workspaces, unnest($2::int[]) as age where workspaces.id = $1`,
    [workspaceId, ages],
  );
}

/** How old the entries are that {@link addEntries} made, in days. */
async function agesOf(table: string, workspaceId: string, database = tenants.database): Promise<number[]> {
  const scope = table === 'audit_entries' ? 'workspace_id' : 'organization_id';
  const of = scope === 'workspace_id' ? '$1' : '(select organization_id from workspaces where id = $1)';
  const { rows } = await database.owner.query<{ age: number }>(
    `select extract(day from now() - at)::int as age from ${table} where ${scope} = ${of} and operation = 'old' order by 1`,
    [workspaceId],
  );
  return rows.map(({ age }) => age);
}

describe('old entries', () => {
  const set = `mutation ($organizationId: ID!, $days: Int!) {
    setAuditRetention(organizationId: $organizationId, input: {days: $days}) { days } }`;

  it('go after two years, or when the owner of the organization says; that they went is an entry', async () => {
    const person = await newOwner(app.url);
    const { workspaceId, organizationId } = person;
    await addEntries(workspaceId, [1, 100, 500, 800], app.database);
    const shared = { poolSize: 2, name: 'test', onConnectionError: () => undefined };
    const directory = createDataSource({ url: app.database.systemUrl, ...shared });
    const workspaces = createDataSource({ url: app.database.appUrl, ...shared });
    await Promise.all([directory.initialize(), workspaces.initialize()]);
    const withWorkspace = createWithWorkspace(workspaces);
    const task = createAuditRetentionTask({ directory, withWorkspace, clock: { now: () => new Date() } });
    const expire = (): Promise<void> =>
      performOperation(
        { name: 'expire-audit-entries', requestId: 'job:1', actor: 'system', subjectId: null, fields: [] },
        () =>
          task({}, { signal: new AbortController().signal, log: createLog('silent'), isLastAttempt: true }),
      );
    const ages = (): Promise<number[][]> =>
      Promise.all(
        ['audit_entries', 'organization_audit_entries'].map((table) =>
          agesOf(table, workspaceId, app.database),
        ),
      );
    await expire();
    expect(await ages()).toEqual([
      [1, 100, 500],
      [1, 100, 500],
    ]);
    expect(await person.query(set, { organizationId, days: 365 })).toEqual({
      setAuditRetention: { days: 365 },
    });
    await expire();
    expect(await ages()).toEqual([
      [1, 100],
      [1, 100],
    ]);
    await Promise.all([directory.destroy(), workspaces.destroy()]);
    const { rows } = await app.database.owner.query(
      `select operation from audit_entries where workspace_id = $1 and operation like 'expire%'
       union all select operation from organization_audit_entries where organization_id = $2 and operation like 'expire%'`,
      [workspaceId, organizationId],
    );
    expect(rows).toHaveLength(4);
    const kept = await person.query(
      'query ($id: ID!) { organization(id: $id) { auditRetention { days } } }',
      {
        id: organizationId,
      },
    );
    expect(kept).toEqual({ organization: { auditRetention: { days: 365 } } });
  });

  it.each([89, 3651])('cannot be set to go after %i days', async (days) => {
    const person = await newOwner(app.url);
    expect(await person.codeOf(set, { organizationId: person.organizationId, days })).toBe('INVALID_INPUT');
  });
});
