import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { s3Bucket, s3Key, startS3, type S3Server } from './platforms/s3.js';

let app: TestApp;
let s3: S3Server;
let folder: string;
let workspace: TestWorkspace;
let audienceId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coterie-exports-'));
  s3 = await startS3();
  app = await startTestApp({ exportDir: folder, privateNetworks: ['127.0.0.0/8'] });
});
afterAll(async () => {
  await app?.close();
  await s3?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  s3.objects.clear();
  s3.failures.length = 0;
  workspace = await createWorkspace(app);
  await know('ada@example.com');
  await know('bob@example.com');
  const { id: segmentId } = await change('createSegment', 'CreateSegmentInput', '{ id }', {
    name: 'Everybody',
    rule: { text: 'identified by email' },
  });
  const audience = { name: 'Täglich / all', platform: 'META', segmentId, identifiers: ['EMAIL', 'NAME'] };
  audienceId = (await change('createCustomAudience', 'CreateCustomAudienceInput', '{ id }', audience)).id;
});

async function change<Answer = { id: string }>(
  name: string,
  type: string,
  fields: string,
  input: object,
): Promise<Answer> {
  const text = `mutation ($input: ${type}!) { ${name}(input: $input) ${fields} }`;
  return (await workspace.query<Record<string, Answer>>(text, { input }))[name]!;
}

async function know(email: string, state = 'granted'): Promise<void> {
  await change('upsertContact', 'ContactInput', '{ outcome }', {
    email,
    attributes: [{ key: 'first_name', value: 'Ada' }],
    consents: [{ channel: 'ads', state, source: 'test' }],
  });
}

const local = { file: { folder: 'audiences/daily' } };
const bucket = (): object => ({
  file: { storage: 's3', endpoint: s3.url, folder: 'daily', ...s3Bucket, ...s3Key },
});

async function destination(definition: object): Promise<string> {
  return (
    await change('createDestination', 'CreateDestinationInput', '{ id }', { name: 'Files', definition })
  ).id;
}

async function tried(definition: object): Promise<string | null> {
  const id = await destination(definition);
  const answer = await change<{ trouble: string | null }>(
    'testDestination',
    'DestinationIdInput',
    '{ trouble }',
    { id },
  );
  return answer.trouble;
}

interface Sync {
  id: string;
  status: string;
  trouble: string | null;
}

async function latest(): Promise<Sync | null> {
  const { workspace: shown } = await workspace.query<{
    workspace: { customAudience: { lastSync: Sync | null } };
  }>('query ($id: ID!) { workspace { customAudience(id: $id) { lastSync { id status trouble } } } }', {
    id: audienceId,
  });
  return shown.customAudience.lastSync;
}

/** Brings the file up to date, and waits until it is. */
async function sync(): Promise<Sync> {
  await change('syncCustomAudience', 'CustomAudienceIdInput', '{ id }', { id: audienceId });
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const last = await latest();
    if (last && !['RUNNING', 'WAITING'].includes(last.status)) return last;
  }
  throw new Error('The sync has not ended.');
}

async function goTo(definition: object): Promise<void> {
  await change('setAudienceDestination', 'SetAudienceDestinationInput', '{ id }', {
    id: audienceId,
    destinationId: await destination(definition),
    schedule: 'MANUAL',
  });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const fileOf = (...emails: string[]): string =>
  ['email,firstName', ...emails.map((email) => `${sha256(email)},${sha256('ada')}`).sort(), ''].join('\r\n');

const localFile = (): string =>
  join(folder, workspace.id, 'audiences/daily', `ta-glich-all-${audienceId}.csv`);

const places = [
  { where: 'a folder', definition: () => local, read: () => readFile(localFile(), 'utf8') },
  {
    where: 'a bucket',
    definition: bucket,
    read: () => Promise.resolve(s3.objects.get(`daily/ta-glich-all-${audienceId}.csv`)),
  },
];

describe.each(places)('an audience that is kept as a file in $where', ({ definition, read }) => {
  it('holds exactly who is in it, normalised and hashed as the platform wants it', async () => {
    await goTo(definition());
    expect(await sync()).toMatchObject({ status: 'SUCCEEDED', trouble: null });
    expect(await read()).toBe(fileOf('ada@example.com', 'bob@example.com'));
    await know('eve@example.com');
    await sync();
    expect(await read()).toBe(fileOf('ada@example.com', 'bob@example.com', 'eve@example.com'));
  });

  it('holds nobody any more who withdrew, or was erased', async () => {
    await goTo(definition());
    await sync();
    await know('bob@example.com', 'withdrawn');
    await expect.poll(read, { timeout: 30_000 }).toBe(fileOf('ada@example.com'));
    await change('requestErasure', 'PrivacySubjectInput', '{ id }', { by: { email: 'ada@example.com' } });
    await expect.poll(read, { timeout: 30_000 }).toBe('');
  });

  it('works when it is tried, and nothing is left of that', async () => {
    expect(await tried(definition())).toBeNull();
    const left = await readdir(join(folder, workspace.id, 'audiences/daily')).catch(() => []);
    expect([...left, ...s3.objects.keys()]).toEqual([]);
  });
});

describe('files that are in use', () => {
  it('are not moved, and begin anew when somebody takes them away', async () => {
    await goTo(local);
    await sync();
    const { workspace: shown } = await workspace.query<{
      workspace: { customAudience: { destinationId: string } };
    }>('query ($id: ID!) { workspace { customAudience(id: $id) { destinationId } } }', { id: audienceId });
    const { errors } = await workspace.ask(
      'mutation ($input: UpdateDestinationInput!) { updateDestination(input: $input) { id } }',
      { input: { id: shown.customAudience.destinationId, definition: { file: { folder: 'elsewhere' } } } },
    );
    expect(errors?.[0]?.extensions.code).toBe('IN_USE');
    await rm(localFile());
    await know('eve@example.com');
    await sync();
    await expect
      .poll(() => readFile(localFile(), 'utf8').catch(() => ''), { timeout: 30_000 })
      .toBe(fileOf('ada@example.com', 'bob@example.com', 'eve@example.com'));
  });

  it('lose the row of somebody who shares a device with one who stays', async () => {
    const device = '38400000-8cf0-11bd-b23e-10b96e40000d';
    for (const email of ['ada@example.com', 'bob@example.com'])
      await change('upsertContact', 'ContactInput', '{ outcome }', {
        email,
        attributes: [{ key: 'mobile_ad_ids', value: [device] }],
      });
    await change('updateCustomAudience', 'UpdateCustomAudienceInput', '{ id }', {
      id: audienceId,
      identifiers: ['EMAIL', 'MOBILE_AD_ID'],
    });
    await goTo(local);
    await sync();
    expect((await readFile(localFile(), 'utf8')).match(new RegExp(device, 'g'))).toHaveLength(2);
    await change('requestErasure', 'PrivacySubjectInput', '{ id }', { by: { email: 'bob@example.com' } });
    await expect
      .poll(() => readFile(localFile(), 'utf8'), { timeout: 30_000 })
      .not.toContain(sha256('bob@example.com'));
    expect(await readFile(localFile(), 'utf8')).toContain(sha256('ada@example.com'));
  });
});

describe('a folder', () => {
  it('belongs to one workspace, and to who runs Coterie alone', async () => {
    await goTo(local);
    await sync();
    expect((await stat(localFile())).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, workspace.id))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, workspace.id, 'audiences/daily'))).toHaveLength(1);
  });

  it.each(['..', 'a/../../b', '/..', 'a//b', '.hidden', 'a\\b', 'a/..'])('is never %s', async (path) => {
    const { errors } = await workspace.ask(
      'mutation ($input: CreateDestinationInput!) { createDestination(input: $input) { id } }',
      { input: { name: 'Files', definition: { file: { folder: path } } } },
    );
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_INPUT',
      path: 'input.definition.file.folder',
    });
  });
});

describe('a bucket', () => {
  it.each([
    ['the key is not known', { accessKeyId: 'AKIDOTHER' }, /does not accept the credentials/],
    ['the secret is another', { secretAccessKey: 'wrong' }, /does not accept the credentials/],
    ['there is no such bucket', { bucket: 'nobodys' }, /no bucket of this name/],
  ])('says in words that %s', async (_, changes, said) => {
    expect(await tried({ file: { ...(bucket() as { file: object }).file, ...changes } })).toMatch(said);
  });

  it('is waited for while it is busy', async () => {
    await goTo(bucket());
    s3.failures.push({ status: 503, code: 'SlowDown' }, { status: 500, code: 'InternalError' });
    await change('syncCustomAudience', 'CustomAudienceIdInput', '{ id }', { id: audienceId });
    await expect.poll(async () => (await latest())?.status, { timeout: 60_000 }).toBe('WAITING');
    expect((await latest())?.trouble).toMatch(/takes nothing for now/);
  });

  it('never shows its secret', async () => {
    const id = await destination(bucket());
    const { workspace: shown } = await workspace.query<{ workspace: { destination: object } }>(
      'query ($id: ID!) { workspace { destination(id: $id) { settings { name value } } } }',
      { id },
    );
    expect(JSON.stringify(shown)).not.toContain(s3Key.secretAccessKey);
  });
});
