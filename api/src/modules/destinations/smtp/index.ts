import { createTransport } from 'nodemailer';
import type { DestinationType } from '../destination.js';
import { smtpFailure } from './failures.js';
import { smtpCredentials, smtpSettings } from './settings.js';
import { transportOptions } from './transport.js';

/** A workspace's own mail server. */
export const smtp: DestinationType = {
  kind: 'smtp',
  label: 'Mail server (SMTP)',
  settings: smtpSettings,
  credentials: smtpCredentials,
  /** Connects, encrypts, and signs in; no message is sent. */
  async test(connection) {
    const { options } = transportOptions(connection);
    const transport = createTransport(options);
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(connection.signal.reason);
    connection.signal.addEventListener('abort', abort, { once: true });
    try {
      connection.signal.throwIfAborted();
      await Promise.race([transport.verify(), aborted.promise]);
    } catch (error) {
      connection.signal.throwIfAborted();
      throw smtpFailure(error);
    } finally {
      connection.signal.removeEventListener('abort', abort);
      transport.close();
    }
  },
};
