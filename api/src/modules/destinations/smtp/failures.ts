import { explainNetwork } from '../../../platform/net/explain-network.js';
import { AddressRefused } from '../../../platform/net/network.js';
import { DestinationFailure } from '../destination.js';

/** What nodemailer says of a failure, of which nothing is certain. */
interface MailError {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** The codes of a reply, such as `550 5.1.1`; its words may name the recipient. */
export function codesOf({ response = '', responseCode }: MailError): string {
  return (
    /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/u.exec(response)?.slice(0, 1)[0]?.replace('-', ' ') ??
    `${responseCode ?? ''}`
  );
}

/** Whether the server will never take mail for this recipient: the others' is not concerned. */
export function isBounce(error: unknown): boolean {
  const { code, command, responseCode = 0 } = (error ?? {}) as MailError;
  return code === 'EENVELOPE' && command === 'RCPT TO' && responseCode >= 500 && responseCode !== 503;
}

/** What a failure of a mail server means. It holds neither the server's words nor the address of anybody. */
export function smtpFailure(error: unknown): DestinationFailure {
  const mail = (error ?? {}) as MailError;
  const { code, responseCode = 0 } = mail;
  const failure = (trouble: DestinationFailure['trouble'], message: string): DestinationFailure =>
    new DestinationFailure(trouble, message, { cause: error });
  if (error instanceof AddressRefused) return failure('refused', error.message);
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    // Some servers say so when they are merely busy.
    if (responseCode >= 400 && responseCode < 500)
      return failure('busy', `The mail server cannot check who we are now (${codesOf(mail)}).`);
    const detail = responseCode > 0 ? ` (${codesOf(mail)})` : '';
    return failure('credentials', `The mail server does not accept the user and the password${detail}.`);
  }
  const words = explainNetwork(error);
  if (/certificate|TLS/u.test(words)) return failure('refused', words);
  if (code === 'ETLS')
    return failure('refused', 'The mail server does not encrypt the connection as the settings ask.');
  if (responseCode >= 500 && responseCode !== 503)
    return failure('refused', `The mail server refuses ${refusedThing(mail)} (${codesOf(mail)}).`);
  if (responseCode >= 400)
    return failure('busy', `The mail server asks to try again later (${codesOf(mail)}).`);
  return failure('busy', words);
}

function refusedThing({ command }: MailError): string {
  if (command === 'MAIL FROM') return 'mail from the sender’s address';
  if (command === 'RCPT TO') return 'the recipient';
  return 'the message';
}
