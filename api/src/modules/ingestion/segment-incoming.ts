import { Failure } from '../../platform/errors.js';
import type { Incoming } from './incoming.js';
import { isObject, type JsonObject } from './json-object.js';
import type { Traits } from './read-traits.js';
import { contextOf, readMessage, type Envelope } from './segment-message.js';

/** The limits of Segment's tracking API. */
export const segmentLimits = {
  /** Bytes of one message as JSON. */
  event: 32 * 1024,
  /** Bytes of a request, packed and unpacked. */
  batch: 500 * 1024,
  /** Messages in a batch. */
  events: 2500,
  /** Bytes of the context that a batch gives its messages, over all of them. */
  context: 4 * 1024 * 1024,
} as const;

/** How a field of an event or a contact is called in the message that it came from. */
const messageNames = new Map([
  ['externalId', 'userId'],
  ['occurredAt', 'timestamp'],
  ['name', 'event'],
  ['target', 'properties'],
]);

/**
 * Reads one message of Segment's protocol. What is wrong with it becomes its problem.
 * @param place where it stands in the request, such as `batch[3]`; empty when it is all of it.
 * Throws INVALID_INPUT only for one that is nested too deeply to be kept.
 */
export function toIncoming(message: unknown, envelope: Envelope, place = ''): Incoming {
  const bytes = Buffer.byteLength(toJson(message, place));
  const shared: Omit<Incoming, 'problem'> = {
    kind: 'message',
    place,
    source: sourceOf(message, envelope),
    receivedAt: envelope.receivedAt,
    bytes,
    body: (only) => toJson(keepable(message, envelope, only), place),
    nameOf: (field) => messageNames.get(field) ?? field,
  };
  if (bytes > segmentLimits.event) {
    const why = `This message takes ${bytes} bytes; at most ${segmentLimits.event} are allowed.`;
    return { ...shared, problem: { code: 'TOO_LARGE', path: '', message: why } };
  }
  try {
    return { ...shared, ...readMessage(message, envelope) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, path, message: why } = error;
    return { ...shared, problem: { code, path, message: why } };
  }
}

/**
 * Writes what was parsed from JSON as JSON again. What is nested thousands of levels deep can be read but not written:
 * no SDK sends such a thing. Throws INVALID_INPUT with its path.
 */
export function toJson(value: unknown, path: string): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new Failure('INVALID_INPUT', 'This is nested too deeply.', { path, cause });
  }
}

/** What a message is named after that names no library. */
const unnamed = 'http';
const longestSource = 100;

/** The library that sent it. */
function sourceOf(message: unknown, envelope: Envelope): string {
  const { library } = contextOf(isObject(message) ? message : {}, envelope);
  const name = isObject(library) ? library['name'] : undefined;
  const isName =
    typeof name === 'string' && name.length <= longestSource && /^[\p{L}\p{N} ._@/-]+$/u.test(name);
  return isName ? name : unnamed;
}

/**
 * A message that stands for itself: what the request said of all its messages is in it. The address and the browser of
 * whoever sent it are personal data that nothing needs.
 */
function keepable(message: unknown, envelope: Envelope, only: Traits | undefined): unknown {
  if (!isObject(message)) return message;
  const { ip: _ip, userAgent: _userAgent, ...context } = contextOf(message, envelope);
  const { context: _own, ...rest } = message;
  const whole: JsonObject = {
    ...rest,
    type: envelope.type ?? message['type'],
    sentAt: message['sentAt'] ?? envelope.sentAt,
    ...(Object.keys(context).length > 0 ? { context } : {}),
  };
  return only
    ? { ...pickKeys(whole, ['type', 'userId', 'anonymousId', 'groupId']), traits: only.values }
    : whole;
}

function pickKeys(from: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]]));
}
