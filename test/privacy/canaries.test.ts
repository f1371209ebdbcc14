import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReceiver, type Receiver } from '../activation/receiver.js';
import { smtpUser, startSmtp, type SmtpServer } from '../activation/smtp.js';
import { platformServers, type PlatformServer } from '../activation/platforms/index.js';
import { startMailServer, type MailServer } from '../forms/mail-server.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { formsOf, tracesOf, type Trace } from './everything-held.js';

/*
 * People (with FULL=1: fifty) of whom every field carries a canary, in every place where Coterie keeps or hands on what people are:
 * after they were erased, nothing of that is left in the database, in Redis, or in a file.
 */

const size = process.env['FULL'] === '1' ? 50 : 12;
const canary = `canary${randomBytes(5).toString('hex')}`;
const firstPhone = 6_641_000_000 + randomInt(8_999) * 1_000;

interface Person {
  id: string;
  canary: string;
  email: string;
  externalId: string;
  device: string;
  phone: string;
}

const people: Person[] = Array.from({ length: size }, (_, index) => {
  const own = `${canary}x${index}x`;
  const phone = `+43${firstPhone + index}`;
  return {
    id: '',
    canary: own,
    email: `${own}@example.com`,
    externalId: `${own}-id`,
    device: `${own}-device`,
    phone,
  };
});
const bystander = { email: `bystander-${randomBytes(5).toString('hex')}@example.com` };

let app: TestApp;
let workspace: TestWorkspace;
let meta: PlatformServer;
let smtp: SmtpServer;
let receiver: Receiver;
let confirmations: MailServer;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coterie-canaries-'));
  [meta, smtp, receiver, confirmations] = await Promise.all([
    platformServers.meta.start(),
    startSmtp(),
    startReceiver(),
    startMailServer(),
  ]);
  app = await startTestApp({
    dataDir,
    privateNetworks: ['127.0.0.0/8'],
    baseUrl: 'https://coterie.example',
    smtpUrl: confirmations.url,
    mailFrom: 'Acme <hello@acme.example>',
  });
  workspace = await createWorkspace(app, { defaultCountry: 'AT' });
});
afterAll(async () => {
  await app?.close();
  await Promise.all([meta?.stop(), smtp?.close(), receiver?.close(), confirmations?.close()]);
  await rm(dataDir, { recursive: true, force: true });
});

/** Waits until something holds, for a minute. */
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) if (await holds()) return;
  throw new Error(`In a minute and a half it did not come to this: ${what}.`);
}

/** Sends one mutation and gives its answer. */
async function change<Answer = { id: string }>(
  name: string,
  type: string,
  fields: string,
  input: object,
): Promise<Answer> {
  const text = `mutation ($input: ${type}!) { ${name}(input: $input) ${fields} }`;
  return (await workspace.query<Record<string, Answer>>(text, { input }))[name]!;
}

async function post(path: string, type: string, body: string, headers: object = {}): Promise<Response> {
  const answer = await fetch(app.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': type, ...headers },
    body,
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

const postJson = (path: string, body: object): Promise<Response> =>
  post(path, 'application/json', JSON.stringify(body));

async function count(text: string): Promise<number> {
  const { rows } = await app.database.owner.query<{ count: string }>(text, [workspace.id]);
  return Number(rows[0]?.count);
}

interface Valued {
  key: string;
  value: string | string[];
}

/** A canary for every attribute that takes a text, whatever the standard set comes to be. */
async function attributesOf({ canary: own }: Person): Promise<Valued[]> {
  const { workspace: shown } = await workspace.query<{
    workspace: {
      attributes: { subject: string; key: string; type: string; settable: boolean; computed: unknown }[];
    };
  }>('{ workspace { attributes { subject key type settable computed { __typename } } } }');
  return shown.attributes
    .filter(({ subject, settable, computed }) => subject === 'contact' && settable && !computed)
    .flatMap(({ key, type }): Valued[] => {
      if (type === 'text') return [{ key, value: key === 'lifecycle_stage' ? 'customer' : `${own} ${key}` }];
      return type === 'text_list' ? [{ key, value: [`${own} ${key}`] }] : [];
    });
}

async function beKnown(): Promise<void> {
  await change('createAttribute', 'CreateAttributeInput', '{ key }', {
    subject: 'contact',
    key: 'secret_wish',
    type: 'text',
  });
  const contacts = await Promise.all(
    people.map(async (person) => ({
      email: person.email,
      phone: person.phone,
      externalId: person.externalId,
      attributes: await attributesOf(person),
      consents: (['email', 'ads', 'phone', 'profiling'] as const).map((channel) => ({
        channel,
        state: 'granted',
        source: person.canary,
        proof: person.canary,
      })),
    })),
  );
  contacts.push({ ...contacts[0]!, ...bystander, phone: '+436601234567', externalId: 'bystander' });
  contacts.at(-1)!.attributes = [{ key: 'lifecycle_stage', value: 'customer' }];
  contacts.at(-1)!.consents = contacts[0]!.consents.map((each) => ({
    ...each,
    source: 'form',
    proof: 'form',
  }));
  const made = await change<{ contact: { id: string } }[]>(
    'upsertContacts',
    'UpsertContactsInput',
    '{ contact { id } error { message path } }',
    { contacts },
  );
  for (const [index, person] of people.entries()) person.id = made[index]!.contact.id;
}

/** Each becomes one with another contact, and answers of requests that carry a key are kept. */
async function beMerged(): Promise<void> {
  for (const { id, canary: own } of people) {
    const text = `mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id firstName: id } } }`;
    const input = { externalId: `${own}-twin`, attributes: [{ key: 'job_title', value: own }] };
    const answer = await post(
      '/graphql',
      'application/json',
      JSON.stringify({ query: text, variables: { input } }),
      {
        'idempotency-key': own,
      },
    );
    const { data } = (await answer.json()) as { data: { upsertContact: { contact: { id: string } } } };
    await change('mergeContacts', 'MergeContactsInput', '{ id }', {
      winnerId: id,
      loserId: data.upsertContact.contact.id,
    });
  }
}

async function doThings(): Promise<void> {
  const batch = people.flatMap(({ canary: own, externalId, device, email }) => [
    { type: 'identify', userId: externalId, anonymousId: device, traits: { city: own, note: own } },
    {
      type: 'track',
      userId: externalId,
      event: `${own} bought`,
      messageId: `${own}-message`,
      properties: { page: own, deep: { list: [own] } },
      context: {
        page: { url: `https://shop.example/?who=${own}`, title: own },
        userAgent: own,
        campaign: { name: own },
      },
    },
    {
      type: 'page',
      anonymousId: device,
      name: own,
      properties: { path: `/${own}`, referrer: `https://${own}.example` },
    },
    { type: 'track', userId: externalId, event: 'broken', timestamp: 'never', properties: { email } },
  ]);
  await postJson('/v1/batch', { batch });
  for (const { canary: own, email } of people)
    await change('recordSignals', 'RecordSignalsInput', '{ outcome }', {
      signals: [{ contact: { email }, name: 'intent', source: own, value: own }],
    });
}

async function standInFiles(): Promise<void> {
  const mapping = encodeURIComponent(JSON.stringify({ Joined: 'signed_up_at' }));
  const lines = people.flatMap(({ email, canary: own, phone }) => [
    `${email},,${own},${own},2026-01-05`,
    `${email},,${own},,not a day`,
    `,${phone},${own},,not a day`,
  ]);
  const csv = ['Email,Phone,First name,Last name,Joined', ...lines, ''].join('\n');
  await post(`/v1/imports?mapping=${mapping}&fileName=people.csv`, 'text/csv', csv);
  await post(`/v1/imports?dryRun=true&mapping=${mapping}`, 'text/csv', csv);
  const open = `select count(*) from jobs where workspace_id = $1 and kind = 'import' and state <> 'succeeded'`;
  await until('imports done', async () => (await count(open)) === 0);
}

async function sendForms(): Promise<void> {
  const { path } = await change<{ path: string }>('createForm', 'CreateFormInput', '{ path }', {
    name: 'Newsletter',
    fields: [
      { name: 'email', attribute: 'email', required: true },
      { name: 'name', attribute: 'first_name' },
    ],
    consents: [{ channel: 'email', text: 'Write to me' }],
    doubleOptIn: { subject: 'Is it you?', text: '{link}', validHours: 24 },
  });
  for (const { email, canary: own } of people)
    await fetch(app.url + path, { method: 'POST', body: new URLSearchParams({ email, name: own }) });
}

/** Lists, an audience at a platform, mail, calls, follow-ups: everything that an audience sets off. */
async function beActivated(): Promise<void> {
  const { id: segmentId } = await change('createSegment', 'CreateSegmentInput', '{ id }', {
    name: 'Customers',
    rule: { text: 'attribute lifecycle_stage = "customer" and identified by email' },
  });
  const { id: listId } = await change('createStaticSegment', 'CreateStaticSegmentInput', '{ id }', {
    name: 'List',
  });
  const { seedList } = await change<{ seedList: { id: string } }>(
    'createSeedList',
    'CreateSeedListInput',
    '{ seedList { id } }',
    { name: 'Seeds' },
  );
  const contactIds = people.map(({ id }) => id);
  await change('addToStaticSegment', 'ListChangeInput', '{ changed }', { id: listId, contactIds });
  await change('addToSeedList', 'AddToSeedListInput', '{ changed }', {
    id: seedList.id,
    members: contactIds.map((contactId) => ({ contactId, value: 1 })),
  });
  const destination = async (name: string, definition: object): Promise<string> =>
    (await change('createDestination', 'CreateDestinationInput', '{ id }', { name, definition })).id;
  const mailServer = { host: '127.0.0.1', port: smtp.port, tls: 'none', fromAddress: 'news@acme.example' };
  const mailId = await destination('Mail', { smtp: { ...mailServer, ...smtpUser } });
  const webhookId = await destination('Calls', { webhook: { url: receiver.url } });
  const metaId = await destination('Meta', platformServers.meta.definition(meta));
  receiver.answer = () => ({ status: 500, body: `who is ${canary}?` });
  const { id: automationId } = await change('createAutomation', 'CreateAutomationInput', '{ id }', {
    name: 'Welcome',
    segmentId,
    actions: [
      { webhook: { destinationId: webhookId, attributes: ['first_name', 'secret_wish'] } },
      {
        email: {
          destinationId: mailId,
          subject: 'For {{ contact.first_name }}',
          text: '{{ contact.secret_wish }}',
        },
      },
      { followUp: { note: 'Call them.' } },
    ],
  });
  const standing = `select count(*) from segment_memberships where workspace_id = $1`;
  await until('memberships are kept', async () => (await count(standing)) > 0);
  await change('activateAutomation', 'AutomationIdInput', '{ id }', { id: automationId });
  await change('updateSegment', 'UpdateSegmentInput', '{ id }', {
    id: segmentId,
    expectedVersion: 1,
    name: 'All customers',
  });
  // They come in anew, so that the automation takes them up.
  for (const [stage, entered] of [
    ['lead', false],
    ['customer', true],
  ] as const) {
    const contacts = people.map(({ email }) => ({
      email,
      attributes: [{ key: 'lifecycle_stage', value: stage }],
    }));
    await change('upsertContacts', 'UpsertContactsInput', '{ error { message } }', { contacts });
    const moved = `select count(*) from segment_transitions where workspace_id = $1 and entered = ${entered}`;
    await until(`they move: ${stage}`, async () => (await count(moved)) >= size);
  }
  const { id: audienceId } = await change('createCustomAudience', 'CreateCustomAudienceInput', '{ id }', {
    name: 'Ads',
    platform: 'META',
    segmentId,
  });
  await change('setAudienceDestination', 'SetAudienceDestinationInput', '{ id }', {
    id: audienceId,
    destinationId: metaId,
    schedule: 'ON_CHANGE',
  });
  await change('syncCustomAudience', 'CustomAudienceIdInput', '{ id }', { id: audienceId });
  await until('the platform has them', () => meta.audiences.size > 0 && meta.held().length === size + 1);
  await until('everybody got a mail', () => smtp.mails.length >= size);
  for (const { id, canary: own } of people)
    await change('createFollowUp', 'CreateFollowUpInput', '{ id }', {
      contactId: id,
      dueAt: '2030-01-01T00:00:00Z',
      note: `Ask about ${own}`,
    });
}

/** Questions whose answers are kept to be quick, and files that somebody asked for. */
async function beAskedAbout(): Promise<void> {
  for (const { canary: own, email } of people) {
    await workspace.query(
      `query ($input: PreviewSegmentInput!) { previewSegment(input: $input) { count { value } } }`,
      { input: { rule: { text: `attribute secret_wish = "${own} secret_wish"` } } },
    );
    await workspace.query(`query ($by: ContactKeyInput!) { workspace { contact(by: $by) { id } } }`, {
      by: { email },
    });
    await change('addSuppressions', 'AddSuppressionsInput', '{ value }', {
      channels: ['phone'],
      kind: 'email',
      values: [email],
      reason: own,
    });
  }
  const blocks = people.map(({ device }) => device);
  await change('blockIdentities', 'BlockIdentitiesInput', '{ value }', {
    kind: 'anonymous_id',
    values: blocks,
    note: canary,
  });
  for (const { email } of people.slice(0, 5))
    await change('requestAccessExport', 'PrivacySubjectInput', '{ id }', { by: { email } });
  const open = `select count(*) from privacy_requests where workspace_id = $1 and state not in ('done', 'failed')`;
  await until('access exports are written', async () => (await count(open)) === 0);
  await fetch(`${app.url}/v1/contacts.csv`, { headers: { authorization: `Bearer ${workspace.key}` } }).then(
    (answer) => answer.text(),
  );
}

async function traces(): Promise<Trace[]> {
  const needles = [
    ...formsOf(canary).slice(0, 5),
    ...people.flatMap(({ email, phone, externalId, device }) =>
      [email, phone, phone.slice(1), externalId, device].flatMap((each) => formsOf(each).slice(5)),
    ),
    ...people.map(({ phone }) => phone.slice(3)),
  ];
  return tracesOf(needles, { database: app.database, folders: [dataDir] });
}

it(`leaves no trace of ${size} people in the database, Redis and files once they are erased`, async () => {
  await beKnown();
  await beMerged();
  await doThings();
  await standInFiles();
  await sendForms();
  await beActivated();
  await beAskedAbout();
  const before = new Set((await traces()).map(({ place }) => place));
  // What this looks for is really there: otherwise finding nothing would say nothing.
  for (const table of [
    'audience_members',
    'consent_history',
    'contact_attributes',
    'contact_identities',
    'contact_merges',
    'contact_signals',
    'events',
    'follow_ups',
    'form_submissions',
    'import_chunks',
    'import_rejections',
    'privacy_files',
    'quarantined_events',
    'suppressions',
    'webhook_deliveries',
  ])
    expect(
      [...before].some((place) => place.startsWith(`table public.${table}`)),
      table,
    ).toBe(true);

  for (const { email } of people)
    await change('requestErasure', 'PrivacySubjectInput', '{ id }', { by: { email } });
  const open = `select count(*) from privacy_requests where workspace_id = $1 and state not in ('done', 'failed')`;
  await until('everybody is erased', async () => (await count(open)) === 0);
  expect(
    await count(`select count(*) from privacy_requests where workspace_id = $1 and state = 'failed'`),
  ).toBe(0);
  await until('the platform has taken them out', () => meta.held().length === 1);
  await until(
    'no batch is under way',
    async () =>
      (await count(
        `select count(*) from audience_syncs where workspace_id = $1 and status in ('running', 'waiting')`,
      )) === 0,
  );

  expect(await traces()).toEqual([]);
  expect(await count('select count(*) from contacts where workspace_id = $1')).toBe(1);
  expect(meta.violations).toEqual([]);
}, 300_000);
