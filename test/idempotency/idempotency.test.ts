import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIdempotencyRetentionTask } from '../../api/src/modules/idempotency/retention.job.js';
import { IdempotentRequestRepository } from '../../api/src/modules/idempotency/idempotent-request.repository.js';
import { IdempotentRequests } from '../../api/src/modules/idempotency/idempotent-requests.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { performOperation, type IdempotencyMark } from '../../api/src/platform/operation.js';
import { createLog } from '../../api/src/platform/log.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { newOwner } from '../support/person.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let tenants: Tenants;
let workspace: TestWorkspace;

beforeAll(async () => {
  [app, tenants] = await Promise.all([startTestApp({}, { part: 'http' }), openTenants()]);
  workspace = await createWorkspace(app);
});
afterAll(() => Promise.all([app.close(), tenants.close()]));

let keys = 0;
let key: string;
beforeEach(() => void (key = `request-${(keys += 1)}`));

interface Answer {
  status: number;
  replayed: boolean;
  body: { data?: unknown; errors?: { extensions: { code: string } }[]; error?: { code: string } };
}

async function post(
  path: string,
  body: string,
  headers: Record<string, string> = {},
  caller: Record<string, string> = { authorization: `Bearer ${workspace.key}` },
): Promise<Answer> {
  const response = await fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...caller, ...headers },
    body,
  });
  return {
    status: response.status,
    replayed: response.headers.get('idempotency-replayed') === 'true',
    body: (await response.json()) as Answer['body'],
  };
}

const graphql = (query: string, caller?: Record<string, string>): Promise<Answer> =>
  post('/graphql', JSON.stringify({ query }), {}, caller);

const createSegment = (name: string): string =>
  `mutation { createStaticSegment(input: { name: "${name}" }) { id name } }`;

const codeOf = ({ body }: Answer): string | undefined =>
  body.error?.code ?? body.errors?.[0]?.extensions.code;

async function countSegments(name: string): Promise<number> {
  const { rows } = await app.database.owner.query('select 1 from segments where name = $1', [name]);
  return rows.length;
}

describe('a mutation with an Idempotency-Key', () => {
  it('is carried out once, and answered again as it was', async () => {
    const first = await graphql(createSegment('Once'));
    const second = await graphql(createSegment('Once'));
    expect(first.replayed).toBe(false);
    expect(second).toEqual({ ...first, replayed: true });
    expect(await countSegments('Once')).toBe(1);
  });

  it('is carried out once when it is sent many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => graphql(createSegment('At once'))));
    expect(await countSegments('At once')).toBe(1);
    const [done, others] = [
      answers.filter(({ body }) => body.data),
      answers.filter(({ body }) => !body.data),
    ];
    expect(done.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(others.map(codeOf))).toEqual(others.length > 0 ? new Set(['CONFLICT']) : new Set());
    expect(others.every(({ status }) => status === 409)).toBe(true);
  });

  it('is refused when the key was used for another request', async () => {
    await graphql(createSegment('One thing'));
    const other = await graphql(createSegment('Another thing'));
    expect([other.status, codeOf(other)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await countSegments('Another thing')).toBe(0);
  });

  it('is answered again even when it was refused', async () => {
    const refused = await graphql(createSegment(''));
    expect(codeOf(refused)).toBe('INVALID_INPUT');
    expect((await graphql(createSegment(''))).replayed).toBe(true);
  });

  it('shares its key with no other caller', async () => {
    await graphql(createSegment('Mine'));
    const other = { authorization: `Bearer ${await createKey(app, workspace.id, ['segments:read'])}` };
    const theirs = await graphql(createSegment('Mine'), other);
    expect([theirs.replayed, codeOf(theirs)]).toEqual([false, 'FORBIDDEN']);
  });

  it('works for people, in a workspace and in an organization, and hides what is shown once', async () => {
    const owner = await newOwner(app.url);
    const cookie = { cookie: owner.cookie };
    const create = `mutation { createApiKey(workspaceId: "${owner.workspaceId}", input: { name: "x", scopes: [USAGE_READ] }) { key } }`;
    const first = await graphql(create, cookie);
    expect(await graphql(create, cookie)).toEqual({ ...first, replayed: true });
    const { rows } = await app.database.owner.query<{ answer: Buffer }>(
      'select answer from idempotent_requests where workspace_id = $1',
      [owner.workspaceId],
    );
    const secret = (first.body.data as { createApiKey: { key: string } }).createApiKey.key;
    expect(rows[0]!.answer.includes(secret)).toBe(false);
    key = `${key}-b`;
    const make = `mutation { createWorkspace(organizationId: "${owner.organizationId}", input: { name: "Twice?" }) { id } }`;
    const made = await graphql(make, cookie);
    expect(await graphql(make, cookie)).toEqual({ ...made, replayed: true });
  });

  it('needs to say which workspace or organization it is about', async () => {
    const query = 'mutation { signOut }';
    expect(codeOf(await graphql(query, {}))).toBe('BAD_REQUEST');
    const owner = await newOwner(app.url);
    expect(codeOf(await graphql(query, { cookie: owner.cookie }))).toBe('BAD_REQUEST');
  });

  it('learns nothing of a workspace that is not its own', async () => {
    const owner = await newOwner(app.url);
    const ask = (id: string): Promise<Answer> =>
      graphql(`mutation { createStaticSegment(workspaceId: "${id}", input: { name: "x" }) { id } }`, {
        cookie: owner.cookie,
      });
    expect(codeOf(await ask(workspace.id))).toBe('NOT_FOUND');
    expect(codeOf(await ask('00000000-0000-4000-8000-000000000000'))).toBe('NOT_FOUND');
  });

  it('has a key of visible characters', async () => {
    key = 'a b';
    expect(codeOf(await graphql(createSegment('Bad key')))).toBe('INVALID_INPUT');
  });

  it('is a query like any other when it is a query', async () => {
    expect(await graphql('{ workspace { id } }')).toMatchObject({ status: 200, replayed: false });
    expect(await graphql('{ workspace { name } }')).toMatchObject({ status: 200, replayed: false });
  });
});

describe('an upload with an Idempotency-Key', () => {
  const csv = { 'content-type': 'text/csv' };
  const upload = (text: string): Promise<Answer> => post('/v1/imports', text, csv);
  const countImports = async (): Promise<number> =>
    (await app.database.owner.query('select 1 from jobs')).rows.length;

  it('is taken once, and answered again as it was', async () => {
    const file = `Email\n${'someone@example.com\n'.repeat(50_000)}`;
    const before = await countImports();
    const first = await upload(file);
    expect(first.status).toBe(202);
    expect(await upload(file)).toEqual({ ...first, replayed: true });
    expect(await countImports()).toBe(before + 1);
  });

  it('is refused when the key was used for another file', async () => {
    await upload('Email\nada@example.com\n');
    const other = await upload('Email\nbob@example.com\n');
    expect([other.status, codeOf(other)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('what died on the way', () => {
  const answer = { status: 200, contentType: 'application/json', body: '{}' };
  const hash = Buffer.alloc(32, 1);
  let requests: IdempotentRequests;
  let repository: IdempotentRequestRepository;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const directory = createDataSource({
      url: tenants.database.systemUrl,
      poolSize: 2,
      name: 'test',
      onConnectionError: () => undefined,
    });
    await directory.initialize();
    close = () => directory.destroy();
    repository = new IdempotentRequestRepository({ withWorkspace: tenants.withWorkspace, directory });
    requests = new IdempotentRequests(repository, createLog('silent'));
    return close;
  });

  async function begin(workspaceId: string, text = key) {
    const scope = { kind: 'workspace', id: workspaceId } as const;
    return requests.begin({ scope, caller: 'key:1', key: text }, async () => hash, hash);
  }

  async function die(workspaceId: string, mark?: IdempotencyMark): Promise<void> {
    if (mark) {
      const operation = {
        name: 'x',
        requestId: 'r',
        actor: 'system',
        subjectId: null,
        fields: [],
        idempotency: mark,
      };
      await performOperation(operation, () =>
        tenants.withWorkspace(workspaceId, (tx) =>
          tx.query(`insert into workspace_versions (workspace_id, version) values ($1, 1)`, [workspaceId]),
        ),
      );
    }
    await tenants.database.owner.query(
      `update idempotent_requests set lease_until = now() - interval '1 second'`,
    );
  }

  it('is carried out anew if it had changed nothing', async () => {
    const workspaceId = await tenants.newWorkspace();
    await begin(workspaceId);
    await expect(begin(workspaceId)).rejects.toMatchObject({ code: 'CONFLICT', retryAfter: 1 });
    await die(workspaceId);
    expect(await begin(workspaceId)).toHaveProperty('begun');
  });

  it('is never carried out twice if it had changed something', async () => {
    const workspaceId = await tenants.newWorkspace();
    const beginning = await begin(workspaceId);
    await die(workspaceId, 'begun' in beginning ? beginning.begun.mark : undefined);
    await expect(begin(workspaceId)).rejects.toMatchObject({ code: 'CONFLICT', retryAfter: undefined });
  });

  it('is forgotten after a day, by the job and by the next request', async () => {
    const workspaceId = await tenants.newWorkspace();
    for (const text of ['one', 'two']) {
      const beginning = await begin(workspaceId, text);
      if ('begun' in beginning) await beginning.begun.keep(hash, answer);
    }
    expect(await begin(workspaceId, 'one')).toEqual({ again: answer });
    await tenants.database.owner.query(
      `update idempotent_requests set started_at = now() - interval '25 hours'`,
    );
    expect(await begin(workspaceId, 'one')).toHaveProperty('begun');
    const task = createIdempotencyRetentionTask(
      { directory: { query: async () => [{ id: workspaceId }] } as never },
      repository,
    );
    await task({}, { signal: new AbortController().signal, log: createLog('silent'), isLastAttempt: false });
    const { rows } = await tenants.database.owner.query(
      'select 1 from idempotent_requests where workspace_id = $1',
      [workspaceId],
    );
    expect(rows).toHaveLength(1);
  });

  it('may be sent again at once when it met an outage before anything was changed', async () => {
    const workspaceId = await tenants.newWorkspace();
    const beginning = await begin(workspaceId);
    if ('begun' in beginning) await beginning.begun.release(hash, answer);
    await sleep(0);
    expect(await begin(workspaceId)).toHaveProperty('begun');
  });
});
