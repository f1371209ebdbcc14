import { newId } from '../../../platform/ids.js';
import { DestinationFailure, type DestinationType } from '../destination.js';
import { callWebhook } from './call-webhook.js';
import { webhookCredentials, webhookSettings } from './settings.js';
import { newSigningSecret } from './signing.js';

/** Of the call that tries a webhook, and of one that somebody sends to see it arrive. */
export const testEventType = 'coterie.test';

/** An address of somebody's own that is told what happens, by Standard Webhooks. */
export const webhook: DestinationType = {
  kind: 'webhook',
  label: 'Webhook',
  settings: webhookSettings,
  credentials: webhookCredentials,
  generate: () => ({ secret: newSigningSecret() }),
  /** Sends a message that says that it is none. */
  async test(connection) {
    const now = new Date();
    const message = { id: newId(), type: testEventType, occurredAt: now, data: {} };
    const { isTaken, status, trouble } = await callWebhook(connection, message, now);
    if (!isTaken) throw new DestinationFailure(status === 410 ? 'gone' : 'refused', trouble ?? '');
  },
};
