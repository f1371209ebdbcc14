import { createTransport } from 'nodemailer';
import type { Settings } from '../../settings.js';

/** A message to one person. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** Hands mail to a server, which has taken it when this returns. */
export type SendMail = (mail: Mail) => Promise<void>;

/** Milliseconds in which the server has to answer: whoever waits is a job, which tries again later. */
const patience = 20_000;

/** Sends over SMTP; undefined where no server is set. A connection is opened for each message: they are few. */
export function createSendMail({
  smtpUrl,
  mailFrom,
}: Pick<Settings, 'smtpUrl' | 'mailFrom'>): SendMail | undefined {
  if (!smtpUrl) return undefined;
  const transport = createTransport(
    { url: smtpUrl, connectionTimeout: patience, greetingTimeout: patience, socketTimeout: patience },
    // Tells robots that answer mail, such as notices of absence, to be silent.
    { from: mailFrom, headers: { 'auto-submitted': 'auto-generated' } },
  );
  return async ({ to, subject, text }) => {
    // An object and not a text: an address must never be read as a list of several.
    await transport.sendMail({ to: { name: '', address: to }, subject, text });
  };
}
