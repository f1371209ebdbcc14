import { Failure } from '../../platform/errors.js';
import type { EventInput } from './check-event.js';
import type { Traits } from './read-traits.js';
import { urlPath } from './url-path.js';

/** The calls of Segment's tracking protocol that Coterie takes. */
export const segmentTypes = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
export type SegmentType = (typeof segmentTypes)[number];

/** A message as an SDK sends it: nothing about it is certain. */
export type SegmentMessage = Record<string, unknown>;

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

/** What a message comes to. */
export interface ReadMessage {
  externalId: string | null;
  anonymousId: string | null;
  messageId: string | null;
  /** What was done, if the call says so. */
  event: EventInput | undefined;
  /** What is known of the person or their company from now on, if the call says so. */
  traits: Traits | undefined;
  /** An id under which the person was known before, if the call says so. */
  previousId: string | null;
}

/** What one kind of call contributes. To take another call, add it to {@link segmentTypes} and to {@link readers}. */
type Reader = (message: SegmentMessage, context: SegmentMessage) => Contribution;
interface Contribution {
  event?: Deed;
  traits?: Traits;
  previousId?: string;
}
type Deed = Pick<EventInput, 'name' | 'target' | 'properties'>;

const readers: Record<SegmentType, Reader> = {
  identify: (message) => ({ traits: { about: 'contact', values: objectAt(message, 'traits') } }),
  track: (message) => {
    const properties = objectAt(message, 'properties');
    const name = message['event'];
    if (typeof name !== 'string' || name.trim() === '')
      throw invalid('event', 'A track call needs the name of an event.');
    return { event: { name, target: targetOf(properties), properties } };
  },
  page: (message, context) => {
    const properties = named(message);
    return { event: { name: 'page_viewed', target: pageOf(properties, context), properties } };
  },
  screen: (message) => {
    const properties = named(message);
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
export function readMessage(message: unknown, envelope: Envelope): ReadMessage {
  if (!isObject(message)) throw invalid('', 'A message must be a JSON object.');
  const type = typeOf(envelope.type ?? message['type']);
  const context = { ...asObject(envelope.context), ...asObject(message['context']) };
  const { event, traits, previousId = null } = readers[type](message, context);
  const who = {
    externalId: identifierAt(message, 'userId'),
    anonymousId: identifierAt(message, 'anonymousId'),
    messageId: identifierAt(message, 'messageId'),
  };
  if (!who.externalId && !who.anonymousId)
    throw invalid('userId', 'A message needs a userId or an anonymousId.');
  const occurredAt = event && occurrence(message, envelope);
  return { ...who, traits, previousId, event: event && { ...event, ...who, occurredAt } };
}

function typeOf(type: unknown): SegmentType {
  const known = segmentTypes.find((each) => each === type);
  if (known) return known;
  throw invalid('type', `The type must be one of ${segmentTypes.join(', ')}.`);
}

function occurrence(message: SegmentMessage, envelope: Envelope): Date {
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

function targetOf(properties: SegmentMessage): string | null {
  for (const key of tellingProperties) {
    const value = properties[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return urlPath(properties['path']) ?? urlPath(properties['url']);
}

function pageOf(properties: SegmentMessage, context: SegmentMessage): string | null {
  const page = asObject(context['page']);
  const addresses = [properties['path'], properties['url'], page['path'], page['url']];
  return addresses.map(urlPath).find((path) => path !== null) ?? null;
}

/** The properties of a page or screen call, with the name and category that stand beside them. */
function named(message: SegmentMessage): SegmentMessage {
  const { name, category } = message;
  const beside = Object.entries({ name, category }).filter(([, value]) => typeof value === 'string');
  return { ...Object.fromEntries(beside), ...objectAt(message, 'properties') };
}

function objectAt(message: SegmentMessage, field: string): SegmentMessage {
  const value = message[field];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw invalid(field, 'This must be a JSON object.');
  return value;
}

/** Some clients send their numeric ids as numbers. */
function identifierAt(message: SegmentMessage, field: string): string | null {
  const value = message[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  throw invalid(field, 'This must be a text.');
}

function asObject(value: unknown): SegmentMessage {
  return isObject(value) ? value : {};
}

/** Whether a value parsed from JSON is an object, not a list and not null. */
export function isObject(value: unknown): value is SegmentMessage {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(path: string, message: string): Failure {
  return new Failure('INVALID_INPUT', message, { path });
}
