import { Failure } from '../../platform/errors.js';
import type { EventInput } from './check-event.js';
import type { ReadIncoming } from './incoming.js';
import { asObject, isObject, type JsonObject } from './json-object.js';
import type { Traits } from './read-traits.js';
import { circumstancesOf, type Circumstances } from './segment-context.js';
import { urlPath } from './url-path.js';

/** The calls of Segment's tracking protocol that Coterie takes. */
export const segmentTypes = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
export type SegmentType = (typeof segmentTypes)[number];

/** What holds for every message of a request. */
export interface Envelope {
  /** The call that was made, where the address says it (`/v1/track`); a batch says it in each message. */
  type?: SegmentType;
  /** Merged below each message's own context. */
  context?: unknown;
  /** When the client sent the request, by the client's clock. */
  sentAt?: unknown;
  /** When it came in, by ours. */
  receivedAt: Date;
}

/** What one kind of call contributes. To take another call, add it to {@link segmentTypes} and to {@link readers}. */
type Reader = (message: JsonObject, circumstances: Circumstances) => Contribution;
interface Contribution {
  event?: Deed;
  traits?: Traits;
  previousId?: string;
}
type Deed = Pick<EventInput, 'name' | 'target' | 'properties'>;

const readers: Record<SegmentType, Reader> = {
  identify: (message, { traits }) => ({
    traits: { about: 'contact', values: { ...traits, ...objectAt(message, 'traits') } },
  }),
  track: (message, circumstances) => {
    const properties = { ...circumstances.properties, ...objectAt(message, 'properties') };
    const name = message['event'];
    if (typeof name !== 'string' || name.trim() === '')
      throw invalid('event', 'A track call needs the name of an event.');
    return { event: { name, target: targetOf(properties), properties } };
  },
  page: (message, circumstances) => {
    const own = named(message);
    const properties = { ...circumstances.properties, ...own };
    const target = pathOf(own) ?? pathOf(properties);
    return { event: { name: 'page_viewed', target, properties } };
  },
  screen: (message, circumstances) => {
    const properties = { ...circumstances.properties, ...named(message) };
    const { name } = properties;
    return {
      event: { name: 'screen_viewed', target: typeof name === 'string' ? name : null, properties },
    };
  },
  group: (message) => {
    const companyId = identifierAt(message, 'groupId');
    if (companyId === null) throw invalid('groupId', 'A group call needs a groupId.');
    return { traits: { about: 'company', companyId, values: objectAt(message, 'traits') } };
  },
  alias: (message) => {
    const previousId = identifierAt(message, 'previousId');
    if (previousId === null) throw invalid('previousId', 'An alias call needs a previousId.');
    if (identifierAt(message, 'userId') === null) throw invalid('userId', 'An alias call needs a userId.');
    return { previousId };
  },
};

/**
 * Reads one message of Segment's protocol. The time of the deed is corrected for a client clock that is wrong: by our
 * clock it was sent just now, so it happened `sentAt - timestamp` before.
 * Throws INVALID_INPUT with the path of what is wrong; limits are checked later, by `checkEvent`.
 */
export function readMessage(message: unknown, envelope: Envelope): ReadIncoming {
  if (!isObject(message)) throw invalid('', 'A message must be a JSON object.');
  const type = typeOf(envelope.type ?? message['type']);
  const circumstances = circumstancesOf(contextOf(message, envelope));
  const { event, traits, previousId = null } = readers[type](message, circumstances);
  const identity = {
    externalId: identifierAt(message, 'userId'),
    anonymousId: identifierAt(message, 'anonymousId'),
  };
  const messageId = identifierAt(message, 'messageId');
  if (!identity.externalId && !identity.anonymousId)
    throw invalid('userId', 'A message needs a userId or an anonymousId.');
  const occurredAt = event && occurrence(message, envelope);
  return {
    identity,
    messageId,
    event: event && { ...event, ...identity, messageId, occurredAt },
    traits,
    firstTouch: circumstances.firstTouch,
    previousId,
  };
}

/** The circumstances of a message: its own, and below them those of the whole request. */
export function contextOf(message: JsonObject, envelope: Envelope): JsonObject {
  return { ...asObject(envelope.context), ...asObject(message['context']) };
}

function typeOf(type: unknown): SegmentType {
  const known = segmentTypes.find((each) => each === type);
  if (known) return known;
  throw invalid('type', `The type must be one of ${segmentTypes.join(', ')}.`);
}

function occurrence(message: JsonObject, envelope: Envelope): Date {
  const field = message['timestamp'] == null ? 'originalTimestamp' : 'timestamp';
  const said = message[field];
  if (said == null) return envelope.receivedAt;
  const timestamp = instantOf(said);
  if (!timestamp) throw invalid(field, 'This is not a point in time (ISO 8601 is expected).');
  const sentAt = instantOf(message['sentAt'] ?? envelope.sentAt);
  if (!sentAt) return timestamp;
  return new Date(envelope.receivedAt.getTime() - (sentAt.getTime() - timestamp.getTime()));
}

function instantOf(value: unknown): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/**
 * Properties that say what a tracked event was about, the most telling first: the form that was submitted rather than
 * the page it stands on. Anything else stays reachable by a condition on the property itself.
 */
const tellingProperties = [
  'target',
  'form',
  'form_name',
  'formName',
  'campaign',
  'campaign_name',
  'campaignName',
  'product',
  'product_name',
  'productName',
  'feature',
  'feature_name',
  'featureName',
] as const;

function targetOf(properties: JsonObject): string | null {
  for (const key of tellingProperties) {
    const value = properties[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return pathOf(properties);
}

function pathOf({ path, url }: JsonObject): string | null {
  return urlPath(path) ?? urlPath(url);
}

/** The properties of a page or screen call, with the name and category that stand beside them. */
function named(message: JsonObject): JsonObject {
  const { name, category } = message;
  const beside = Object.entries({ name, category }).filter(([, value]) => typeof value === 'string');
  return { ...Object.fromEntries(beside), ...objectAt(message, 'properties') };
}

function objectAt(message: JsonObject, field: string): JsonObject {
  const value = message[field];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw invalid(field, 'This must be a JSON object.');
  return value;
}

/** Some clients send their numeric ids as numbers. */
function identifierAt(message: JsonObject, field: string): string | null {
  const value = message[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  throw invalid(field, 'This must be a text.');
}

function invalid(path: string, message: string): Failure {
  return new Failure('INVALID_INPUT', message, { path });
}
