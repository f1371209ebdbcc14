import type { GetText } from '../../../platform/http/get-text.js';
import type { EmailProvider, Engagement, EngagementKind, WebhookCall } from '../email-provider.js';
import { idByPlace, instantOf, listOf, objectOf, readObject, textOf, type JsonObject } from '../payload.js';
import { SnsMessages, topicPattern } from './sns.js';

/**
 * Amazon SES, which publishes events to a topic of Amazon SNS, which posts them here.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
 */
export function createSes(getText: GetText): EmailProvider {
  const messages = new SnsMessages(getText);
  return {
    id: 'ses',
    label: 'Amazon SES',
    secret: 'none',
    hasTopic: true,

    faultOf({ topicArn }) {
      if (topicArn !== null && topicPattern.test(topicArn)) return undefined;
      const message = 'This is no topic of Amazon SNS, such as arn:aws:sns:eu-west-1:123456789012:mail.';
      return { field: 'topicArn', message };
    },

    async verify(call, { topicArn }) {
      await messages.verify(messageIn(call), topicArn, call.now);
      return {};
    },

    async confirm(call) {
      const message = messageIn(call);
      if (message['Type'] === 'SubscriptionConfirmation') await messages.confirm(message);
      return message['Type'] !== 'Notification';
    },

    read: (call) => readNotification(call),
  };
}

function messageIn({ body }: WebhookCall): JsonObject {
  return readObject(body);
}

/** What is still on its way (`Send`, `DeliveryDelay`) or never was (`Reject`, `Rendering Failure`) is left out. */
const kinds: Record<string, EngagementKind> = {
  Delivery: 'delivered',
  Open: 'open',
  Click: 'click',
  Bounce: 'bounce',
  Complaint: 'complaint',
  Subscription: 'unsubscribe',
};

function readNotification(call: WebhookCall): Engagement[] {
  const envelope = messageIn(call);
  const text = textOf(envelope['Message']) ?? '';
  // Whoever sets the topic up may have it say hello in words.
  if (!text.trimStart().startsWith('{')) return [];
  const record = readObject(text);
  // Where no configuration set publishes events, the feedback notifications of an identity say it in another field.
  const type = textOf(record['eventType']) ?? textOf(record['notificationType']) ?? '';
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!kind) return [];
  const detail = objectOf(record[type.toLowerCase()]);
  if (isOther(kind, detail)) return [];
  const mail = objectOf(record['mail']);
  const id = textOf(envelope['MessageId']) ?? idByPlace(call.body, 0);
  return addressesOf(kind, detail, mail).map((email) => ({
    kind,
    email,
    // SNS keeps the id when it sends again; several addresses may share a message.
    eventId: `${id} ${email}`,
    occurredAt: instantOf(detail['timestamp']) ?? instantOf(mail['timestamp']),
    campaign: campaignOf(mail),
    url: textOf(detail['link']),
    isHard: kind === 'bounce' && detail['bounceType'] === 'Permanent',
    byMachine: false,
  }));
}

/** A complaint that says that it is none, and a change of preferences that turns nothing off. */
function isOther(kind: EngagementKind, detail: JsonObject): boolean {
  if (kind === 'complaint') return detail['complaintFeedbackType'] === 'not-spam';
  if (kind !== 'unsubscribe') return false;
  const wanted = objectOf(detail['newTopicPreferences']);
  const optedOut = listOf(wanted['topicSubscriptionStatus']).some(
    (topic) => objectOf(topic)['subscriptionStatus'] === 'OptOut',
  );
  return wanted['unsubscribeAll'] !== true && !optedOut;
}

function addressesOf(kind: EngagementKind, detail: JsonObject, mail: JsonObject): string[] {
  if (kind === 'bounce') return recipients(detail['bouncedRecipients']);
  if (kind === 'complaint') return recipients(detail['complainedRecipients']);
  const list = kind === 'delivered' ? detail['recipients'] : mail['destination'];
  const addresses = listOf(list).flatMap((address) => textOf(address) ?? []);
  // Of a mail to several, nobody can say which of them it was.
  return kind === 'delivered' || addresses.length === 1 ? addresses : [];
}

function recipients(list: unknown): string[] {
  return listOf(list).flatMap((recipient) => textOf(objectOf(recipient)['emailAddress']) ?? []);
}

/** The tag `campaign` of the mail, else the configuration set that it was sent with. */
function campaignOf(mail: JsonObject): string | undefined {
  const tags = objectOf(mail['tags']);
  const [campaign] = listOf(tags['campaign']);
  const [set] = listOf(tags['ses:configuration-set']);
  return textOf(campaign) ?? textOf(set);
}
