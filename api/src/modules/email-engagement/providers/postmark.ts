import { refusal, type EmailProvider, type EngagementKind } from '../email-provider.js';
import { instantOf, isSame, objectOf, readObject, textOf } from '../payload.js';

/**
 * Postmark's webhooks: one event a call. Postmark signs nothing; what it sends is a user and a password in the address
 * of the webhook (https://postmarkapp.com/developer/webhooks/webhooks-overview), so whoever knows the password can say
 * anything. We make it, and show it once.
 * Fields: https://postmarkapp.com/developer/webhooks/open-tracking-webhook, click-webhook, bounce-webhook,
 * delivery-webhook, spam-complaint-webhook and subscription-change-webhook beside it.
 */
export const postmark: EmailProvider = {
  id: 'postmark',
  label: 'Postmark',
  secret: 'generated',
  hasTopic: false,

  faultOf: () => undefined,

  async verify({ headers }, { secret }) {
    const [, encoded] = /^Basic ([\w+/=-]+)$/iu.exec(headers.authorization ?? '') ?? [];
    if (encoded === undefined || !secret) throw refusal('The call has no password.');
    const [, password = ''] = /^[^:]*:(.*)$/su.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
    if (!isSame(password, secret)) throw refusal('The password is not the one of this source.');
    return {};
  },

  read({ body }) {
    const event = readObject(body);
    const type = textOf(event['RecordType']) ?? '';
    const kind = kindOf(type, event);
    const email = textOf(event['Recipient']) ?? textOf(event['Email']);
    if (!kind || !email) return [];
    const at = event[times[type] ?? ''];
    const url = textOf(event['OriginalLink']);
    return [
      {
        kind,
        email,
        // Events have no id of their own: a mail is opened once at a time.
        eventId: [type, event['MessageID'], email, at, url].map((part) => textOf(part) ?? '').join(' '),
        occurredAt: instantOf(at),
        campaign: textOf(objectOf(event['Metadata'])['campaign']) ?? textOf(event['Tag']),
        url,
        // Postmark sends nothing more to an address that it has made inactive.
        isHard: kind === 'bounce' && event['Inactive'] === true,
        byMachine: false,
      },
    ];
  },
};

/** The field that says when. */
const times: Record<string, string> = {
  Delivery: 'DeliveredAt',
  Open: 'ReceivedAt',
  Click: 'ReceivedAt',
  Bounce: 'BouncedAt',
  SpamComplaint: 'BouncedAt',
  SubscriptionChange: 'ChangedAt',
};

/** Types of a bounce that are none: notices of absence, confirmations, changes of addresses. */
const noBounces = new Set([
  'Transient',
  'AutoResponder',
  'AddressChange',
  'OpenRelayTest',
  'Subscribe',
  'ChallengeVerification',
]);

function kindOf(type: string, event: Record<string, unknown>): EngagementKind | undefined {
  if (type === 'Delivery') return 'delivered';
  if (type === 'Open') return 'open';
  if (type === 'Click') return 'click';
  if (type === 'SpamComplaint') return 'complaint';
  if (type === 'Bounce') return kindOfBounce(textOf(event['Type']) ?? '');
  // A change because of a bounce or a complaint comes beside a call of its own.
  const isOptOut =
    type === 'SubscriptionChange' &&
    event['SuppressSending'] === true &&
    event['SuppressionReason'] === 'ManualSuppression';
  return isOptOut ? 'unsubscribe' : undefined;
}

/** https://postmarkapp.com/developer/api/bounce-api#bounce-types */
function kindOfBounce(type: string): EngagementKind | undefined {
  if (type === 'SpamComplaint') return 'complaint';
  if (type === 'Unsubscribe') return 'unsubscribe';
  return noBounces.has(type) ? undefined : 'bounce';
}
