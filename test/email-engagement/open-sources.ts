import type { TestApp } from '../support/app.js';
import type { TestWorkspace } from '../support/workspaces.js';
import { mailgunReports, postmarkReports, sendgridReports, sesReports, type Reports } from './reports.js';
import { Mailgun, postmarkCall, SendGrid, Sns, type Call } from './senders.js';

export type Provider = 'SENDGRID' | 'MAILGUN' | 'POSTMARK' | 'SES';
export const allProviders: Provider[] = ['SENDGRID', 'MAILGUN', 'POSTMARK', 'SES'];

/** A source of a workspace with the sender that reports to it. */
export interface OpenSource {
  id: string;
  path: string;
  reports: Reports;
  /** The call that reports one thing, signed. */
  sign(report: object): Call;
  /** The same as somebody makes it who does not know the key. */
  forge(report: object): Call;
}

/** What was made with a source. */
export interface MadeSource {
  source: { id: string; path: string };
  password: string | null;
}

/** Creates a source over GraphQL. */
export async function createSource(workspace: TestWorkspace, input: object): Promise<MadeSource> {
  const made = await workspace.query<{ createEmailSource: MadeSource }>(
    `mutation ($input: CreateEmailSourceInput!) { createEmailSource(input: $input) { source { id path } password } }`,
    { input },
  );
  return made.createEmailSource;
}

/** A source of any provider, with a sender of its own. */
export async function openSource(
  workspace: TestWorkspace,
  provider: Provider,
  sns: Sns,
): Promise<OpenSource> {
  if (provider === 'SENDGRID') {
    const [sender, other] = [new SendGrid(), new SendGrid()];
    const { source } = await createSource(workspace, {
      name: 'News',
      provider,
      secret: sender.verificationKey,
    });
    const sign = (report: object): Call => sender.call([report]);
    return { ...source, reports: sendgridReports, sign, forge: (report) => other.call([report]) };
  }
  if (provider === 'MAILGUN') {
    const sender = new Mailgun();
    const { source } = await createSource(workspace, { name: 'News', provider, secret: sender.signingKey });
    const forge = (report: object): Call => sender.call(report, { key: 'key-of-somebody-else' });
    return { ...source, reports: mailgunReports, sign: (report) => sender.call(report), forge };
  }
  if (provider === 'POSTMARK') {
    const { source, password } = await createSource(workspace, { name: 'News', provider });
    const sign = (report: object): Call => postmarkCall(report, password!);
    return { ...source, reports: postmarkReports, sign, forge: (report) => postmarkCall(report, 'guess') };
  }
  const { source } = await createSource(workspace, { name: 'News', provider, topicArn: sns.topicArn });
  const forge = (report: object): Call => {
    const { headers, body } = sns.notification(report);
    return { headers, body: body.replace('Spring', 'Autumn') };
  };
  return { ...source, reports: sesReports, sign: (report) => sns.notification(report), forge };
}

/** Makes a call. */
export function post(app: TestApp, path: string, { headers, body }: Call): Promise<Response> {
  return fetch(`${app.url}${path}`, { method: 'POST', headers, body });
}

/** What of a workspace a report could change. */
export async function countsOf(app: TestApp, workspaceId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [
    'contacts',
    'events',
    'event_messages',
    'consents',
    'suppressions',
    'quarantined_events',
  ]) {
    const { rows } = await app.database.owner.query<{ count: number }>(
      `select count(*)::int as count from ${table} where workspace_id = $1`,
      [workspaceId],
    );
    if (rows[0]!.count > 0) counts[table] = rows[0]!.count;
  }
  return counts;
}
