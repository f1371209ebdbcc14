import type { Socket } from 'node:net';
import { callbackify } from 'node:util';
import type { SMTPPoolOptions } from 'nodemailer';
import type { Connection } from '../destination.js';
import { portOf, smtpCredentials, smtpSettings, type SmtpSettings } from './settings.js';

/** Milliseconds: until a connection stands, until the server speaks, and until it says something again. */
const connectPatience = 15_000;
const greetingPatience = 15_000;
const silencePatience = 30_000;
/** Milliseconds that a connection is kept without a message: fewer than servers keep one. */
const keptFor = 20_000;

/** How a mail server is reached, as nodemailer takes it. Sockets are opened by the network: nobody is reached past it. */
export function transportOptions({
  settings,
  credentials,
  outside,
}: Pick<Connection, 'settings' | 'credentials' | 'outside'>): {
  options: SMTPPoolOptions;
  sender: SmtpSettings;
} {
  const sender = smtpSettings.parse(settings);
  const { user, password, dkimKey } = smtpCredentials.parse(credentials);
  const { host, tls, dkimDomain, dkimSelector, messagesPerSecond } = sender;
  const port = portOf(sender);
  const options: SMTPPoolOptions = {
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    maxConnections: sender.maxConnections,
    ...(messagesPerSecond !== undefined && { rateLimit: messagesPerSecond, rateDelta: 1000 }),
    // Whoever sends tries again, and knows what has been sent.
    maxRequeues: 0,
    idleTimeout: keptFor,
    connectionTimeout: connectPatience,
    greetingTimeout: greetingPatience,
    socketTimeout: silencePatience,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user !== undefined && { auth: { user, pass: password }, forceAuth: true }),
    ...(dkimDomain &&
      dkimSelector &&
      dkimKey && { dkim: { domainName: dkimDomain, keySelector: dkimSelector, privateKey: dkimKey } }),
    getSocket(_options, callback) {
      const connect = (): Promise<Socket> =>
        outside.network.connect({ host, port, plain: tls === 'none' }, AbortSignal.timeout(connectPatience));
      callbackify(connect)((error, connection) => callback(error, { connection }));
    },
  };
  return { options, sender };
}
