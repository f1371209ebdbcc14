import { explainNetwork } from '../../../platform/net/explain-network.js';
import { AddressRefused } from '../../../platform/net/network.js';
import type { Connection } from '../destination.js';
import { webhookCredentials, webhookSettings } from './settings.js';
import { signatureHeaders } from './signing.js';

/** What a webhook is told. */
export interface WebhookMessage {
  id: string;
  type: string;
  occurredAt: Date;
  data: object;
}

/** What came of one call. */
export interface CallOutcome {
  /** Whether it has taken the message. */
  isTaken: boolean;
  /** HTTP's; null when there was no answer. */
  status: number | null;
  /** What went wrong, in words; null when it was taken. */
  trouble: string | null;
  /** What it answered, as it came; empty when there was no answer. */
  text: string;
  /** Milliseconds after which it wants to be called again; undefined when it did not say. */
  retryAfter: number | undefined;
}

/** Milliseconds that a call may take, as Standard Webhooks recommends, and bytes of its answer that are read. */
const patience = 20_000;
const most = 4 * 1024;

/**
 * Tells a webhook something, once. It never throws for what the other side does: that is the outcome. Throws when the run is
 * aborted.
 */
export async function callWebhook(
  { settings, credentials, outside, signal }: Connection,
  message: WebhookMessage,
  sentAt: Date,
): Promise<CallOutcome> {
  const { url, headers } = webhookSettings.parse(settings);
  const { id, type, occurredAt, data } = message;
  const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
  const own = Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));
  try {
    const answer = await outside.ask(new URL(url), {
      method: 'POST',
      headers: {
        ...own,
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Coterie-Webhooks/1',
        ...signatureHeaders(webhookCredentials.parse(credentials), { id, sentAt, body }),
      },
      body,
      patience,
      most,
      signal,
    });
    const { status, text } = answer;
    return {
      isTaken: status >= 200 && status < 300,
      status,
      trouble: troubleOf(status),
      text,
      retryAfter: retryAfterOf(answer.headers['retry-after'], sentAt),
    };
  } catch (error) {
    signal.throwIfAborted();
    const trouble = error instanceof AddressRefused ? error.message : explainNetwork(error);
    return { isTaken: false, status: null, trouble, text: '', retryAfter: undefined };
  }
}

function troubleOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400)
    return `The webhook sends us elsewhere (HTTP ${status}), which is not followed: enter the address that it sends to.`;
  if (status === 410) return 'The webhook says that it is gone for good (HTTP 410).';
  if (status === 429) return 'The webhook takes no more calls for now (HTTP 429).';
  return `The webhook answers HTTP ${status}.`;
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined || header === '') return undefined;
  const wait = /^\d+$/u.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
}
