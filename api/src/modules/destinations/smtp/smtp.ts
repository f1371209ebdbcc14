import { createTransport } from 'nodemailer';
import type { Network } from '../../../platform/net/network.js';
import type { DestinationType } from '../destination.js';
import { smtpFailure } from './failures.js';
import { smtpCredentials, smtpSettings } from './settings.js';
import { transportOptions } from './transport.js';

/** A workspace's own mail server. */
export function createSmtpType(network: Network): DestinationType {
  return {
    kind: 'smtp',
    label: 'Mail server (SMTP)',
    settings: smtpSettings,
    credentials: smtpCredentials as unknown as DestinationType['credentials'],
    /** Connects, encrypts, and signs in; no message is sent. */
    async test(connection) {
      const { options } = transportOptions(network, connection);
      const transport = createTransport(options);
      const ended = Promise.withResolvers<never>();
      const abort = (): void => ended.reject(connection.signal.reason);
      connection.signal.addEventListener('abort', abort, { once: true });
      try {
        connection.signal.throwIfAborted();
        await Promise.race([transport.verify(), ended.promise]);
      } catch (error) {
        connection.signal.throwIfAborted();
        throw smtpFailure(error);
      } finally {
        connection.signal.removeEventListener('abort', abort);
        transport.close();
      }
    },
  };
}
