import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { WebhookCredentials } from './settings.js';

/** A message as it is signed. */
export interface SignedMessage {
  /** The same each time that it is sent: by it a receiver knows what it has already. */
  id: string;
  /** Of this attempt: receivers take nothing that is old. */
  sentAt: Date;
  body: string;
}

/** A new secret. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Another secret in the place of the one that is there, which goes on signing for a while. */
export function rotated(
  { secret: previousSecret }: WebhookCredentials,
  secret: string,
  until: Date,
): WebhookCredentials {
  return { secret, previousSecret, previousUntil: until.toISOString() };
}

/** The headers of Standard Webhooks: one signature for each secret that is in use. */
export function signatureHeaders(
  credentials: WebhookCredentials,
  { id, sentAt, body }: SignedMessage,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const { secret, previousSecret, previousUntil } = credentials;
  const secrets = [secret];
  if (previousSecret && previousUntil && new Date(previousUntil) > sentAt) secrets.push(previousSecret);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': secrets.map((each) => new Webhook(each).sign(id, sentAt, body)).join(' '),
  };
}
