import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { heldByContact } from '../../api/src/modules/privacy/erasure.repository.js';
import { createPrivacyRetentionTask } from '../../api/src/modules/privacy/privacy-retention.job.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../api/src/platform/log.js';
import { startMailServer, type MailServer } from '../forms/mail-server.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace } from '../support/workspaces.js';
import { Somebody } from './somebody.js';

let mail: MailServer;
let app: TestApp;
let ada: Somebody;
/** What is added to the clock of the server, in milliseconds. */
let ahead = 0;

beforeAll(async () => {
  mail = await startMailServer();
  app = await startTestApp(
    { smtpUrl: mail.url, mailFrom: 'Acme <hello@acme.example>', baseUrl: 'https://coterie.example' },
    { clock: { now: () => new Date(Date.now() + ahead) } },
  );
});
afterAll(async () => {
  await app.close();
  await mail.close();
});
beforeEach(async () => {
  ahead = 0;
  ada = new Somebody(app, await createWorkspace(app, { defaultCountry: 'AT' }));
});

type Line = Record<string, unknown> & { kind: string };

async function download(path: string, headers = ada.headers): Promise<Response> {
  return fetch(app.url + path, { headers });
}

async function linesOf(path: string): Promise<Line[]> {
  const text = await (await download(path)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** Runs the job that runs every day. */
async function expire(): Promise<void> {
  const shared = { poolSize: 2, name: 'test', onConnectionError: () => undefined };
  const directory = createDataSource({ url: app.database.systemUrl, ...shared });
  const tenants = createDataSource({ url: app.database.appUrl, ...shared });
  await Promise.all([directory.initialize(), tenants.initialize()]);
  const task = createPrivacyRetentionTask({
    directory,
    withWorkspace: createWithWorkspace(tenants),
    clock: { now: () => new Date(Date.now() + ahead) },
  });
  const signal = new AbortController().signal;
  await task({}, { signal, log: createLog('silent'), isLastAttempt: true });
  await Promise.all([directory.destroy(), tenants.destroy()]);
}

describe('a copy of what is held about somebody', () => {
  it('has something of every table that refers to a contact, and of every other that names people', async () => {
    await ada.appear();
    const request = await ada.export();
    expect(request).toMatchObject({ kind: 'access', state: 'done', error: null });
    const lines = await linesOf(request.filePath!);
    const kinds = new Set(lines.map(({ kind }) => kind));
    const ofContact = heldByContact.map(([name]) => name.replace(/ies$/u, 'y').replace(/s$/u, ''));
    // A conflict over their telephone is the colleague's.
    const own = ofContact.filter((kind) => kind !== 'identity conflict');
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        ...own,
        'contact',
        'suppression',
        'block',
        'quarantined event',
        'rejected row',
        'row of a file',
        'form submission',
        'audit entry',
        'request',
      ]),
    );
    expect(request.receipt.find(({ kind }) => kind === 'event')!.count).toBe(
      lines.filter(({ kind }) => kind === 'event').length,
    );
    expect(JSON.stringify(lines)).not.toMatch(/other@x\.test|workspace_id|colleague/);
  });

  it('says what, since when, and with which proof', async () => {
    await ada.appear();
    const lines = await linesOf((await ada.export()).filePath!);
    const of = (kind: string): Line[] => lines.filter((line) => line.kind === kind);
    expect(of('identity')).toContainEqual(
      expect.objectContaining({ type: 'email', value: ada.email, created_at: expect.any(String) }),
    );
    expect(of('attribute')).toContainEqual(
      expect.objectContaining({ key: 'city', text: ada.canary, since: expect.any(String) }),
    );
    expect(of('consent history')).toContainEqual(
      expect.objectContaining({ channel: 'email', state: 'granted', proof: ada.canary }),
    );
    expect(of('event')).toContainEqual(
      expect.objectContaining({ name: ada.canary, properties: { page: ada.canary } }),
    );
    expect(of('list')).toContainEqual(expect.objectContaining({ called: 'List' }));
    expect(of('merge')).toContainEqual(
      expect.objectContaining({ reason: 'by_hand', loser_id: expect.any(String) }),
    );
    expect(of('audit entry')).toContainEqual({
      kind: 'audit entry',
      at: expect.any(String),
      operation: 'mergeContacts',
      fields: expect.any(Array),
    });
  });

  it('names the segments that they are in', async () => {
    await ada.appear();
    await ada.workspace.query(
      `mutation { a: createSegment(input: {name: "Known", rule: {text: "identified by email"}}) { id }
         b: createSegment(input: {name: "Elsewhere", rule: {text: "not identified by email"}}) { id } }`,
    );
    const lines = await linesOf((await ada.export()).filePath!);
    expect(lines.filter(({ kind }) => kind === 'segment').map(({ name }) => name)).toEqual(['Known']);
  });

  it('of somebody who is no contact has what names them', async () => {
    await ada.track('/v1/batch', {
      batch: [{ type: 'track', userId: 'x', event: 'x', timestamp: 'never', traits: { email: ada.email } }],
    });
    const lines = await linesOf((await ada.export()).filePath!);
    expect(lines.map(({ kind }) => kind)).toEqual(['quarantined event', 'request']);
  });

  it('can be had for 14 days, and is deleted then', async () => {
    await ada.appear();
    const { id, filePath, fileExpiresAt, completedAt } = await ada.export();
    expect(Date.parse(fileExpiresAt!) - Date.parse(completedAt!)).toBeCloseTo(14 * 86_400_000, -4);
    const answer = await download(filePath!);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    ahead = 14 * 86_400_000 + 60_000;
    expect((await download(filePath!)).status).toBe(404);
    await expire();
    expect(await ada.rows('select 1 from privacy_files where workspace_id = $1')).toEqual([]);
    expect(await ada.ended(id)).toMatchObject({ filePath: null, fileExpiresAt: null });
    expect(await ada.rows('select subject from privacy_requests where workspace_id = $1')).toEqual([
      { subject: null },
    ]);
  });
});
