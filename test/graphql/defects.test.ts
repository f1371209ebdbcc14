import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goodPassword, newOwner } from '../support/person.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { keepLog, type TestLog } from '../support/log.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { errorOf, post, type HttpAnswer } from './post.js';

let app: TestApp;
let workspace: TestWorkspace;
let logged: TestLog;

beforeAll(async () => {
  logged = keepLog();
  app = await startTestApp({}, { log: logged.log });
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

function ask(query: string, variables: Record<string, unknown> = {}): Promise<HttpAnswer> {
  return post(app.url, { query, variables }, { headers: { authorization: `Bearer ${workspace.key}` } });
}

/** Somebody whose name would stand out in a log. */
const dana = { email: 'dana.krauss@example.com', phone: '+4915123456789', city: 'Wolkenkuckucksheim' };
const personal = /dana\.krauss|4915123456789|wolkenkuckucksheim|correct horse/i;

const upsert = `mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id } } }`;
const input = {
  email: dana.email,
  phone: dana.phone,
  attributes: [{ key: 'city', value: dana.city }],
};

/** What stands in the log under the request of an answer's first error. */
function entryOf(answer: HttpAnswer): Record<string, unknown> | undefined {
  const requestId = answer.errors?.[0]?.extensions.requestId;
  return logged.entries.find((entry) => entry['requestId'] === requestId);
}

describe('a defect', () => {
  /** Makes every write of a contact's values fail in the database, with the person's data in the error. */
  const faults: [what: string, make: string, undo: string, code: string][] = [
    [
      'a row that a constraint refuses',
      `alter table contact_attributes add constraint made_up check (folded <> 'wolkenkuckucksheim') not valid`,
      'alter table contact_attributes drop constraint made_up',
      '23514',
    ],
    [
      'a table that is missing',
      'alter table contact_attributes rename to contact_attributes_elsewhere',
      'alter table contact_attributes_elsewhere rename to contact_attributes',
      '42P01',
    ],
  ];
  let undo: string | undefined;

  afterEach(async () => {
    if (undo) await app.database.owner.query(undo);
    undo = undefined;
  });

  it.each(faults)(
    '(%s) is answered with INTERNAL and the id under which the log has the cause',
    async (...fault) => {
      const [, make, undoing, code] = fault;
      await app.database.owner.query(make);
      undo = undoing;
      const answer = await ask(upsert, { input });
      expect(errorOf(answer)).toEqual({ code: 'INTERNAL', path: '' });
      expect(answer.errors?.[0]?.message).toBe(
        'Something went wrong on our side. The request id finds it in the log.',
      );
      expect(answer.data).toBeNull();
      const entry = entryOf(answer) as {
        err: { code: string; message: string; stack: string; query: string };
      };
      expect(entry.err).toMatchObject({ code });
      expect(entry.err.query).toContain('contact_attributes');
      expect(entry.err.stack).toContain(' at ');
      expect(JSON.stringify(entry)).not.toMatch(personal);
    },
  );

  it('over HTTP is answered the same way', async () => {
    await app.database.owner.query(`alter table jobs rename to jobs_elsewhere`);
    undo = 'alter table jobs_elsewhere rename to jobs';
    const response = await fetch(`${app.url}/v1/imports?fileName=${encodeURIComponent(dana.city)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
      body: `Email\n${dana.email}\n`,
    });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toMatch(/jobs|insert|relation|\.ts/);
    const { error } = JSON.parse(text) as { error: { code: string; requestId: string } };
    expect(error.code).toBe('INTERNAL');
    const entry = logged.entries.find(({ requestId }) => requestId === error.requestId);
    expect(entry).toMatchObject({ level: 50, err: { code: '42P01' } });
  });
});

describe('the log', () => {
  it('holds no personal data, no password and no key, even at its most talkative', async () => {
    const owner = await newOwner(app.url);
    await owner.signIn(dana.email, goodPassword);
    await owner.signIn(owner.email, 'correct horse but wrong');
    await ask(upsert, { input });
    await ask(upsert, { input: { ...input, email: 'dana.krauss@' } });
    await ask(`{ workspace { contacts(search: "${dana.email}") { edges { cursor } } } }`);
    await ask(`{ workspace { nonsense(search: "${dana.email}") } }`);
    await post(app.url, `{"query": "${dana.email}`);
    await fetch(`${app.url}/v1/identify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${workspace.key}` },
      body: JSON.stringify({ userId: 'dana', traits: { email: dana.email, city: dana.city } }),
    });
    await fetch(`${app.url}/somewhere?email=${dana.email}`);
    expect(logged.entries.length).toBeGreaterThan(0);
    expect(logged.text()).not.toMatch(personal);
    expect(logged.text()).not.toContain(owner.email);
    expect(logged.text()).not.toContain(workspace.key.slice(-48));
  });
});
