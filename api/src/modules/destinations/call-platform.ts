import type { ZodType } from 'zod';
import type { Answer } from '../../platform/http/ask.js';
import { AddressRefused } from '../../platform/net/network.js';
import { DestinationFailure, type Outside } from './destination.js';

/** Milliseconds that an answer may take, and bytes of it that are read. */
const patience = 60_000;
const most = 4 * 1024 * 1024;

/** A call of a platform's API. */
export interface PlatformCall {
  /** Of the platform, for what is said when it fails. */
  label: string;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a text already. */
  body?: unknown;
  /** The way there. */
  outside: Pick<Outside, 'ask'>;
  signal: AbortSignal;
}

/** What a platform answered: JSON where it was JSON, else the text. */
export interface PlatformAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

/**
 * Calls a platform once. Throws {@link DestinationFailure} `busy` when it does not answer, or answers that it is too much or
 * that it is out of order; what else it says is for the connector, which knows the platform.
 */
export async function callPlatform(call: PlatformCall): Promise<PlatformAnswer> {
  const { label, method = 'GET', url, headers = {}, body, outside, signal } = call;
  let answer: Answer;
  try {
    answer = await outside.ask(new URL(url), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        accept: 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      patience,
      most,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AddressRefused)
      throw new DestinationFailure('refused', `${label} cannot be reached there: ${error.message}`, {
        cause: error,
      });
    throw new DestinationFailure('busy', `${label} does not answer.`, { cause: error });
  }
  if (!answer.isWhole)
    throw new DestinationFailure('refused', `${label} answers with more than was expected.`);
  const { status, text } = answer;
  const retryAfter = retryAfterOf(answer.headers['retry-after']);
  if (status === 429)
    throw new DestinationFailure('busy', `${label} takes no more calls for now.`, { ...retryAfter });
  if (status >= 500)
    throw new DestinationFailure('busy', `${label} is out of order (HTTP ${status}).`, { ...retryAfter });
  return { status, headers: answer.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | undefined): { retryAfter?: number } {
  if (!header) return {};
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? { retryAfter: Math.max(0, wait) } : {};
}

/** What every platform's 401, 403 and 404 come to; `said` is what it says in its own words. */
export function failureOfStatus(label: string, status: number, said: string): DestinationFailure {
  const quoted = said ? ` It says: ${said}` : '';
  if (status === 401)
    return new DestinationFailure(
      'credentials',
      `${label} does not accept the credentials (any more). Make new ones and enter them.${quoted}`,
    );
  if (status === 403)
    return new DestinationFailure(
      'credentials',
      `The credentials do not allow this at ${label}: give them access to the account.${quoted}`,
    );
  if (status === 404) return new DestinationFailure('gone', `${label} does not know it (any more).${quoted}`);
  return new DestinationFailure('refused', `${label} refuses it (HTTP ${status}).${quoted}`);
}

/** A text of a platform for people: short, on one line, and without anything that looks like an identifier or a token. */
export function excerpt(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\s"']*@[^\s"']*|[\w+/=-]{24,}/g, '…')
    .trim()
    .slice(0, 300);
}

/** The answer as it should be. Throws {@link DestinationFailure} when the platform answers something else. */
export function readAnswer<Value>(label: string, schema: ZodType<Value>, body: unknown): Value {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new DestinationFailure('refused', `${label} answers otherwise than its documentation says.`, {
    cause: read.error,
  });
}
