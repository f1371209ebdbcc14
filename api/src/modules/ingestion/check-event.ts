import { day } from '../../platform/clock.js';
import type { Problem } from '../../platform/errors.js';

/** What says who did it. At least one is needed; several join what was known under each of them. */
export interface EventIdentity {
  externalId?: string | null;
  email?: string | null;
  phone?: string | null;
  anonymousId?: string | null;
}

/** One event, as any of the ways in hands it over: unchecked. */
export interface EventInput extends EventIdentity {
  /** What was done: 1 to 200 characters. */
  name: string;
  /** The page, campaign, form, product or feature: at most 500 characters. */
  target?: string | null;
  /** A JSON object of at most 32 KB. */
  properties?: Record<string, unknown> | null;
  /** When it was done; now when missing. */
  occurredAt?: Date | null;
  /** Stored once per workspace; a fresh one is given when missing. */
  messageId?: string | null;
}

/** The limits of an event, in characters or bytes. */
export const eventLimits = {
  name: 200,
  target: 500,
  identifier: 500,
  messageId: 500,
  propertiesBytes: 32 * 1024,
  propertiesDepth: 20,
  /** Older than this is a broken clock, not history. */
  earliest: new Date('2000-01-01T00:00:00Z'),
  /** Clocks run ahead a little; further than this is an error, in milliseconds. */
  ahead: day,
} as const;

/** What is wrong inside the properties, and where. */
interface Flaw {
  path: string;
  why: string;
}

/**
 * Finds what is wrong with an event, or nothing.
 * @param now the moment of receipt: an event may be at most one day ahead of it.
 * @returns the first problem, its path relative to the event (`occurredAt`, `properties.plan`).
 */
export function checkEvent(event: EventInput, now: Date): Problem | undefined {
  return (
    checkText(event.name, 'name', eventLimits.name, { required: true }) ??
    checkText(event.target, 'target', eventLimits.target) ??
    checkText(event.messageId, 'messageId', eventLimits.messageId) ??
    checkIdentity(event) ??
    checkInstant(event.occurredAt, now) ??
    checkProperties(event.properties)
  );
}

function checkIdentity(event: EventIdentity): Problem | undefined {
  const { externalId, email, phone, anonymousId } = event;
  const identifiers = { externalId, email, phone, anonymousId };
  for (const [kind, value] of Object.entries(identifiers)) {
    const problem = checkText(value, kind, eventLimits.identifier);
    if (problem) return problem;
  }
  if (Object.values(identifiers).some((value) => value?.trim())) return undefined;
  return invalid('', 'An event needs an identity: an external id, an e-mail, a phone or an anonymous id.');
}

function checkInstant(instant: Date | null | undefined, now: Date): Problem | undefined {
  if (!instant) return undefined;
  const time = instant.getTime();
  if (Number.isNaN(time)) return invalid('occurredAt', 'This is not a point in time.');
  if (time >= eventLimits.earliest.getTime() && time <= now.getTime() + eventLimits.ahead) return undefined;
  const given = instant.toISOString();
  return invalid('occurredAt', `${given} is not between 2000-01-01 and one day from now.`);
}

/** Finds what makes a text unacceptable: its length, a NUL (PostgreSQL cannot store it), half a surrogate pair. */
export function checkText(
  text: unknown,
  path: string,
  longest: number,
  { required = false } = {},
): Problem | undefined {
  if (text === undefined || text === null) return required ? invalid(path, 'This is required.') : undefined;
  if (typeof text !== 'string') return invalid(path, 'This must be a text.');
  if (required && text.trim() === '') return invalid(path, 'This must not be empty.');
  if (text.length > longest) {
    return {
      code: 'TOO_LARGE',
      path,
      message: `This has ${text.length} characters; at most ${longest} are allowed.`,
    };
  }
  const why = flawOfText(text);
  return why ? invalid(path, why) : undefined;
}

function checkProperties(properties: unknown): Problem | undefined {
  if (properties === undefined || properties === null) return undefined;
  if (typeof properties !== 'object' || Array.isArray(properties)) {
    return invalid('properties', 'This must be a JSON object.');
  }
  const flaw = flawOf(properties, 'properties', 0);
  if (flaw) return invalid(flaw.path, flaw.why);
  const bytes = Buffer.byteLength(JSON.stringify(properties));
  if (bytes <= eventLimits.propertiesBytes) return undefined;
  const message = `These take ${bytes} bytes as JSON; at most ${eventLimits.propertiesBytes} are allowed.`;
  return { code: 'TOO_LARGE', path: 'properties', message };
}

function flawOf(value: unknown, path: string, depth: number): Flaw | undefined {
  if (typeof value === 'string') {
    const why = flawOfText(value);
    return why ? { path, why } : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= eventLimits.propertiesDepth) {
    return { path, why: `This is nested deeper than ${eventLimits.propertiesDepth} levels.` };
  }
  return Array.isArray(value) ? flawOfItems(value, path, depth) : flawOfMembers(value, path, depth);
}

function flawOfItems(items: unknown[], path: string, depth: number): Flaw | undefined {
  for (const [index, item] of items.entries()) {
    const flaw = flawOf(item, `${path}[${index}]`, depth + 1);
    if (flaw) return flaw;
  }
  return undefined;
}

function flawOfMembers(members: object, path: string, depth: number): Flaw | undefined {
  for (const [key, value] of Object.entries(members)) {
    const why = flawOfText(key);
    if (why) return { path, why: `The name of a property is unacceptable. ${why}` };
    const flaw = flawOf(value, `${path}.${key}`, depth + 1);
    if (flaw) return flaw;
  }
  return undefined;
}

function flawOfText(text: string): string | undefined {
  if (text.includes('\0')) return 'A NUL character cannot be stored.';
  if (!text.isWellFormed()) return 'This holds half of a surrogate pair, which is no character.';
  return undefined;
}

function invalid(path: string, message: string): Problem {
  return { code: 'INVALID_INPUT', path, message };
}
