import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type GraphqlAnswer, type TestWorkspace } from '../support/workspaces.js';
import { startMailServer, type MailServer } from './mail-server.js';

let mail: MailServer;
let app: TestApp;
let workspace: TestWorkspace;
/** What is added to the clock of the server, in milliseconds. */
let ahead = 0;
/** Each test posts from an address of its own: posts of one are limited. */
let client = 0;

beforeAll(async () => {
  mail = await startMailServer();
  app = await startTestApp(
    {
      smtpUrl: mail.url,
      mailFrom: 'Acme <hello@acme.example>',
      trustProxy: true,
      baseUrl: 'https://coterie.example',
    },
    { clock: { now: () => new Date(Date.now() + ahead) } },
  );
});
afterAll(async () => {
  await app.close();
  await mail.close();
});
beforeEach(async () => {
  workspace = await createWorkspace(app, { defaultCountry: 'AT' });
  mail.mails.length = 0;
  ahead = 0;
  client += 1;
});

interface Form {
  id: string;
  path: string;
}

const contactForm = {
  name: 'Contact us',
  fields: [
    { name: 'your-email', attribute: 'email', required: true },
    { name: 'tel', attribute: 'phone' },
    { name: 'town', attribute: 'city' },
  ],
};

const mutation = (name: string): string =>
  `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { id path archivedAt } }`;

const create = (input: object = {}): Promise<GraphqlAnswer> =>
  workspace.ask(mutation('createForm'), { input: { ...contactForm, ...input } });

async function made(input: object = {}): Promise<Form> {
  const answer = await create(input);
  expect(answer.errors).toBeUndefined();
  return (answer.data as { createForm: Form }).createForm;
}

function send(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = { 'x-forwarded-for': `192.0.2.${client}`, ...(options.headers as Record<string, string>) };
  return fetch(`${app.url}${path}`, { redirect: 'manual', ...options, headers });
}

/** Posts as a browser's form does, for a script. */
const post = (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> => send(path, { method: 'POST', body: new URLSearchParams(fields), headers });

const asBrowser = { accept: 'text/html,application/xhtml+xml' };

interface Known {
  identities: { kind: string; value: string }[];
  attributes: { key: string; value: unknown }[];
  consents: { channel: string; state: string; source: string; proof: string; recordedAt: string }[];
  events: { edges: { node: { name: string; target: string; properties: Record<string, unknown> } }[] };
}

async function contact(email: string): Promise<Known | null> {
  const data = await workspace.query<{ workspace: { contact: Known | null } }>(
    `query ($email: String!) { workspace { contact(by: {email: $email}) {
       identities { kind value } attributes { key value }
       consents { channel state source proof recordedAt }
       events(first: 10) { edges { node { name target properties } } } } } }`,
    { email },
  );
  return data.workspace.contact;
}

async function count(table: string): Promise<number> {
  const { rows } = await app.database.owner.query(
    `select count(*)::int as count from ${table} where workspace_id = $1`,
    [workspace.id],
  );
  return rows[0].count;
}

/** Nothing of a post is there: no contact, no event, nothing that waits. */
async function expectNothing(): Promise<void> {
  expect([await count('contacts'), await count('events'), await count('form_submissions')]).toEqual([
    0, 0, 0,
  ]);
}

describe('a post', () => {
  it('makes a contact of the fields that the form has, and an event', async () => {
    const { id, path } = await made();
    const answer = await post(path, {
      'your-email': 'Dana@Example.com',
      tel: '0660 1234567',
      town: 'Graz',
      external_id: 'admin',
      _page: 'https://www.example.com/contact?token=1#top',
    });
    expect([answer.status, await answer.json()]).toEqual([200, { success: true, status: 'taken' }]);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const { identities, attributes, consents, events } = (await contact('dana@example.com'))!;
    expect(identities.map(({ kind, value }) => `${kind} ${value}`).sort()).toEqual([
      'email dana@example.com',
      'phone +436601234567',
    ]);
    expect(attributes).toContainEqual({ key: 'city', value: 'Graz' });
    expect(consents).toEqual([]);
    expect(events.edges.map(({ node }) => node)).toEqual([
      {
        name: 'form_submitted',
        target: 'Contact us',
        properties: {
          form: 'Contact us',
          form_id: id,
          page: 'https://www.example.com/contact',
          fields: ['your-email', 'tel', 'town'],
        },
      },
    ]);
  });

  it('may be a form of a script or JSON as well', async () => {
    const { path } = await made();
    const data = new FormData();
    data.set('your-email', 'a@example.com');
    expect((await send(path, { method: 'POST', body: data })).status).toBe(200);
    const json = JSON.stringify({ 'your-email': 'b@example.com', town: 'Linz' });
    const headers = { 'content-type': 'application/json' };
    expect((await send(path, { method: 'POST', body: json, headers })).status).toBe(200);
    expect(await contact('a@example.com')).not.toBeNull();
    expect((await contact('b@example.com'))!.attributes).toContainEqual({ key: 'city', value: 'Linz' });
  });

  it('joins what the visitor did before', async () => {
    const { path } = await made();
    await send('/v1/track', {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.key}` },
      body: JSON.stringify({ anonymousId: 'browser-1', event: 'Looked', messageId: 'm1' }),
    });
    await post(path, { 'your-email': 'dana@example.com', _anonymous_id: 'browser-1' });
    const { events } = (await contact('dana@example.com'))!;
    expect(events.edges.map(({ node }) => node.name).sort()).toEqual(['Looked', 'form_submitted']);
  });

  it('of a browser without a script leads to a page, or to where the form says', async () => {
    const shown = await post((await made()).path, { 'your-email': 'a@example.com' }, asBrowser);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await shown.text()).toContain('Thank you');
    const { path } = await made({ redirectUrl: 'https://www.example.com/thanks' });
    const led = await post(path, { 'your-email': 'a@example.com' }, asBrowser);
    expect([led.status, led.headers.get('location')]).toEqual([303, 'https://www.example.com/thanks']);
  });

  it('that lacks something or holds something unreadable says in which field, and stores nothing', async () => {
    const { path } = await made();
    const answer = await post(path, { 'your-email': ' ', tel: 'call me', town: 'Graz' });
    const { error } = (await answer.json()) as { error: { code: string; problems: { path: string }[] } };
    expect([answer.status, error.code]).toEqual([400, 'INVALID_INPUT']);
    expect(error.problems.map((problem) => problem.path).sort()).toEqual(['tel', 'your-email']);
    const page = await post(path, { 'your-email': '<b>dana' }, asBrowser);
    expect([page.status, page.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(await page.text()).not.toContain('<b>');
    await expectNothing();
  });

  it.each([
    ['broken JSON', 'application/json', '{', 400],
    ['a list', 'application/json', '[]', 400],
    ['an object in JSON', 'application/json', '{"your-email": {"a": 1}}', 400],
    ['a NUL character', 'application/x-www-form-urlencoded', 'your-email=a%00@example.com', 400],
    ['broken multipart', 'multipart/form-data; boundary=x', 'x', 400],
    ['another type', 'text/csv', 'a,b', 400],
    ['no body', 'application/x-www-form-urlencoded', '', 400],
    ['too much', 'application/x-www-form-urlencoded', `town=${'x'.repeat(70_000)}`, 413],
  ])('of %s is refused', async (_, type, body, status) => {
    const { path } = await made();
    const answer = await send(path, { method: 'POST', body, headers: { 'content-type': type } });
    expect(answer.status).toBe(status);
    await expectNothing();
  });

  it('to a form that is archived, of nobody, or of another workspace is answered alike', async () => {
    const { id, path } = await made();
    await workspace.query(mutation('archiveForm').replace('ArchiveFormInput', 'FormIdInput'), {
      input: { id },
    });
    const own = Buffer.from(path.split('/').at(-1)!, 'base64url');
    const other = await createWorkspace(app);
    const mixed = Buffer.concat([Buffer.from(other.id.replaceAll('-', ''), 'hex'), own.subarray(16)]);
    const paths = [path, '/v1/forms/x', `/v1/forms/${mixed.toString('base64url')}`];
    const answers = await Promise.all(paths.map((each) => post(each, { 'your-email': 'a@example.com' })));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    await workspace.query(mutation('unarchiveForm').replace('UnarchiveFormInput', 'FormIdInput'), {
      input: { id },
    });
    expect((await post(path, { 'your-email': 'a@example.com' })).status).toBe(200);
  });
});

describe('robots', () => {
  it('that fill in what nobody sees are answered like anybody and dropped', async () => {
    const { path } = await made({ honeypot: 'website' });
    const answer = await post(path, { 'your-email': 'a@example.com', website: 'https://spam.example' });
    expect([answer.status, await answer.json()]).toEqual([200, { success: true, status: 'taken' }]);
    await expectNothing();
    await post(path, { 'your-email': 'a@example.com', website: '' });
    expect(await count('contacts')).toBe(1);
  });

  it('that are faster than people are dropped, by a token that cannot be forged and is good for a day', async () => {
    const { path } = await made({ minimumSeconds: 5 });
    const tokenOf = async (of: string): Promise<string> =>
      ((await (await send(`${of}/token`)).json()) as { token: string }).token;
    const token = await tokenOf(path);
    const sendWith = (_token: string) => post(path, { 'your-email': 'a@example.com', _token });
    expect((await sendWith(token)).status).toBe(200);
    await expectNothing();
    const foreign = await tokenOf((await made({ minimumSeconds: 5 })).path);
    for (const forged of ['', 'x', `${token}x`, foreign, `1${token}`]) {
      const answer = await sendWith(forged);
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { path: '_token' } }]);
    }
    ahead = 25 * 3_600_000;
    expect((await sendWith(token)).status).toBe(400);
    await expectNothing();
    ahead = 6000;
    expect((await sendWith(token)).status).toBe(200);
    expect(await count('contacts')).toBe(1);
  });

  it('that post again and again are told to wait', async () => {
    const { path } = await made();
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1)
      statuses.push((await post(path, { 'your-email': 'a@example.com' })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429]);
    const refused = await post(path, { 'your-email': 'a@example.com' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    client += 1;
    expect((await post(path, { 'your-email': 'a@example.com' })).status).toBe(200);
  });
});

describe('a consent', () => {
  it('is recorded with its text, page and form when its box is ticked, and not otherwise', async () => {
    const consents = [
      { channel: 'email', text: 'Write to me about news', field: 'news' },
      { channel: 'ads', text: 'Show me fitting ads', field: 'ads' },
    ];
    const { id, path } = await made({ consents });
    await post(path, {
      'your-email': 'a@example.com',
      news: 'on',
      ads: 'off',
      _page: 'https://www.example.com/',
    });
    const [consent, ...more] = (await contact('a@example.com'))!.consents;
    expect(more).toEqual([]);
    expect(consent).toMatchObject({ channel: 'email', state: 'granted', source: 'form: Contact us' });
    for (const part of ['Write to me about news', 'https://www.example.com/', id])
      expect(consent!.proof).toContain(part);
    expect(Math.abs(Date.parse(consent!.recordedAt) - Date.now())).toBeLessThan(60_000);
  });

  it('may be given by sending the form', async () => {
    const { path } = await made({ consents: [{ channel: 'email', text: 'Subscribe' }] });
    await post(path, { 'your-email': 'a@example.com' });
    expect((await contact('a@example.com'))!.consents).toMatchObject([
      { channel: 'email', state: 'granted' },
    ]);
  });
});

describe('double opt-in', () => {
  const doubleOptIn = { subject: 'Please confirm', text: 'Hello!\n\n{link}\n\nAcme', validHours: 2 };
  const consents = [{ channel: 'email', text: 'Write to me about news' }];

  /** The link of the newest mail, on this server. */
  async function mailedLink(mails = 1): Promise<string> {
    await expect.poll(() => mail.mails.length, { timeout: 30_000 }).toBe(mails);
    const unfolded = mail.mails.at(-1)!.source.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const link = /https:\/\/coterie\.example(\/v1\/forms\/\S+)/.exec(unfolded);
    return link![1]!;
  }

  it('knows nothing of somebody until they press the button behind the link; then it knows that they did', async () => {
    const { path } = await made({ doubleOptIn, consents });
    const answer = await post(path, { 'your-email': 'Dana@example.com', town: 'Graz' });
    expect(await answer.json()).toEqual({ success: true, status: 'confirm' });
    const link = await mailedLink();
    const [{ to, source }] = mail.mails as [(typeof mail.mails)[number]];
    expect(to).toEqual(['dana@example.com']);
    expect(source).toMatch(/^From: Acme <hello@acme\.example>/m);
    expect(source).toMatch(/^Subject: Please confirm/m);
    expect([await count('contacts'), await count('form_submissions')]).toEqual([0, 1]);

    const asked = await send(link, { headers: asBrowser });
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining('method="post"')]);
    expect(await count('contacts')).toBe(0);

    ahead = 60_000;
    const pressed = await Promise.all([1, 2].map(() => send(link, { method: 'POST', headers: asBrowser })));
    expect(pressed.map(({ status }) => status)).toEqual([200, 200]);
    const known = (await contact('dana@example.com'))!;
    expect(known.attributes).toContainEqual({ key: 'city', value: 'Graz' });
    expect(known.events.edges).toHaveLength(1);
    expect(known.consents).toHaveLength(1);
    expect(known.consents[0]!.proof).toMatch(/Confirmed .* by the link mailed to dana@example\.com/);
    const { rows } = await app.database.owner.query('select email, contact from form_submissions');
    expect(rows).toContainEqual({ email: '', contact: {} });
  });

  it('takes no link that was changed, has expired, or belongs to another form', async () => {
    const { path } = await made({ doubleOptIn });
    const other = await made({ doubleOptIn });
    await post(path, { 'your-email': 'a@example.com' });
    const link = await mailedLink();
    const bad = [
      `${link}x`,
      link.replace(/token=./, 'token=f'),
      link.split('?')[0]!,
      link.replace(path, other.path),
    ];
    for (const each of bad) expect((await send(each, { method: 'POST' })).status).toBe(400);
    ahead = 3 * 3_600_000;
    expect((await send(link, { method: 'POST' })).status).toBe(400);
    await app.database.owner.query(
      `update form_submissions set expires_at = now() - interval '1 minute' where workspace_id = $1`,
      [workspace.id],
    );
    await app.database.owner.query(`select graphile_worker.add_job('expire-form-submissions')`);
    await expect.poll(() => count('form_submissions'), { timeout: 30_000 }).toBe(0);
    expect(await count('contacts')).toBe(0);
  });

  it('fills nobody’s letter-box', async () => {
    const { path } = await made({ doubleOptIn });
    for (let index = 0; index < 5; index += 1)
      expect((await post(path, { 'your-email': 'a@example.com' })).status).toBe(200);
    await mailedLink(3);
    await sleep(200);
    expect([mail.mails.length, await count('form_submissions')]).toEqual([3, 3]);
  });

  it('mails again when the mail server was busy', async () => {
    mail.refuse(1);
    const { path } = await made({ doubleOptIn });
    await post(path, { 'your-email': 'a@example.com' });
    expect((await send(await mailedLink(), { method: 'POST' })).status).toBe(200);
  });

  it('mails to the one address that was given, whatever it looks like', async () => {
    const { path } = await made({ doubleOptIn });
    const statuses = await Promise.all(
      ['a@example.com, b@example.com', 'a@example.com\r\nbcc: b@example.com', 'A <a@example.com>'].map(
        async (address) => (await post(path, { 'your-email': address })).status,
      ),
    );
    expect(statuses).toEqual([400, 400, 400]);
    await expectNothing();
  });
});

describe('createForm and updateForm', () => {
  it.each([
    [{ name: ' ' }, 'input.name'],
    [{ fields: [] }, 'input.fields'],
    [{ fields: [{ name: 'a', attribute: 'city' }] }, 'input.fields'],
    [{ fields: [{ name: '_a', attribute: 'email' }] }, 'input.fields[0].name'],
    [{ fields: [{ name: 'a', attribute: 'unheard_of' }] }, 'input.fields[0].attribute'],
    [{ fields: [{ name: 'a', attribute: 'external_id' }] }, 'input.fields[0].attribute'],
    [{ honeypot: 'town' }, 'input.fields'],
    [{ redirectUrl: 'javascript:alert(1)' }, 'input.redirectUrl'],
    [{ minimumSeconds: -1 }, 'input.minimumSeconds'],
    [{ consents: [{ channel: 'email', text: '' }] }, 'input.consents[0].text'],
    [{ doubleOptIn: { subject: 'a', text: 'no link' } }, 'input.doubleOptIn.text'],
    [{ doubleOptIn: { subject: 'a\nbcc: b@example.com', text: '{link}' } }, 'input.doubleOptIn.subject'],
    [
      { doubleOptIn: { subject: 'a', text: '{link}' }, fields: [{ name: 'tel', attribute: 'phone' }] },
      'input.doubleOptIn',
    ],
  ])('refuse %j, with the path %s', async (input, path) => {
    const { errors } = await create(input);
    expect(errors![0]!.extensions).toMatchObject({ code: 'INVALID_INPUT' });
    const problems = (errors![0]!.extensions as { problems?: { path: string }[] }).problems ?? [];
    expect([errors![0]!.extensions.path, ...problems.map((problem) => problem.path)]).toContain(path);
  });

  it('change what is given and leave the rest', async () => {
    const { id } = await made({ honeypot: 'website', minimumSeconds: 3 });
    await workspace.query(mutation('updateForm'), { input: { id, name: 'Talk to us', honeypot: null } });
    const { workspace: found } = await workspace.query<{ workspace: { form: object; forms: object } }>(
      `query ($id: ID!) { workspace {
         form(id: $id) { name honeypot minimumSeconds fields { name attribute required } }
         forms { edges { node { id } } } } }`,
      { id },
    );
    expect(found).toMatchObject({
      form: {
        name: 'Talk to us',
        honeypot: null,
        minimumSeconds: 3,
        fields: [
          { name: 'your-email', attribute: 'email', required: true },
          { name: 'tel', attribute: 'phone', required: false },
          { name: 'town', attribute: 'city', required: false },
        ],
      },
      forms: { edges: [{ node: { id } }] },
    });
  });

  it('ask for no confirmation by mail where there is no mail server', async () => {
    const without = await startTestApp({}, { part: 'http' });
    const other = await createWorkspace(without);
    const answer = await other.ask(mutation('createForm'), {
      input: { ...contactForm, doubleOptIn: { subject: 'a', text: '{link}' } },
    });
    await without.close();
    expect(answer.errors![0]!.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.doubleOptIn' });
  });
});
