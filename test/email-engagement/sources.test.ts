import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type GraphqlAnswer, type TestWorkspace } from '../support/workspaces.js';
import { createSource, openSource, post } from './open-sources.js';
import { SendGrid, Sns } from './senders.js';

/* Sources over GraphQL, and their secrets at rest. */

let app: TestApp;
let workspace: TestWorkspace;
const sns = new Sns();
const first = randomBytes(32);

beforeAll(async () => {
  app = await startTestApp({ secretKeys: [first] }, { getText: sns.getText, part: 'http' });
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

const create = (input: object): Promise<GraphqlAnswer> =>
  workspace.ask(
    'mutation ($input: CreateEmailSourceInput!) { createEmailSource(input: $input) { source { id } password } }',
    { input },
  );

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:mail';

it.each([
  ['SendGrid without its key', { provider: 'SENDGRID' }, 'input.secret'],
  ['SendGrid with something else', { provider: 'SENDGRID', secret: 'SG.abc' }, 'input.secret'],
  ['SendGrid with a key of RSA', { provider: 'SENDGRID', secret: rsaKey() }, 'input.secret'],
  [
    'SendGrid with a topic',
    { provider: 'SENDGRID', secret: new SendGrid().verificationKey, topicArn },
    'input.topicArn',
  ],
  ['Mailgun without its key', { provider: 'MAILGUN' }, 'input.secret'],
  ['Postmark with a secret of somebody’s choice', { provider: 'POSTMARK', secret: 'x' }, 'input.secret'],
  ['SES without a topic', { provider: 'SES' }, 'input.topicArn'],
  ['SES with a topic that is none', { provider: 'SES', topicArn: `${topicArn}/x` }, 'input.topicArn'],
])('refuses %s, with the path', async (_, input, path) => {
  const { errors } = await create({ name: 'News', ...input });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path });
});

function rsaKey(): string {
  return 'MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAJx7tmTMTnmQCI9j8CEeSnH4dmIEPXUWSKB5VHbBs2Ui2FtfjzKoYCDhbeJ4nPVsjZBNQb4FNCrUzlTsCWJwPgMCAwEAAQ==';
}

it('lists sources, the newest first, without their secrets, which are encrypted at rest', async () => {
  const sender = new SendGrid();
  await createSource(workspace, { name: 'Old', provider: 'SENDGRID', secret: sender.verificationKey });
  const { password } = await createSource(workspace, { name: 'New', provider: 'POSTMARK' });
  const answer = await workspace.ask(
    '{ workspace { emailSources { edges { node { name provider path topicArn createdBy } } } } }',
  );
  expect(answer.data).toMatchObject({
    workspace: {
      emailSources: {
        edges: [
          { node: { name: 'New', provider: 'POSTMARK' } },
          { node: { name: 'Old', provider: 'SENDGRID' } },
        ],
      },
    },
  });
  const { rows } = await app.database.owner.query<{ secret: Buffer }>(
    'select secret from email_sources where workspace_id = $1',
    [workspace.id],
  );
  expect(rows).toHaveLength(2);
  for (const { secret } of rows) {
    expect(secret.includes(sender.verificationKey)).toBe(false);
    expect(secret.includes(password!)).toBe(false);
  }
});

it('goes on with the secrets of an earlier key, and says that it cannot without it', async () => {
  const { path, reports, sign } = await openSource(workspace, 'SENDGRID', sns);
  const call = () => post(app, path, sign(reports.open('a@example.com', new Date())));
  app.settings.secretKeys = [randomBytes(32), first];
  await app.restart();
  expect((await call()).status).toBe(200);
  app.settings.secretKeys = [randomBytes(32)];
  await app.restart();
  const refused = await call();
  expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 'UNAVAILABLE' } }]);
  app.settings.secretKeys = [];
  await app.restart();
  const { errors } = await create({ name: 'News', provider: 'POSTMARK' });
  expect(errors).toMatchObject([
    {
      message: 'This Coterie has no key to keep secrets: set SECRETS_KEY.',
      extensions: { code: 'INVALID_INPUT' },
    },
  ]);
  expect((await create({ name: 'News', provider: 'SES', topicArn })).errors).toBeUndefined();
  app.settings.secretKeys = [first];
  await app.restart();
});
