import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { refusal, type EmailProvider, type Engagement, type EngagementKind } from '../email-provider.js';
import { idByPlace, instantOf, objectOf, readList, textOf } from '../payload.js';

/**
 * Twilio SendGrid's Event Webhook: a list of events, signed by ECDSA on P-256 with SHA-256 over the timestamp of the
 * header and the body as it came.
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
 *
 * How old a timestamp may be is not said: events that were held up are sent again for a day. Each has an id of its own,
 * so that a call that is sent again changes nothing.
 */
export const sendgrid: EmailProvider = {
  id: 'sendgrid',
  label: 'SendGrid',
  secret: 'given',
  hasTopic: false,

  faultOf({ secret }) {
    if (secret && readKey(secret)) return undefined;
    const message = 'This is not the verification key that SendGrid shows for its signed event webhook.';
    return { field: 'secret', message };
  },

  async verify({ body, headers }, { secret }) {
    const signature = headers['x-twilio-email-event-webhook-signature'];
    const timestamp = headers['x-twilio-email-event-webhook-timestamp'];
    if (typeof signature !== 'string' || typeof timestamp !== 'string')
      throw refusal("The call has no signature: switch on SendGrid's signed event webhook.");
    const key = readKey(secret ?? '');
    const signed = Buffer.concat([Buffer.from(timestamp), body]);
    if (!key || !verify('sha256', signed, key, Buffer.from(signature, 'base64')))
      throw refusal('The signature does not fit the verification key.');
    return {};
  },

  read({ body }) {
    return readList(body).flatMap((item, index) => readEvent(objectOf(item), idByPlace(body, index)));
  },
};

/** Shown as the base64 of the key in DER, without the lines around it. */
function readKey(text: string): KeyObject | undefined {
  const base64 = text.replaceAll(/-----(?:BEGIN|END) PUBLIC KEY-----|\s/gu, '');
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** What was not sent (`dropped`) or is still on its way (`processed`, `deferred`) is left out. */
const kinds: Record<string, EngagementKind> = {
  delivered: 'delivered',
  open: 'open',
  click: 'click',
  bounce: 'bounce',
  spamreport: 'complaint',
  unsubscribe: 'unsubscribe',
  group_unsubscribe: 'unsubscribe',
};

function readEvent(event: Record<string, unknown>, fallbackId: string): Engagement[] {
  const name = textOf(event['event']) ?? '';
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const email = textOf(event['email']);
  if (!kind || !email) return [];
  return [
    {
      kind,
      email,
      eventId: textOf(event['sg_event_id']) ?? fallbackId,
      occurredAt: instantOf(event['timestamp']),
      campaign: campaignOf(event),
      url: textOf(event['url']),
      // A block is of the mail or of the moment, not of the address.
      isHard: kind === 'bounce' && event['type'] !== 'blocked',
      byMachine: event['sg_machine_open'] === true,
    },
  ];
}

/** `campaign` is an argument of who sends; arguments stand among the fields. A category is a text or a list of them. */
function campaignOf(event: Record<string, unknown>): string | undefined {
  const [category] = [event['category']].flat();
  return (
    textOf(event['campaign']) ??
    textOf(event['singlesend_name']) ??
    textOf(event['marketing_campaign_name']) ??
    textOf(category)
  );
}
