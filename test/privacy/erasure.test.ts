import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { heldByContact } from '../../api/src/modules/privacy/erasure.repository.js';
import { startMailServer, type MailServer } from '../forms/mail-server.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createKey, createWorkspace, askGraphql, type GraphqlAnswer } from '../support/workspaces.js';
import { Somebody } from './somebody.js';

let mail: MailServer;
let app: TestApp;
let ada: Somebody;

beforeAll(async () => {
  mail = await startMailServer();
  app = await startTestApp({
    smtpUrl: mail.url,
    mailFrom: 'Acme <hello@acme.example>',
    baseUrl: 'https://coterie.example',
  });
});
afterAll(async () => {
  await app.close();
  await mail.close();
});
beforeEach(async () => {
  ada = new Somebody(app, await createWorkspace(app, { defaultCountry: 'AT' }));
});

/** Tables that hold what people are, or what was sent about them, and that an erasure therefore looks into. */
const erasedFrom = [
  ...heldByContact.map(([, table]) => table),
  'audience_members',
  'automation_runs',
  'blocked_identities',
  'changes',
  'follow_ups',
  'form_submissions',
  'idempotent_requests',
  'import_chunks',
  'import_rejections',
  'posting_bases',
  'postings',
  'privacy_files',
  'privacy_requests',
  'quarantined_events',
  'segment_memberships',
  'segment_transitions',
  'suppressions',
  'webhook_deliveries',
];

/** Tables that hold nothing of a person but what members of the workspace wrote in a name or a rule, and why. */
const impersonal: Record<string, string> = {
  api_keys: 'names that members gave',
  attribute_aliases: 'keys that members gave',
  attribute_definitions: 'names that members gave',
  audience_deliveries: 'ids, schedules, and ids of platforms',
  audience_progress: 'numbers',
  audience_syncs: 'numbers, and what destinations said of whole batches',
  automation_steps: 'what became of a run, without values; it goes with the run',
  automation_versions: 'messages and names that members wrote',
  automations: 'messages and names that members wrote',
  audit_entries: 'ids and names of fields, no values',
  blueprint_applications: 'ids, and parameters that members gave',
  blueprint_parts: 'ids, and definitions that members wrote',
  companies: 'of a company, not of one person',
  company_attributes: 'of a company, not of one person',
  company_signals: 'of a company, not of one person',
  computed_attributes: 'definitions and places in the change feed',
  contacts: 'ids',
  custom_audiences: 'names that members gave',
  destination_paces: 'times',
  destinations: 'names and accounts that members gave, and sealed credentials',
  email_call_tokens: 'hashes of what senders say once',
  email_sources: 'names that members gave, and why a call was refused',
  erased_identities: 'keyed hashes: what keeps the person away',
  erasure_keys: 'a random key',
  erasure_notices: 'names of destinations and audiences, and times',
  event_messages: 'hashes of ids of messages',
  event_retention: 'names of events',
  feed_marks: 'numbers',
  forms: 'texts that members wrote',
  identity_settings: 'settings',
  import_mappings: 'headers of files',
  jobs: 'names and headers of files, numbers',
  lookalikes: 'names that members gave',
  seed_lists: 'names that members gave',
  segment_progress: 'numbers',
  segment_references: 'ids',
  segment_sizes: 'numbers',
  segment_versions: 'rules that members wrote',
  segments: 'rules that members wrote',
  usage_counts: 'numbers',
  usage_quotas: 'numbers',
  workspace_versions: 'numbers',
  contact_ordinals: 'numbers',
  vacant_ordinals: 'numbers',
  unsubscribe_keys: 'a random key',
};

async function names(text: string): Promise<string[]> {
  return (await app.database.owner.query<{ name: string }>(text)).rows.map(({ name }) => name);
}

describe('an erasure', () => {
  it('knows every table that refers to a contact', async () => {
    const referring = await names(
      `select distinct conrelid::regclass::text as name from pg_constraint
       where confrelid = 'contacts'::regclass and contype = 'f' and conparentid = 0 order by 1`,
    );
    expect(referring).toEqual(heldByContact.map(([, table]) => table).toSorted());
  });

  it('looks into every table of tenants, or there is a reason why it need not', async () => {
    const tables = await names(
      `select c.relname as name from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname <> 'member_workspaces' order by 1`,
    );
    expect(tables).toEqual([...erasedFrom, ...Object.keys(impersonal)].toSorted());
  });

  it('leaves nothing of the person in any column of any table, and a receipt that does not say who it was', async () => {
    await ada.appear();
    // Memberships are numbers; answers are encrypted; what was told and done about them is a matter of test/activation.
    const unseen = [
      'audience_members',
      'automation_runs',
      'follow_ups',
      'idempotent_requests',
      'list_members',
      'seed_list_members',
      'lookalike_ranks',
      'segment_memberships',
      'segment_transitions',
      'webhook_deliveries',
    ];
    await ada.export();
    const seen = await ada.tablesNamingThem();
    expect(seen).toEqual(expect.arrayContaining(erasedFrom.filter((table) => !unseen.includes(table))));
    const version = await versionOf(ada);

    const request = await ada.erase();
    expect(request).toMatchObject({ kind: 'erasure', state: 'done', error: null, liftedBy: null });
    expect(Date.parse(request.dueAt) - Date.parse(request.requestedAt)).toBe(30 * 24 * 3_600_000);
    expect(await ada.tablesNamingThem()).toEqual([]);
    for (const table of heldByContact
      .map(([, name]) => name)
      .filter((name) => !sharedWithColleague.has(name)))
      expect(await ada.rows(`select 1 from ${table} where workspace_id = $1`), table).toEqual([]);
    expect(await versionOf(ada)).toBeGreaterThan(version);

    const receipt = Object.fromEntries(request.receipt.map(({ kind, count }) => [kind, count]));
    expect(receipt).toMatchObject({
      contacts: 1,
      identities: 5,
      merges: 1,
      lists: 1,
      'seed lists': 1,
      lookalikes: 1,
      'quarantined events': 2,
      'rejected rows': 2,
      'import files': 1,
      'form submissions': 1,
      suppressions: 1,
      exports: 1,
      blocks: 1,
    });
    expect(JSON.stringify(request)).not.toContain(ada.canary);
  });

  it('keeps of rows that were not taken that they were there, and those of others whole', async () => {
    await ada.appear();
    await ada.erase();
    const rows = await ada.rows(
      'select code, cells from import_rejections where workspace_id = $1 order by job_id, line',
    );
    expect(rows).toMatchObject([
      { code: 'ERASED', cells: [] },
      { code: 'ERASED', cells: [] },
      { code: 'INVALID_INPUT', cells: ['other@x.test', '', 'Bob', '', 'not a day'] },
    ]);
  });

  it('of somebody who is no contact deletes what names them', async () => {
    await ada.track('/v1/batch', {
      batch: [{ type: 'track', userId: 'x', event: 'x', timestamp: 'never', traits: { email: ada.email } }],
    });
    expect(await ada.tablesNamingThem()).toEqual(['quarantined_events']);
    expect((await ada.erase()).receipt).toEqual([{ kind: 'quarantined events', count: 1 }]);
    expect(await ada.tablesNamingThem()).toEqual([]);
  });

  it('forgets the answers that are kept for requests which are sent again; nothing happens twice', async () => {
    const send = (): Promise<GraphqlAnswer & { contact?: unknown }> => upsertUnderKey(ada, 'request-1');
    expect((await send()).errors).toBeUndefined();
    expect((await send()).errors).toBeUndefined();
    await ada.erase();
    expect((await send()).errors?.[0]?.extensions.code).toBe('CONFLICT');
    expect(await ada.tablesNamingThem()).toEqual([]);
  });

  it('is found by the id of a contact, and by that of one that has become part of it', async () => {
    await ada.appear();
    const [merge] = await ada.rows<{ loser_id: string }>(
      'select loser_id from contact_merges where workspace_id = $1',
    );
    await ada.erase({ id: merge!.loser_id });
    expect(await ada.tablesNamingThem()).toEqual([]);
  });

  it.each([
    [{ id: crypto.randomUUID() }, 'NOT_FOUND', 'input.by.id'],
    [{ email: 'nobody' }, 'INVALID_INPUT', 'input.by.email'],
  ])('of %j is refused', async (by, code, path) => {
    const answer = await ada.workspace.ask(
      'mutation ($by: ContactKeyInput!) { requestErasure(input: {by: $by}) { id } }',
      { by },
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, path });
  });
});

/** What the colleague who claimed the telephone has as well. */
const sharedWithColleague = new Set(['contact_identities', 'contact_attributes']);

async function versionOf(person: Somebody): Promise<number> {
  const [row] = await person.rows<{ version: string }>(
    'select version from workspace_versions where workspace_id = $1',
  );
  return Number(row!.version);
}

async function upsertUnderKey({ headers, email }: Somebody, key: string): Promise<GraphqlAnswer> {
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
    body: JSON.stringify({
      query: `mutation { upsertContact(input: {email: "${email}"}) { contact { identities { value } } } }`,
    }),
  });
  return (await answer.json()) as GraphqlAnswer;
}

const upsertMany = `mutation ($contacts: [ContactInput!]!) {
  upsertContacts(input: {contacts: $contacts}) { outcome error { code path } warnings { code path } } }`;

describe('whoever was erased', () => {
  interface Upserted {
    outcome: string | null;
    error: { code: string; path: string } | null;
    warnings: { code: string; path: string }[];
  }

  async function upsert(...contacts: object[]): Promise<Upserted[]> {
    const data = await ada.workspace.query<{ upsertContacts: Upserted[] }>(upsertMany, { contacts });
    return data.upsertContacts;
  }

  beforeEach(async () => {
    await upsert({ email: ada.email, externalId: ada.externalId, phone: ada.phone, anonymousId: ada.device });
    await ada.erase();
  });

  it('is refused by each of their identities, whatever else is said, and others are not', async () => {
    const results = await upsert(
      { email: ada.email.toUpperCase(), externalId: 'new' },
      { externalId: ada.externalId },
      { phone: '+43 660 123 45 67' },
      { email: 'bob@example.com', previousId: ada.externalId },
      { email: 'bob@example.com' },
    );
    expect(results.map(({ outcome, error }) => outcome ?? `${error!.code} ${error!.path}`)).toEqual([
      'ERASED input.contacts[0].email',
      'ERASED input.contacts[1].externalId',
      'ERASED input.contacts[2].phone',
      'ERASED input.contacts[3].externalId',
      'created',
    ]);
  });

  it('is not known by their device any more, which others may use', async () => {
    const [alone, shared] = await upsert(
      { anonymousId: ada.device },
      { anonymousId: ada.device, email: 'bob@example.com' },
    );
    expect(alone).toMatchObject({ error: { code: 'ERASED', path: 'input.contacts[0].anonymousId' } });
    expect(shared).toMatchObject({ outcome: 'created', warnings: [{ code: 'ERASED' }] });
    expect(await ada.tablesNamingThem()).toEqual([]);
  });

  it('does not come back with what a page still sends: it is answered like anything, and dropped', async () => {
    const track = { userId: ada.externalId, event: 'Looked', properties: { note: ada.canary } };
    const said = [
      await ada.track('/v1/track', track),
      await ada.track('/v1/identify', { userId: 'u', traits: { email: ada.email } }),
      await ada.track('/v1/batch', {
        batch: [
          { type: 'track', ...track },
          { type: 'track', ...track, userId: 'bob' },
        ],
      }),
    ];
    expect(said.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(said[0]!.body).toEqual({ success: true });
    expect(said[2]!.body).toMatchObject({ stored: 1, quarantined: [] });
    const bad = { ...track, timestamp: 'never' };
    await ada.track('/v1/batch', { batch: [{ type: 'track', ...bad }] });
    expect(await ada.rows('select 1 from quarantined_events where workspace_id = $1')).toEqual([]);
    expect(await ada.rows(`select ordinal from events where workspace_id = $1`)).toHaveLength(1);
  });

  it('is told of to who may read contacts, and not to a key that can only write', async () => {
    const text = `mutation ($email: String) { recordEvent(input: {email: $email, name: "x"}) { status contactId } }`;
    const variables = { email: ada.email };
    const answer = await ada.workspace.ask(text, variables);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.email' });
    const key = await createKey(app, ada.workspace.id, ['events:write']);
    expect(await askGraphql(app.url, key, text, variables)).toEqual({
      data: { recordEvent: { status: 'stored', contactId: null } },
    });
    expect(await ada.tablesNamingThem()).toEqual([]);
  });

  it('is a row that is not taken of the next file, and of what it said nothing is kept', async () => {
    await ada.importFile(`Email,First name,Joined\n${ada.email},${ada.canary},\nbob@example.com,Bob,\n`);
    await ada.importFile(
      `Email,First name,Joined\n${ada.email},${ada.canary},never\n${ada.email},too,many,cells\n`,
      `?mapping=${encodeURIComponent('{"Joined":"signed_up_at"}')}`,
    );
    const rows = await ada.rows(
      'select line, code, message, cells from import_rejections where workspace_id = $1 order by job_id, line',
    );
    const erased = { code: 'ERASED', message: 'This row names somebody who was erased.', cells: [] };
    expect(rows).toEqual([
      { line: 2, ...erased },
      { line: 2, ...erased },
      { line: 3, ...erased },
    ]);
    expect(await ada.tablesNamingThem()).toEqual([]);
  });

  it('is kept away by hashes that nobody can try addresses on without the key of the workspace', async () => {
    const other = new Somebody(app, await createWorkspace(app));
    await other.erase({ email: ada.email });
    const hashes = [
      ...(await ada.rows('select hash from erased_identities where workspace_id = $1')),
      ...(await other.rows('select hash from erased_identities where workspace_id = $1')),
    ].map(({ hash }) => (hash as Buffer).toString('hex'));
    expect(hashes).toHaveLength(5);
    expect(new Set(hashes).size).toBe(5);
    for (const text of [ada.email, `email\0${ada.email}`])
      expect(hashes).not.toContain(createHash('sha256').update(text).digest('hex'));
  });
});

describe('coming back', () => {
  const lift = (by: object): Promise<GraphqlAnswer> =>
    ada.workspace.ask(
      'mutation ($by: ContactKeyInput!) { liftErasure(input: {by: $by}) { id liftedBy liftedAt } }',
      { by },
    );

  async function isTaken(contact: object): Promise<boolean> {
    const { upsertContacts } = await ada.workspace.query<{ upsertContacts: { error: unknown }[] }>(
      upsertMany,
      {
        contacts: [contact],
      },
    );
    return upsertContacts[0]!.error === null;
  }

  it('is possible when somebody lifts the erasure: by one identity, for all that were erased with it', async () => {
    await isTaken({ email: ada.email, externalId: ada.externalId });
    const { id } = await ada.erase();
    const lifted = await lift({ email: ada.email });
    expect(lifted.data).toEqual({
      liftErasure: { id, liftedBy: expect.stringMatching(/^key:/), liftedAt: expect.any(String) },
    });
    expect(await isTaken({ externalId: ada.externalId })).toBe(true);
    expect((await lift({ email: ada.email })).errors?.[0]?.extensions).toMatchObject({
      code: 'NOT_FOUND',
      path: 'input.by',
    });
  });

  it('is not possible by an id, which nothing is known of any more', async () => {
    expect((await lift({ id: crypto.randomUUID() })).errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_INPUT',
      path: 'input.by.id',
    });
  });

  it('happens by the own act of who confirms a form by mail, and not by posting it', async () => {
    await isTaken({ email: ada.email });
    const { id } = await ada.erase();
    const { createForm } = await ada.workspace.query<{ createForm: { path: string } }>(
      `mutation { createForm(input: {name: "Ask", fields: [{name: "email", attribute: "email", required: true},
         {name: "name", attribute: "first_name"}]}) { path } }`,
    );
    expect(await ada.post(createForm.path)).toEqual({
      status: 200,
      body: { success: true, status: 'taken' },
    });
    expect(await ada.tablesNamingThem()).toEqual([]);

    mail.mails.length = 0;
    await ada.waitForAMail();
    await expect.poll(() => mail.mails.length, { timeout: 30_000 }).toBe(1);
    const source = mail.mails[0]!.source.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const link = /https:\/\/coterie\.example(\/v1\/forms\/\S+)/.exec(source)![1]!;
    expect((await fetch(app.url + link, { method: 'POST' })).status).toBe(200);
    expect(await ada.rows('select 1 from contacts where workspace_id = $1')).toHaveLength(1);
    expect(await ada.ended(id)).toMatchObject({ liftedBy: 'system' });
  });
});
