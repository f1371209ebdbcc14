import { createHash } from 'node:crypto';
import { createTransport, type Transporter } from 'nodemailer';
import { DestinationFailure, type Connection } from '../destination.js';
import { codesOf, isBounce, smtpFailure } from './failures.js';
import type { SmtpSettings } from './settings.js';
import { transportOptions } from './transport.js';

/** A message to one person, as it is to be sent. */
export interface OutgoingMail {
  /** The address alone. */
  to: string;
  subject: string;
  html: string | null;
  text: string;
  /** Beside those that every message has, such as `List-Unsubscribe`. */
  headers?: Readonly<Record<string, string>>;
  /**
   * Ours, of this message to this person. `Message-ID` is made of it, so a message that is sent again, because nobody knows
   * whether the first time has reached the server, can be told for the same.
   */
  id: string;
}

/** What became of a message. */
export type MailOutcome =
  /** The server has it. */
  | { status: 'sent' }
  /** The server will never take mail for this address; why, in words without it. */
  | { status: 'bounced'; because: string };

/** Sends the mail of destinations, over connections that it keeps open as long as there is mail. */
export interface MailSender {
  /**
   * Hands one message to a mail server, which has taken it when this returns. Throws {@link DestinationFailure} when it was
   * not taken, for other reasons than the recipient's address; nothing is ever tried again here.
   */
  send(connection: Connection, mail: OutgoingMail): Promise<MailOutcome>;
  /** Lets go of all connections. */
  close(): Promise<void>;
}

/** Servers whose connections are kept open at a time; of the one that waits for the longest they are let go. */
const mostKept = 50;

interface Kept {
  transport: Transporter;
  sender: SmtpSettings;
}

/** Builds {@link MailSender}. */
export function createMailSender(): MailSender {
  const kept = new Map<string, Kept>();

  function open(connection: Connection): Kept {
    const key = createHash('sha256')
      .update(JSON.stringify([connection.settings, connection.credentials]))
      .digest('base64');
    const found = kept.get(key) ?? create(connection);
    // At the end again: the first one is the one that waits for the longest.
    kept.delete(key);
    kept.set(key, found);
    for (const [oldest, { transport }] of kept) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
      // What is under way ends first.
      transport.close();
    }
    return found;
  }

  function create(connection: Connection): Kept {
    const { options, sender } = transportOptions(connection);
    return { transport: createTransport({ ...options, pool: true }), sender };
  }

  return {
    async send(connection, mail) {
      connection.signal.throwIfAborted();
      const { transport, sender } = open(connection);
      try {
        await transport.sendMail({ ...messageOf(sender, mail), signal: connection.signal });
        return { status: 'sent' };
      } catch (error) {
        connection.signal.throwIfAborted();
        if (isBounce(error))
          return {
            status: 'bounced',
            because: `The mail server does not know the address (${codesOf(error as object)}).`,
          };
        throw error instanceof DestinationFailure ? error : smtpFailure(error);
      }
    },
    async close() {
      for (const { transport } of kept.values()) transport.close();
      kept.clear();
    },
  };
}

function messageOf({ fromName = '', fromAddress, replyTo }: SmtpSettings, mail: OutgoingMail): object {
  const { to, subject, html, text, headers, id } = mail;
  return {
    from: { name: fromName, address: fromAddress },
    // An object and not a text: an address must never be read as a list of several.
    to: { name: '', address: to },
    ...(replyTo !== undefined && { replyTo: { name: '', address: replyTo } }),
    subject,
    text,
    ...(html !== null && { html }),
    messageId: `<${id}@${fromAddress.slice(fromAddress.lastIndexOf('@') + 1)}>`,
    // Tells robots that answer mail, such as notices of absence, to be silent.
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
  };
}
