import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A message as the server has taken it. */
export interface TakenMail {
  from: string;
  to: string[];
  /** By name in lower case, unfolded. */
  headers: Record<string, string>;
  /** Headers and text, as they travel. */
  source: string;
}

/** A mail server that asks who is there, and keeps what it is given. */
export interface SmtpServer {
  port: number;
  mails: TakenMail[];
  connections: number;
  /** What it answers instead of taking something, by the address of the recipient. */
  refusals: Map<string, { code: number; at: 'rcpt' | 'data' }>;
  /** Ends the connection after it has the whole of the next message, without saying whether it has taken it. */
  hangUpOnce: boolean;
  close(): Promise<void>;
}

export const smtpUser = { user: 'ada', password: 'correct horse' };

/** Starts it on a free port. @param options.tls whether it offers STARTTLS, with a certificate that nobody has signed. */
export async function startSmtp({ tls = false }: { tls?: boolean } = {}): Promise<SmtpServer> {
  const kept: SmtpServer = {
    port: 0,
    mails: [],
    connections: 0,
    refusals: new Map(),
    hangUpOnce: false,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const refuse = (code: number): Error =>
    Object.assign(new Error(`No mail for anybody called Ada <ada@example.com>`), { responseCode: code });
  const server = new SMTPServer({
    disabledCommands: tls ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    closeTimeout: 100,
    onConnect(_session, callback) {
      kept.connections += 1;
      callback();
    },
    onAuth({ username, password }, _session, callback) {
      if (username === smtpUser.user && password === smtpUser.password) callback(null, { user: username });
      else callback(new Error('Who are you?'));
    },
    onRcptTo({ address }, _session, callback) {
      const refusal = kept.refusals.get(address);
      callback(refusal?.at === 'rcpt' ? refuse(refusal.code) : null);
    },
    async onData(stream, session, callback) {
      const source = await text(stream);
      const to = session.envelope.rcptTo.map(({ address }) => address);
      const refusal = kept.refusals.get(to[0] ?? '');
      if (refusal?.at === 'data') return callback(refuse(refusal.code));
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
      kept.mails.push({ from, to, headers: headersOf(source), source });
      if (kept.hangUpOnce) {
        kept.hangUpOnce = false;
        // The end of the connection is all that the sender ever hears.
        for (const connection of server.connections)
          (connection as { _socket: { destroy(): void } })._socket.destroy();
        return undefined;
      }
      return callback();
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  kept.port = (server.server.address() as AddressInfo).port;
  return kept;
}

function headersOf(source: string): Record<string, string> {
  const head = source.split(/\r?\n\r?\n/)[0]!.replaceAll(/\r?\n[ \t]+/g, ' ');
  return Object.fromEntries(
    head.split(/\r?\n/).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
