import { createHmac } from 'node:crypto';
import { refusal, type EmailProvider, type EngagementKind } from '../email-provider.js';
import { idByPlace, instantOf, isSame, listOf, objectOf, readObject, textOf } from '../payload.js';

/**
 * Mailgun's webhooks: one event a call, with a signature in the body: HMAC-SHA256 of a timestamp and a random token.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads
 *
 * The signature says nothing of the event itself: whoever has seen one call could sign any other with it. So a token
 * counts once, with the body that it first came with.
 */
export const mailgun: EmailProvider = {
  id: 'mailgun',
  label: 'Mailgun',
  secret: 'given',
  hasTopic: false,

  faultOf({ secret }) {
    if (secret) return undefined;
    return { field: 'secret', message: "This is Mailgun's HTTP webhook signing key: it is required." };
  },

  async verify({ body, now }, { secret }) {
    const signature = objectOf(readObject(body)['signature']);
    const [timestamp, token] = [textOf(signature['timestamp']), textOf(signature['token'])];
    if (timestamp === undefined || token === undefined) throw refusal('The call has no signature.');
    const right = createHmac('sha256', secret ?? '')
      .update(timestamp + token)
      .digest('hex');
    // An account signs for its subaccounts as well.
    const given = [signature['signature'], signature['parent-signature']].map((text) => textOf(text) ?? '');
    if (!given.some((each) => isSame(each, right)))
      throw refusal('The signature does not fit the signing key.');
    const signedAt = instantOf(timestamp)?.getTime() ?? 0;
    if (Math.abs(now.getTime() - signedAt) > signatureHours * hour)
      throw refusal(`The signature is not of the last ${signatureHours} hours.`);
    return { token };
  },

  read({ body }) {
    const event = objectOf(readObject(body)['event-data']);
    const name = textOf(event['event']) ?? '';
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    const email = textOf(event['recipient']);
    if (!kind || !email || isNoBounce(event)) return [];
    return [
      {
        kind,
        email,
        eventId: textOf(event['id']) ?? idByPlace(body, 0),
        occurredAt: instantOf(event['timestamp']),
        campaign: campaignOf(event),
        url: textOf(event['url']),
        isHard: kind === 'bounce' && event['reason'] === 'bounce',
        byMachine: textOf(objectOf(event['client-info'])['bot']) !== undefined,
      },
    ];
  },
};

/**
 * How long a signature counts. Calls that fail are sent again for eight hours
 * (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries), and it is not said that they
 * are signed anew: with less, an hour of ours without service would lose opt-outs. Tokens are remembered for longer.
 */
const signatureHours = 12;
const hour = 60 * 60 * 1000;

/** What is still on its way (`accepted`) or was never sent (`rejected`) is left out. */
const kinds: Record<string, EngagementKind> = {
  delivered: 'delivered',
  opened: 'open',
  clicked: 'click',
  failed: 'bounce',
  complained: 'complaint',
  unsubscribed: 'unsubscribe',
};

/** A failure that may pass is tried again; one because of Mailgun's own lists was not even sent. */
function isNoBounce(event: Record<string, unknown>): boolean {
  if (event['event'] !== 'failed') return false;
  return event['severity'] !== 'permanent' || (textOf(event['reason']) ?? '').startsWith('suppress-');
}

function campaignOf(event: Record<string, unknown>): string | undefined {
  const [campaign] = listOf(event['campaigns']);
  const [tag] = listOf(event['tags']);
  return (
    textOf(objectOf(event['user-variables'])['campaign']) ?? textOf(objectOf(campaign)['name']) ?? textOf(tag)
  );
}
