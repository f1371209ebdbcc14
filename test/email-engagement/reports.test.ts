import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { allProviders, countsOf, openSource, post } from './open-sources.js';
import { SendGrid, Sns } from './senders.js';

/* What senders report becomes events, consents and suppressions, once each, whoever the sender is. */

let app: TestApp;
let workspace: TestWorkspace;
const sns = new Sns();

beforeAll(async () => {
  app = await startTestApp({ secretKeys: [randomBytes(32)] }, { getText: sns.getText, part: 'http' });
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

const email = 'dana@example.com';
const at = new Date(Date.now() - 60_000);

interface Known {
  consents: { channel: string; state: string; source: string; proof: string | null; recordedAt: string }[];
  events: {
    edges: {
      node: { name: string; target: string; properties: object; occurredAt: string; source: string };
    }[];
  };
}

async function contact(): Promise<Known | null> {
  const { data } = (await workspace.ask(
    `query ($email: String!) { workspace { contact(by: {email: $email}) {
       consents { channel state source proof recordedAt }
       events(first: 20) { edges { node { name target properties occurredAt source } } } } } }`,
    { email },
  )) as { data: { workspace: { contact: Known } } | null };
  return data && data.workspace.contact;
}

const events = async () => (await contact())!.events.edges.map(({ node }) => node);

async function suppressions(): Promise<string[]> {
  const { workspace: found } = await workspace.query<{
    workspace: { suppressions: { edges: { node: { channel: string; value: string; reason: string } }[] } };
  }>('{ workspace { suppressions { edges { node { channel value reason } } } } }');
  return found.suppressions.edges.map(({ node }) => `${node.channel} ${node.value} ${node.reason}`);
}

const write = (contactInput: object): Promise<unknown> =>
  workspace.query(
    'mutation ($input: UpsertContactsInput!) { upsertContacts(input: $input) { outcome error { message } } }',
    { input: { contacts: [contactInput] } },
  );

const consenting = {
  email: 'Dana@Example.com',
  consents: [{ channel: 'email', state: 'granted', recordedAt: '2026-01-01T00:00:00Z' }],
};

describe.each(allProviders)('%s', (provider) => {
  it('reports what contacts did as events, with the campaign as target', async () => {
    await write({ email });
    const { path, reports, sign } = await openSource(workspace, provider, sns);
    for (const kind of ['delivered', 'open', 'click', 'soft bounce'] as const) {
      const answer = await post(app, path, sign(reports[kind](email, at)));
      expect([kind, answer.status, await answer.json()]).toEqual([
        kind,
        200,
        { success: true, stored: 1, duplicates: 0, left: 0 },
      ]);
    }
    const found = await events();
    expect(found.map(({ name, target }) => `${name} ${target}`).sort()).toEqual([
      'email_bounce Spring',
      'email_click Spring',
      'email_delivered Spring',
      'email_open Spring',
    ]);
    expect(found.find(({ name }) => name === 'email_click')!.properties).toMatchObject({
      provider: provider.toLowerCase(),
      url: 'https://www.example.com/a',
    });
    expect(found.find(({ name }) => name === 'email_bounce')!.properties).toMatchObject({ bounce: 'soft' });
    for (const { occurredAt, source } of found) {
      expect(Math.abs(Date.parse(occurredAt) - at.getTime())).toBeLessThan(1000);
      expect(source).toBe(provider.toLowerCase());
    }
    expect(await suppressions()).toEqual([]);
  });

  it('that reports an opt-out withdraws the consent, and says how it is known', async () => {
    await write(consenting);
    const { path, reports, sign } = await openSource(workspace, provider, sns);
    expect((await post(app, path, sign(reports.unsubscribe(email, at)))).status).toBe(200);
    const [consent] = (await contact())!.consents;
    expect(consent).toMatchObject({ channel: 'email', state: 'withdrawn', source: 'email: News' });
    expect(consent!.proof).toMatch(/reported that dana@example\.com unsubscribed at 20/);
    expect((await events()).map(({ name }) => name)).toEqual(['email_unsubscribe']);
  });

  it('that reports a complaint withdraws the consent and suppresses the address', async () => {
    await write(consenting);
    const { path, reports, sign } = await openSource(workspace, provider, sns);
    expect((await post(app, path, sign(reports.complaint(email, at)))).status).toBe(200);
    expect((await contact())!.consents).toMatchObject([{ channel: 'email', state: 'withdrawn' }]);
    expect(await suppressions()).toEqual(['email dana@example.com complained']);
    expect((await events()).map(({ name }) => name)).toEqual(['email_complaint']);
  });

  it('that reports a hard bounce suppresses the address, and leaves the consent as it is', async () => {
    await write(consenting);
    const { path, reports, sign } = await openSource(workspace, provider, sns);
    expect((await post(app, path, sign(reports.bounce(email, at)))).status).toBe(200);
    expect((await contact())!.consents).toMatchObject([{ channel: 'email', state: 'granted' }]);
    expect(await suppressions()).toEqual(['email dana@example.com bounced']);
    expect((await events())[0]!.properties).toMatchObject({ bounce: 'hard' });
  });

  it('that sends the same call 20 times at once has reported one thing', async () => {
    await write(consenting);
    const { path, reports, sign } = await openSource(workspace, provider, sns);
    const call = sign(reports.unsubscribe(email, at));
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(app, path, call)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const stored = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { stored: number }).stored),
    );
    expect(stored.reduce((sum, each) => sum + each)).toBe(1);
    expect(await countsOf(app, workspace.id)).toEqual({
      contacts: 1,
      events: 1,
      event_messages: 1,
      consents: 1,
    });
  });

  it('makes no contact of an address that nobody has, but keeps that it must get no mail', async () => {
    const { path, reports, sign } = await openSource(workspace, provider, sns);
    for (const kind of ['open', 'click'] as const) {
      const answer = await post(app, path, sign(reports[kind](email, at)));
      expect(await answer.json()).toEqual({ success: true, stored: 0, duplicates: 0, left: 1 });
    }
    expect(await countsOf(app, workspace.id)).toEqual({});
    await post(app, path, sign(reports.unsubscribe(email, at)));
    await post(app, path, sign(reports.bounce('eve@example.com', at)));
    expect(await suppressions()).toEqual([
      'email dana@example.com unsubscribed',
      'email eve@example.com bounced',
    ]);
    expect(await contact()).toBeNull();
  });
});

it('a consent that was given after the opt-out that is reported stands', async () => {
  const { path, reports, sign } = await openSource(workspace, 'SENDGRID', sns);
  const granted = {
    channel: 'email',
    state: 'granted',
    recordedAt: new Date(at.getTime() + 30_000).toISOString(),
  };
  await write({ email, consents: [granted] });
  await post(app, path, sign(reports.unsubscribe(email, at)));
  expect((await contact())!.consents).toMatchObject([{ channel: 'email', state: 'granted' }]);
});

it('a suppression that was lifted does not come back when its report does', async () => {
  const { path, reports, sign } = await openSource(workspace, 'SENDGRID', sns);
  const calls = ['eve@example.com', email].map((address) => sign(reports.bounce(address, at)));
  await write({ email });
  for (const call of calls) await post(app, path, call);
  expect(await suppressions()).toHaveLength(2);
  await workspace.query(
    'mutation ($input: RemoveSuppressionsInput!) { removeSuppressions(input: $input) { changed } }',
    { input: { channels: ['email'], kind: 'email', values: [email, 'eve@example.com'] } },
  );
  for (const call of calls) expect((await post(app, path, call)).status).toBe(200);
  expect(await suppressions()).toEqual([]);
});

it('a call that holds many reports applies all of them, and leaves out what it cannot take', async () => {
  await write(consenting);
  const sender = new SendGrid();
  const { path, reports } = await openSource(workspace, 'SENDGRID', sns);
  await workspace.query(
    'mutation ($input: UpdateEmailSourceInput!) { updateEmailSource(input: $input) { source { id } } }',
    { input: { id: await sourceId(), secret: sender.verificationKey } },
  );
  const others = ['processed', 'deferred', 'dropped', 'group_resubscribe', 'toString', ''].map((event) => ({
    ...reports.open(email, at),
    event,
  }));
  const nonsense = [null, 1, [], {}, { event: 'open' }, { ...reports.open('no address', at) }];
  const opens = Array.from({ length: 1200 }, (_, index) =>
    reports.open(index % 2 === 0 ? email : `nobody-${index}@example.com`, at),
  );
  const bounces = Array.from({ length: 1200 }, (_, index) => reports.bounce(`gone-${index}@example.com`, at));
  const odd = {
    ...reports.click(email, at),
    campaign: 'a\0b',
    url: `https://www.example.com/?${'x'.repeat(40_000)}`,
  };
  const calls = [...others, ...nonsense, ...opens, ...bounces, odd, odd];
  const answer = await post(app, path, sender.call(calls));
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { success: true, stored: 601, duplicates: 1, left: 1800 },
  ]);
  expect(await countsOf(app, workspace.id)).toMatchObject({ contacts: 1, events: 601, suppressions: 1200 });
});

async function sourceId(): Promise<string> {
  const { workspace: found } = await workspace.query<{
    workspace: { emailSources: { edges: { node: { id: string } }[] } };
  }>('{ workspace { emailSources { edges { node { id } } } } }');
  return found.emailSources.edges[0]!.node.id;
}
