import { verify, X509Certificate, type KeyObject } from 'node:crypto';
import { Failure } from '../../../platform/errors.js';
import type { GetText } from '../../../platform/http/get-text.js';
import { refusal } from '../email-provider.js';
import { textOf, type JsonObject } from '../payload.js';

/**
 * Messages of Amazon SNS over HTTPS, and whether they are.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 * https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
 */

/** `arn:aws:sns:eu-west-1:123456789012:mail`, also in the partitions of China and the US government. */
export const topicPattern = /^arn:aws(?:-cn|-us-gov)?:sns:[a-z0-9-]{1,30}:\d{12}:[\w-]{1,256}(?:\.fifo)?$/u;

/** Nobody but Amazon can answer under such a name. */
const hostPattern = /^sns\.[a-z0-9-]{1,30}\.amazonaws\.com(?:\.cn)?$/u;
const certificatePath = /^\/SimpleNotificationService-[0-9a-f]{16,64}\.pem$/u;

/** The hash of each version of signatures. */
const hashes: Record<string, string> = { '1': 'sha1', '2': 'sha256' };

/** What is signed of each type of message, in this order; of what is absent, nothing. */
const confirmationFields = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const signedFields: Record<string, readonly string[]> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: confirmationFields,
  UnsubscribeConfirmation: confirmationFields,
};

/** An address at Amazon SNS itself; undefined for any other. */
function snsUrl(text: unknown): URL | undefined {
  const url = URL.parse(textOf(text) ?? '');
  const isOurs =
    url?.protocol === 'https:' &&
    hostPattern.test(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === '';
  return isOurs ? url : undefined;
}

/** Keys of certificates that are kept at a time: there is one a region, changed about once a year. */
const mostKeys = 50;

/** Verifies messages of SNS, and confirms subscriptions. */
export class SnsMessages {
  readonly #getText: GetText;
  /** By the address of the certificate: many messages come at the same time, and one asks. */
  readonly #keys = new Map<string, Promise<SigningKey>>();

  constructor(getText: GetText) {
    this.#getText = getText;
  }

  /**
   * Throws a refusal unless the message is of this topic and signed by SNS; UNAVAILABLE when the certificate cannot be
   * fetched. Nothing is fetched for a message of another topic.
   */
  async verify(message: JsonObject, topicArn: string | null, now: Date): Promise<void> {
    const fields = signedFields[textOf(message['Type']) ?? ''];
    if (!fields)
      throw refusal('This is no message of Amazon SNS: raw message delivery must be switched off.');
    if (topicArn === null || message['TopicArn'] !== topicArn)
      throw refusal('The message is of another topic than this source.');
    const hash = hashes[textOf(message['SignatureVersion']) ?? ''];
    const url = snsUrl(message['SigningCertURL']);
    if (!hash || !url || !certificatePath.test(url.pathname) || url.search !== '')
      throw refusal('The message does not name a certificate of Amazon SNS.');
    const { key, from, to } = await this.#keyAt(url);
    if (now < from || now > to) throw refusal('The certificate of the message is not valid at this time.');
    const signature = Buffer.from(textOf(message['Signature']) ?? '', 'base64');
    if (!verify(hash, Buffer.from(signedText(message, fields)), key, signature))
      throw refusal('The signature does not fit the certificate.');
  }

  /** Tells SNS that the subscription of a verified message is wanted. Throws UNAVAILABLE when it does not hear it. */
  async confirm(message: JsonObject): Promise<void> {
    const url = snsUrl(message['SubscribeURL']);
    if (!url) throw refusal('The subscription is not to be confirmed at Amazon SNS.');
    const { status } = await this.#ask(url);
    if (status !== 200) throw unreachable(`Amazon SNS answered the confirmation with ${status}.`);
  }

  async #keyAt(url: URL): Promise<SigningKey> {
    const known = this.#keys.get(url.href);
    if (known) return known;
    const fetching = this.#fetchKey(url);
    if (this.#keys.size >= mostKeys) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(url.href, fetching);
    fetching.catch(() => this.#keys.delete(url.href));
    return fetching;
  }

  async #fetchKey(url: URL): Promise<SigningKey> {
    const { status, text } = await this.#ask(url);
    if (status !== 200) throw unreachable(`Amazon SNS answered with ${status} instead of its certificate.`);
    try {
      const { publicKey, validFromDate, validToDate } = new X509Certificate(text);
      return { key: publicKey, from: validFromDate, to: validToDate };
    } catch (cause) {
      throw unreachable('Amazon SNS answered with something else than its certificate.', cause);
    }
  }

  async #ask(url: URL): ReturnType<GetText> {
    try {
      return await this.#getText(url);
    } catch (cause) {
      throw unreachable('Amazon SNS does not answer.', cause);
    }
  }
}

interface SigningKey {
  key: KeyObject;
  from: Date;
  to: Date;
}

function signedText(message: JsonObject, fields: readonly string[]): string {
  return fields
    .filter((field) => typeof message[field] === 'string')
    .map((field) => `${field}\n${message[field] as string}\n`)
    .join('');
}

function unreachable(message: string, cause?: unknown): Failure {
  return new Failure('UNAVAILABLE', message, { cause });
}
