import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  unsubscribeLinks,
  withUnsubscribeLink,
} from '../../api/src/modules/automations/unsubscribe/index.js';
import { writeToken } from '../../api/src/modules/automations/unsubscribe/token.js';
import {
  createMailSender,
  createOpenDestination,
  type Connection,
  type MailSender,
  type OutgoingMail,
} from '../../api/src/modules/destinations/index.js';
import { compileTemplate } from '../../api/src/platform/templates/template.js';
import { addContacts } from '../support/builders.js';
import { openActivation, type Activation } from './open-activation.js';
import { smtpUser, startSmtp, type SmtpServer } from './smtp.js';

let on: Activation;
let smtp: SmtpServer;
let sender: MailSender;
beforeAll(async () => {
  on = await openActivation();
});
afterAll(() => on.close());
beforeEach(async () => {
  smtp = await startSmtp();
  sender = createMailSender();
  return async () => {
    await sender.close();
    await smtp.close();
  };
});

const definition = (changes: object = {}): object => ({
  smtp: {
    host: '127.0.0.1',
    port: smtp.port,
    tls: 'none',
    fromName: 'Acme, Inc.',
    fromAddress: 'news@acme.example',
    replyTo: 'help@acme.example',
    ...smtpUser,
    ...changes,
  },
});

async function connect(changes: object = {}): Promise<Connection> {
  const { id } = await on.add(definition(changes));
  const open = createOpenDestination(on.services);
  return (await open(on.workspace.id, id, new AbortController().signal)).connection;
}

const mailTo = (to: string, changes: Partial<OutgoingMail> = {}): OutgoingMail => ({
  id: randomUUID(),
  to,
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  ...changes,
});

async function trouble(changes: object): Promise<string | null> {
  const { id } = await on.add(definition(changes));
  const { testDestination } = await on.workspace.query<{ testDestination: { trouble: string | null } }>(
    'mutation ($id: ID!) { testDestination(input: { id: $id }) { trouble } }',
    { id },
  );
  return testDestination.trouble;
}

/** The text of a message's parts, as people read them. */
function readable(source: string): string {
  return source
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

describe('a mail server', () => {
  it('is tried without a message, and what is wrong is said in words', async () => {
    expect(await trouble({})).toBeNull();
    expect(await trouble({ password: 'wrong' })).toMatch(/does not accept the user and the password \(535/);
    expect(await trouble({ host: '169.254.169.254' })).toContain('is of the link that this machine hangs on');
    expect(await trouble({ host: '10.0.0.1' })).toContain('is inside of a private network');
    expect(await trouble({ tls: 'starttls' })).toContain(
      'does not encrypt the connection as the settings ask',
    );
    expect(smtp.mails).toEqual([]);
  });

  it('must show a certificate that somebody trusts', async () => {
    const unknown = await startSmtp({ tls: true });
    onTestFinished(() => unknown.close());
    expect(await trouble({ port: unknown.port, tls: 'starttls' })).toContain("server's certificate");
    expect(unknown.mails).toEqual([]);
  });

  it('is refused with every mistake in its settings, each at its place', async () => {
    const { errors } = await on.workspace.ask(
      'mutation ($input: CreateDestinationInput!) { createDestination(input: $input) { id } }',
      { input: { name: 'x', definition: definition({ host: 'a b', port: 22, fromAddress: 'nobody' }) } },
    );
    const extensions = errors?.[0]?.extensions as { problems?: { path: string }[] } | undefined;
    const problems = extensions?.problems ?? [];
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'input.definition.smtp.fromAddress',
      'input.definition.smtp.host',
      'input.definition.smtp.port',
    ]);
  });
});

describe('a message', () => {
  it('arrives once for each call, with its headers, over connections that are kept', async () => {
    const connection = await connect();
    const mails = Array.from({ length: 40 }, (_, index) =>
      mailTo(`person-${index}@example.com`, {
        headers: {
          'List-Unsubscribe': '<https://coterie.example/u/x>',
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      }),
    );
    const outcomes = await Promise.all(mails.map((mail) => sender.send(connection, mail)));
    expect(outcomes.every(({ status }) => status === 'sent')).toBe(true);
    expect(smtp.mails.flatMap(({ to }) => to).sort()).toEqual(mails.map(({ to }) => to).sort());
    expect(smtp.connections).toBeLessThanOrEqual(5);
    const first = smtp.mails.find(({ to }) => to[0] === 'person-0@example.com')!;
    expect(first.from).toBe('news@acme.example');
    expect(first.headers).toMatchObject({
      from: '"Acme, Inc." <news@acme.example>',
      to: 'person-0@example.com',
      'reply-to': 'help@acme.example',
      subject: 'Hello',
      'message-id': `<${mails[0]!.id}@acme.example>`,
      'auto-submitted': 'auto-generated',
      'list-unsubscribe': '<https://coterie.example/u/x>',
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    });
  });

  it('is sent to one address, whatever that looks like', async () => {
    const connection = await connect();
    await sender.send(connection, mailTo('ada@example.com, bob@example.com')).catch(() => undefined);
    await sender.send(connection, mailTo('carol@example.com', { subject: 'a\r\nBcc: dave@example.com' }));
    expect(smtp.mails.flatMap(({ to }) => to)).not.toContain('bob@example.com');
    expect(smtp.mails.flatMap(({ to }) => to)).not.toContain('dave@example.com');
    expect(smtp.mails.at(-1)!.headers['bcc']).toBeUndefined();
  });

  it('that is sent again bears the same Message-ID', async () => {
    const connection = await connect();
    const mail = mailTo('ada@example.com');
    await sender.send(connection, mail);
    await sender.send(connection, mail);
    expect(new Set(smtp.mails.map(({ headers }) => headers['message-id'])).size).toBe(1);
  });

  it('is signed with the key of the domain', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const dkimKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const connection = await connect({ dkimDomain: 'acme.example', dkimSelector: 'mail', dkimKey });
    await sender.send(
      connection,
      mailTo('ada@example.com', {
        headers: {
          'List-Unsubscribe': '<https://a.example/>',
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      }),
    );
    const signature = smtp.mails[0]!.headers['dkim-signature']!;
    expect(signature).toMatch(/d=acme\.example;.* s=mail;/);
    // Mail programs show their button only for what is signed (RFC 8058, 4).
    expect(/ h=([^;]*)/.exec(signature)![1]!.toLowerCase()).toMatch(/list-unsubscribe:list-unsubscribe-post/);
  });

  it('that is not taken says why, without the address of anybody', async () => {
    const connection = await connect();
    smtp.refusals.set('gone@example.com', { code: 550, at: 'rcpt' });
    smtp.refusals.set('full@example.com', { code: 452, at: 'rcpt' });
    smtp.refusals.set('spam@example.com', { code: 554, at: 'data' });
    smtp.refusals.set('later@example.com', { code: 451, at: 'data' });
    const send = (to: string): Promise<unknown> =>
      sender.send(connection, mailTo(to)).catch((error: { trouble?: string; message: string }) => ({
        trouble: error.trouble,
        message: error.message,
      }));
    expect(await send('gone@example.com')).toEqual({
      status: 'bounced',
      because: 'The mail server does not know the address (550).',
    });
    expect(await send('full@example.com')).toMatchObject({ trouble: 'busy' });
    expect(await send('spam@example.com')).toMatchObject({ trouble: 'refused' });
    expect(await send('later@example.com')).toMatchObject({ trouble: 'busy' });
    for (const to of smtp.refusals.keys()) expect(JSON.stringify(await send(to))).not.toMatch(/@|Ada/);
    expect(await send('fine@example.com')).toEqual({ status: 'sent' });
    expect(smtp.mails).toHaveLength(1);
  });

  it('of which nobody knows whether it was taken is not sent again by itself', async () => {
    const connection = await connect();
    smtp.hangUpOnce = true;
    await expect(sender.send(connection, mailTo('ada@example.com'))).rejects.toMatchObject({
      trouble: 'busy',
    });
    expect(smtp.mails).toHaveLength(1);
    await sender.send(connection, mailTo('bob@example.com'));
    expect(smtp.mails).toHaveLength(2);
  });

  it('to a server that is away, or does not know us, says so', async () => {
    const connection = await connect();
    const wrong = await connect({ password: 'wrong' });
    await expect(sender.send(wrong, mailTo('ada@example.com'))).rejects.toMatchObject({
      trouble: 'credentials',
    });
    await smtp.close();
    await expect(sender.send(connection, mailTo('ada@example.com'))).rejects.toMatchObject({
      trouble: 'busy',
      message: 'The server takes no connections there.',
    });
    smtp = await startSmtp();
  });
});

/** Somebody with consent to e-mail, and the link in mail to them. */
async function somebody(): Promise<{
  contactId: string;
  url: string;
  path: string;
  headers: Record<string, string>;
}> {
  const email = `${randomUUID()}@example.com`;
  const [contact] = await addContacts(on.withWorkspace, on.workspace.id, [
    {
      email,
      consents: [{ channel: 'email', state: 'granted', source: 'form', recordedAt: '2026-01-01T00:00:00Z' }],
    },
  ]);
  const link = await on.withWorkspace(on.workspace.id, async (tx) =>
    (await unsubscribeLinks(tx, on.app.settings))({ contactId: contact!.contactId, messageId: randomUUID() }),
  );
  return { ...contact!, url: link.url, path: new URL(link.url).pathname, headers: link.headers };
}

interface Held {
  state: string;
  source: string;
  proof: string | null;
}

async function consentOf(contactId: string): Promise<Held | undefined> {
  const { rows } = await on.app.database.owner.query<Held>(
    `select state, source, proof from consents join contacts as c using (workspace_id, ordinal)
     where c.id = $1 and channel = 'email'`,
    [contactId],
  );
  return rows[0];
}

async function open(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; page: string; headers: Headers }> {
  const response = await fetch(`${on.app.url}${path}`, { redirect: 'manual', ...init });
  return { status: response.status, page: await response.text(), headers: response.headers };
}
const post = (path: string, body?: string, contentType = 'application/x-www-form-urlencoded') =>
  open(path, {
    method: 'POST',
    ...(body !== undefined && { body, headers: { 'content-type': contentType } }),
  });

describe('a template that is sent', () => {
  it('arrives escaped, with the link of its reader, in both of its versions', async () => {
    const connection = await connect();
    const { contactId, url, headers } = await somebody();
    const template = compileTemplate({
      subject: 'For {{ contact.first_name }}',
      html: '<html><body><p title="{{ contact.first_name }}">Hello {{ contact.first_name }}</p></body></html>',
      text: null,
    });
    const first_name = `<img src=x onerror="alert('x')">`;
    const message = withUnsubscribeLink(template.render({ contact: { first_name } }), url);
    await sender.send(connection, { id: randomUUID(), to: 'ada@example.com', ...message, headers });
    const source = readable(smtp.mails[0]!.source);
    expect(source.slice(source.indexOf('text/html'))).not.toContain('<img');
    expect(source).toContain('&lt;img src=x onerror=&quot;alert(&#39;x&#39;)&quot;&gt;');
    expect(source).toContain(`<a href="${url}">Unsubscribe</a></p></body>`);
    expect(source).toContain(`Unsubscribe: ${url}`);
    expect(smtp.mails[0]!.headers['list-unsubscribe']).toBe(`<${url}>`);
    expect(await consentOf(contactId)).toMatchObject({ state: 'granted' });
  });

  it('that shows the link already gets no second one; one that only hides it does', () => {
    const url = 'https://coterie.example/u/abc';
    const shown = { subject: '', html: `<p>Bye: <a href="${url}">go</a></p>`, text: `Bye: ${url}` };
    expect(withUnsubscribeLink(shown, url)).toEqual(shown);
    const hidden = { subject: '', html: `<!-- ${url} --><p>Hello</p>`, text: 'Hello' };
    expect(withUnsubscribeLink(hidden, url).html).toContain(`<a href="${url}">Unsubscribe</a>`);
  });
});

describe('the link in a message', () => {
  it('asks when it is followed, and ends the mail when the button is pressed', async () => {
    const { contactId, path } = await somebody();
    const asked = await open(path);
    expect(asked.status).toBe(200);
    expect(asked.page).toContain(`<form method="post" action="${path}"><button>Unsubscribe</button></form>`);
    expect(asked.headers.get('cache-control')).toBe('no-store');
    expect(await consentOf(contactId)).toMatchObject({ state: 'granted' });
    const done = await post(path);
    expect(done.page).toContain('You are unsubscribed');
    expect(await consentOf(contactId)).toMatchObject({
      state: 'withdrawn',
      source: 'unsubscribe link',
      proof: expect.stringMatching(/^the link in message /),
    });
    expect((await open(path)).page).toContain('You are unsubscribed');
  });

  it.each([
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    ],
  ])('ends the mail by the button of a mail program, sent as %s', async (contentType, body) => {
    const { contactId, headers } = await somebody();
    const url = /^<(.*)>$/.exec(headers['List-Unsubscribe']!)![1]!;
    const { status } = await post(new URL(url).pathname, body, contentType);
    expect(status).toBe(200);
    expect(await consentOf(contactId)).toMatchObject({ state: 'withdrawn' });
    // Once more changes nothing.
    await post(new URL(url).pathname, body, contentType);
    const { rows } = await on.app.database.owner.query(
      `select 1 from consent_history join contacts as c using (workspace_id, ordinal) where c.id = $1`,
      [contactId],
    );
    expect(rows).toHaveLength(2);
  });

  it('can be taken back on the same page, but only what was said there', async () => {
    const { contactId, path } = await somebody();
    const { page } = await post(path);
    expect(page).toContain(`action="${path}/resubscribe"`);
    expect((await post(`${path}/resubscribe`)).page).toContain('Do you want no more mail');
    expect(await consentOf(contactId)).toMatchObject({ state: 'granted', source: 'unsubscribe page' });
    await on.workspace.query(
      `mutation ($id: ID!) { recordConsents(input: { consents: [{ contactId: $id, channel: email, state: withdrawn, source: "call" }] }) { changed } }`,
      { id: contactId },
    );
    const refused = await post(`${path}/resubscribe`);
    expect(refused.page).not.toContain('resubscribe');
    expect(await consentOf(contactId)).toMatchObject({ state: 'withdrawn', source: 'call' });
  });

  it('works for somebody who has become part of another contact', async () => {
    const loser = await somebody();
    const winner = await somebody();
    await on.workspace.query(
      'mutation ($input: MergeContactsInput!) { mergeContacts(input: $input) { id } }',
      { input: { winnerId: winner.contactId, loserId: loser.contactId } },
    );
    expect(await consentOf(winner.contactId)).toMatchObject({ state: 'granted' });
    await post(loser.path);
    expect(await consentOf(winner.contactId)).toMatchObject({ state: 'withdrawn' });
  });

  it('says that it is done for somebody who is not here any more, and no more than that', async () => {
    const { contactId, path } = await somebody();
    await on.workspace
      .query('mutation ($id: ID!) { deleteContact(input: { id: $id }) { deleted } }', { id: contactId })
      .catch(() => on.app.database.owner.query('delete from contacts where id = $1', [contactId]));
    for (const { status, page } of [await open(path), await post(path), await post(`${path}/resubscribe`)]) {
      expect(status).toBe(200);
      expect(page).toContain('You are unsubscribed');
      expect(page).not.toContain('resubscribe');
    }
  });

  it('tells nobody who it is for, and works after a restart', async () => {
    const { contactId, path } = await somebody();
    const token = path.slice('/u/'.length);
    const bytes = Buffer.from(token, 'base64url');
    expect(bytes.includes(Buffer.from(contactId.replaceAll('-', ''), 'hex'))).toBe(false);
    await on.app.restart();
    expect((await open(path)).status).toBe(200);
  });

  it('that was not made here gets one answer, whatever is wrong with it', async () => {
    const { path } = await somebody();
    const token = path.slice('/u/'.length);
    const turned = (at: number): string => {
      const bytes = Buffer.from(token, 'base64url');
      bytes[at]! ^= 1;
      return bytes.toString('base64url');
    };
    const length = Buffer.from(token, 'base64url').length;
    const wrong = [
      ...Array.from({ length }, (_, at) => turned(at)),
      writeToken(Buffer.alloc(32), randomUUID(), { contactId: randomUUID() }),
      writeToken(Buffer.alloc(32), on.workspace.id, { contactId: randomUUID() }),
      'abc',
      `${token}A`,
      token.slice(0, -2),
      '%00',
    ];
    const unknown = await open(`/u/${wrong.at(-5)}`);
    expect(unknown.status).toBe(404);
    for (const each of wrong)
      for (const way of [open, post]) {
        const { status, page } = await way(`/u/${each}`);
        expect({ status, page }, each).toEqual({ status: 404, page: unknown.page });
      }
    expect((await open(path)).status).toBe(200);
  });
});
