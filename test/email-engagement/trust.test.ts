import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { allProviders, countsOf, createSource, openSource, post, type MadeSource } from './open-sources.js';
import { mailgunReports, postmarkReports, sesReports } from './reports.js';
import { Mailgun, postmarkCall, SendGrid, Sns, type Call } from './senders.js';

/* Only the sender itself is believed, and only what it says. */

let app: TestApp;
let workspace: TestWorkspace;
let sns: Sns;
const keys = [randomBytes(32)];
/** What is added to the clock of the server, in milliseconds. */
let ahead = 0;

beforeAll(async () => {
  app = await startTestApp(
    { secretKeys: keys },
    {
      getText: (url) => sns.getText(url),
      clock: { now: () => new Date(Date.now() + ahead) },
    },
  );
});
afterAll(() => app?.close());
beforeEach(async () => {
  sns = new Sns();
  ahead = 0;
  workspace = await createWorkspace(app);
  await workspace.query(
    'mutation ($input: UpsertContactsInput!) { upsertContacts(input: $input) { outcome } }',
    {
      input: { contacts: [{ email }] },
    },
  );
});

const email = 'dana@example.com';
const at = new Date(Date.now() - 60_000);

interface Health {
  lastReceivedAt: string | null;
  lastRefusedAt: string | null;
  lastRefusal: string | null;
}

async function health(): Promise<Health> {
  const { workspace: found } = await workspace.query<{
    workspace: { emailSources: { edges: { node: Health }[] } };
  }>('{ workspace { emailSources { edges { node { lastReceivedAt lastRefusedAt lastRefusal } } } } }');
  return found.emailSources.edges[0]!.node;
}

/** Refuses a call, says why to those who look after the source, and stores nothing else of it. */
async function expectRefused(path: string, call: Call, reason: RegExp, status = 401): Promise<void> {
  const answer = await post(app, path, call);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  expect([answer.status, error.message]).toEqual([status, expect.stringMatching(reason)]);
  expect(await countsOf(app, workspace.id)).toEqual({ contacts: 1 });
  const { lastRefusal, lastRefusedAt, lastReceivedAt } = await health();
  expect(lastRefusal).toMatch(reason);
  expect(lastRefusedAt).not.toBeNull();
  expect(lastReceivedAt).toBeNull();
  ahead += 60_000;
}

describe.each(allProviders)('%s', (provider) => {
  it('is not believed when the call was changed or signed by somebody else, unsigned, or signed for another', async () => {
    const { path, reports, forge } = await openSource(workspace, provider, sns);
    const report = reports.unsubscribe(email, at);
    await expectRefused(path, forge(report), /does not fit|is not the one/);
    await expectRefused(
      path,
      { headers: {}, body: JSON.stringify(report) },
      /no signature|no password|no message of/,
    );
  });

  it.each([
    ['broken JSON', '{"'],
    ['nothing', ''],
    ['a text', '"hello"'],
    ['null', 'null'],
    ['a number', '1e999'],
    ['deep nesting', '['.repeat(200_000)],
    ['no UTF-8', '\ud800'],
  ])('answers %s without a failure of its own, and stores nothing', async (_, body) => {
    const { path, sign, reports } = await openSource(workspace, provider, sns);
    const { headers } = sign(reports.open(email, at));
    const { status } = await post(app, path, { headers, body });
    expect([400, 401]).toContain(status);
    expect(await countsOf(app, workspace.id)).toEqual({ contacts: 1 });
  });

  it('tells when it last reported', async () => {
    const { path, sign, reports } = await openSource(workspace, provider, sns);
    expect(await health()).toEqual({ lastReceivedAt: null, lastRefusedAt: null, lastRefusal: null });
    await post(app, path, sign(reports.open(email, at)));
    expect(Date.now() - Date.parse((await health()).lastReceivedAt!)).toBeLessThan(60_000);
  });

  it('is not heard any more once its source is deleted, nor by another workspace', async () => {
    const { id, path, sign, reports } = await openSource(workspace, provider, sns);
    const other = await createWorkspace(app);
    const bytes = Buffer.from(path.split('/').at(-1)!, 'base64url');
    const mixed = Buffer.concat([Buffer.from(other.id.replaceAll('-', ''), 'hex'), bytes.subarray(16)]);
    const call = sign(reports.open(email, at));
    expect((await post(app, `/v1/email/${mixed.toString('base64url')}`, call)).status).toBe(404);
    expect((await post(app, '/v1/email/x', call)).status).toBe(404);
    await workspace.query('mutation ($input: EmailSourceIdInput!) { deleteEmailSource(input: $input) }', {
      input: { id },
    });
    expect((await post(app, path, call)).status).toBe(404);
    expect(await countsOf(app, workspace.id)).toEqual({ contacts: 1 });
  });
});

describe('SendGrid', () => {
  it('signs the body byte for byte, whatever JSON it is', async () => {
    const sender = new SendGrid();
    const { source } = await createSource(workspace, {
      name: 'News',
      provider: 'SENDGRID',
      secret: `-----BEGIN PUBLIC KEY-----\n${sender.verificationKey}\n-----END PUBLIC KEY-----\n`,
    });
    const report = `{ "email":"${email}" ,"event":"open","sg_event_id":"1","timestamp":${Math.floor(at.getTime() / 1000)} }`;
    const call = sender.raw(`[${report}]\r\n`);
    await expectRefused(source.path, { ...call, body: call.body.trim() }, /does not fit/);
    expect((await post(app, source.path, call)).status).toBe(200);
    expect(await countsOf(app, workspace.id)).toMatchObject({ events: 1 });
  });
});

describe('Mailgun', () => {
  let sender: Mailgun;
  let path: string;
  beforeEach(async () => {
    sender = new Mailgun();
    const input = { name: 'News', provider: 'MAILGUN', secret: sender.signingKey };
    ({ path } = (await createSource(workspace, input)).source);
  });

  it('signs no body, so a token counts for one body only', async () => {
    const call = sender.call(mailgunReports.open(email, at));
    expect((await post(app, path, call)).status).toBe(200);
    const { signature } = JSON.parse(call.body) as { signature: object };
    const forged = { signature, 'event-data': mailgunReports.unsubscribe(email, at) };
    const refused = await post(app, path, { ...call, body: JSON.stringify(forged) });
    expect(refused.status).toBe(401);
    expect((await health()).lastRefusal).toMatch(/used before/);
    const again = await post(app, path, call);
    expect([again.status, await again.json()]).toMatchObject([200, { stored: 0, duplicates: 1 }]);
    expect(await countsOf(app, workspace.id)).toMatchObject({ events: 1 });
    expect(await countsOf(app, workspace.id)).not.toHaveProperty('consents');
  });

  it('is believed for as long as it sends a call again, and no longer', async () => {
    const hour = 60 * 60 * 1000;
    const report = mailgunReports.open(email, at);
    await expectRefused(path, sender.call(report, { at: Date.now() - 13 * hour }), /last 12 hours/);
    await expectRefused(path, sender.call(report, { at: Date.now() + 14 * hour }), /last 12 hours/);
    expect((await post(app, path, sender.call(report, { at: Date.now() - 8 * hour }))).status).toBe(200);
  });

  it('signs for its subaccounts', async () => {
    const { headers, body } = sender.call(mailgunReports.open(email, at));
    const { signature, ...rest } = JSON.parse(body) as { signature: { signature: string } };
    const signed = { ...signature, signature: 'a'.repeat(64), 'parent-signature': signature.signature };
    const call = { headers, body: JSON.stringify({ signature: signed, ...rest }) };
    expect((await post(app, path, call)).status).toBe(200);
  });

  it('has its tokens forgotten when their age refuses them anyway', async () => {
    const report = mailgunReports.open(email, at);
    const ages = [49, 47];
    for (const hours of ages) {
      await post(app, path, sender.call(report));
      await app.database.owner.query(
        `update email_call_tokens set received_at = now() - make_interval(hours => $2)
         where workspace_id = $1 and received_at > now() - interval '1 hour'`,
        [workspace.id, hours],
      );
    }
    await app.database.owner.query(`select graphile_worker.add_job('expire-email-call-tokens')`);
    const agesLeft = async (): Promise<number[]> => {
      const { rows } = await app.database.owner.query<{ hours: number }>(
        `select round(extract(epoch from now() - received_at) / 3600)::int as hours from email_call_tokens
         where workspace_id = $1 order by 1 desc`,
        [workspace.id],
      );
      return rows.map(({ hours }) => hours);
    };
    await expect.poll(agesLeft, { timeout: 30_000 }).toEqual([47]);
  });
});

describe('Postmark', () => {
  it('presents a password that is shown once and can be made anew', async () => {
    const { source, password } = await createSource(workspace, { name: 'News', provider: 'POSTMARK' });
    expect(password).toMatch(/^[\w-]{43}$/);
    const { updateEmailSource } = await workspace.query<{ updateEmailSource: MadeSource }>(
      'mutation ($input: UpdateEmailSourceInput!) { updateEmailSource(input: $input) { source { id path } password } }',
      { input: { id: source.id, newPassword: true } },
    );
    const report = postmarkReports.open(email, at);
    await expectRefused(source.path, postmarkCall(report, password!), /is not the one/);
    expect((await post(app, source.path, postmarkCall(report, updateEmailSource.password!))).status).toBe(
      200,
    );
  });
});

describe('Amazon SES', () => {
  let path: string;
  beforeEach(async () => {
    const input = { name: 'News', provider: 'SES', topicArn: sns.topicArn };
    ({ path } = (await createSource(workspace, input)).source);
  });
  const report = sesReports.open(email, at);

  it('has its subscription confirmed at Amazon SNS', async () => {
    const call = sns.confirmation();
    const { SubscribeURL } = JSON.parse(call.body) as { SubscribeURL: string };
    expect((await post(app, path, call)).status).toBe(200);
    expect(sns.asked).toEqual([sns.certificateUrl, SubscribeURL]);
    expect(await countsOf(app, workspace.id)).toEqual({ contacts: 1 });
  });

  it.each(['1', '2'])('signs in version %s, and is asked for its certificate once', async (version) => {
    for (let index = 0; index < 3; index += 1)
      expect((await post(app, path, sns.notification(report, { SignatureVersion: version }))).status).toBe(
        200,
      );
    expect(await countsOf(app, workspace.id)).toMatchObject({ events: 3 });
    expect(sns.asked).toEqual([sns.certificateUrl]);
  });

  it('is not believed about another topic, and nothing is fetched for it', async () => {
    const other = 'arn:aws:sns:eu-west-1:999999999999:ses-events';
    await expectRefused(path, sns.notification(report, { TopicArn: other }), /another topic/);
    await expectRefused(path, sns.confirmation({ TopicArn: other }), /another topic/);
    expect(sns.asked).toEqual([]);
  });

  it.each([
    'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem',
    'https://evil.example/SimpleNotificationService-0123456789abcdef.pem',
    'https://snsXeu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    'https://s3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem',
    'https://a@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.eu-west-1.amazonaws.com/?Action=GetTopicAttributes&x=.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem?x',
    'file:///etc/SimpleNotificationService-0123456789abcdef.pem',
    '',
  ])('is not believed with a certificate at %s, and it is not fetched', async (SigningCertURL) => {
    await expectRefused(path, sns.notification(report, { SigningCertURL }), /certificate of Amazon SNS/);
    expect(sns.asked).toEqual([]);
  });

  it('has no subscription confirmed anywhere else', async () => {
    const SubscribeURL = 'https://evil.example/?Action=ConfirmSubscription';
    await expectRefused(path, sns.confirmation({ SubscribeURL }), /at Amazon SNS/);
    expect(sns.asked).toEqual([sns.certificateUrl]);
  });

  it('is not believed with a certificate that is not valid any more', async () => {
    ahead = 400 * 24 * 60 * 60 * 1000;
    await expectRefused(path, sns.notification(report), /not valid at this time/);
  });

  it('is asked to send again while Amazon SNS cannot be asked, and believed afterwards', async () => {
    const call = sns.notification(report);
    sns.isUp = false;
    expect((await post(app, path, call)).status).toBe(503);
    sns.isUp = true;
    sns.status = 500;
    expect((await post(app, path, call)).status).toBe(503);
    expect(await countsOf(app, workspace.id)).toEqual({ contacts: 1 });
    sns.status = 200;
    expect((await post(app, path, call)).status).toBe(200);
    expect(await countsOf(app, workspace.id)).toMatchObject({ events: 1 });
    expect((await health()).lastRefusal).toBeNull();
  });

  it('may say in words that the topic works', async () => {
    const hello = 'Successfully validated SNS topic for Amazon SES event publishing.';
    expect((await post(app, path, sns.notification(hello))).status).toBe(200);
    expect(await countsOf(app, workspace.id)).toEqual({ contacts: 1 });
  });
});
