import { createHmac, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import type { GetText } from '../../api/src/platform/http/get-text.js';
import { makeCertificate } from './certificate.js';

/** A call as a sender makes it. */
export interface Call {
  headers: Record<string, string>;
  body: string;
}

/** Senders, each with keys of its own, that keep to what theirs publish. */

/** SendGrid: a list of events, signed over the timestamp and the body. */
export class SendGrid {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  /** As its settings show it. */
  readonly verificationKey = this.#keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

  call(events: unknown, timestamp = String(Math.floor(Date.now() / 1000))): Call {
    return this.raw(JSON.stringify(events), timestamp);
  }

  raw(body: string, timestamp = String(Math.floor(Date.now() / 1000))): Call {
    return {
      headers: {
        'content-type': 'application/json',
        'x-twilio-email-event-webhook-signature': sign(
          'sha256',
          Buffer.from(timestamp + body),
          this.#keys.privateKey,
        ).toString('base64'),
        'x-twilio-email-event-webhook-timestamp': timestamp,
      },
      body,
    };
  }
}

/** Mailgun: one event, with a signature of a timestamp and a token beside it. */
export class Mailgun {
  readonly signingKey = `key-${randomBytes(16).toString('hex')}`;

  call(
    event: unknown,
    { token = randomBytes(25).toString('hex'), at = Date.now(), key = this.signingKey } = {},
  ): Call {
    const timestamp = String(Math.floor(at / 1000));
    const signature = createHmac('sha256', key)
      .update(timestamp + token)
      .digest('hex');
    const body = JSON.stringify({ signature: { token, timestamp, signature }, 'event-data': event });
    return { headers: { 'content-type': 'application/json' }, body };
  }
}

/** Postmark: one event, with a user and a password that stand in the address of the webhook. */
export const postmarkCall = (event: unknown, password: string): Call => ({
  headers: {
    'content-type': 'application/json',
    'user-agent': 'Postmark',
    authorization: `Basic ${Buffer.from(`coterie:${password}`).toString('base64')}`,
  },
  body: JSON.stringify(event),
});

const day = 24 * 60 * 60 * 1000;

/** Amazon SNS: messages signed by a certificate that it serves, for the topic that SES publishes to. */
export class Sns {
  readonly topicArn = 'arn:aws:sns:eu-west-1:123456789012:ses-events';
  readonly host = 'https://sns.eu-west-1.amazonaws.com';
  readonly certificateUrl = `${this.host}/SimpleNotificationService-${randomBytes(16).toString('hex')}.pem`;
  readonly #certificate = makeCertificate({
    from: new Date(Date.now() - day),
    to: new Date(Date.now() + 300 * day),
  });
  /** What it was asked for. */
  readonly asked: string[] = [];
  /** Whether it answers. */
  isUp = true;
  /** Whether a redirect or anything else but 200 comes. */
  status = 200;

  /** Serves like Amazon SNS: its certificate, and confirmations of subscriptions. */
  readonly getText: GetText = async (url) => {
    this.asked.push(url.href);
    if (!this.isUp) throw new Error('connect ECONNREFUSED');
    if (url.href === this.certificateUrl) return { status: this.status, text: this.#certificate.pem };
    if (url.href.startsWith(`${this.host}/?Action=ConfirmSubscription&`))
      return { status: this.status, text: '<ConfirmSubscriptionResponse/>' };
    return { status: 403, text: 'no' };
  };

  notification(record: unknown, changes: Record<string, string> = {}): Call {
    return this.signed({
      Type: 'Notification',
      MessageId: randomUUID(),
      TopicArn: this.topicArn,
      Subject: 'Amazon SES Email Event Notification',
      Message: typeof record === 'string' ? record : JSON.stringify(record),
      Timestamp: new Date().toISOString(),
      ...changes,
    });
  }

  confirmation(changes: Record<string, string> = {}): Call {
    const token = randomBytes(32).toString('hex');
    return this.signed({
      Type: 'SubscriptionConfirmation',
      MessageId: randomUUID(),
      Token: token,
      TopicArn: this.topicArn,
      Message: `You have chosen to subscribe to the topic ${this.topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
      SubscribeURL: `${this.host}/?Action=ConfirmSubscription&TopicArn=${this.topicArn}&Token=${token}`,
      Timestamp: new Date().toISOString(),
      ...changes,
    });
  }

  signed(message: Record<string, string>): Call {
    const version = message['SignatureVersion'] ?? '1';
    const { SigningCertURL = this.certificateUrl, ...fields } = message;
    const signedNames = Object.keys(fields)
      .filter((field) => field !== 'SignatureVersion')
      .sort();
    const text = signedNames.map((field) => `${field}\n${fields[field]!}\n`).join('');
    const hash = version === '2' ? 'sha256' : 'sha1';
    const signature = sign(hash, Buffer.from(text), this.#certificate.privateKey).toString('base64');
    return {
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': message['Type'] ?? '',
        'x-amz-sns-topic-arn': this.topicArn,
      },
      body: JSON.stringify({
        ...fields,
        SignatureVersion: version,
        Signature: signature,
        SigningCertURL,
        UnsubscribeURL: `${this.host}/?Action=Unsubscribe&SubscriptionArn=${this.topicArn}:1`,
      }),
    };
  }
}
