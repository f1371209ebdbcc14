import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { IdempotencyMark } from './operation.js';

/** What a member may do, in rising order. */
export const roles = ['viewer', 'editor', 'admin', 'owner'] as const;
export type Role = (typeof roles)[number];

/** What an API key may do. */
export const scopes = [
  'contacts:read',
  'contacts:write',
  'events:write',
  'segments:read',
  'segments:write',
  'audiences:read',
  'audiences:write',
  'usage:read',
] as const;
export type Scope = (typeof scopes)[number];

/** Who asks. */
export type Viewer =
  | { kind: 'nobody' }
  | { kind: 'member'; userId: string; email: string; name: string; sessionId: string }
  | { kind: 'key'; keyId: string; workspaceId: string; scopes: readonly Scope[] };

/** The first argument of everything that serves a request. */
export interface RequestContext {
  readonly requestId: string;
  /** Changes when somebody signs in: the rest of the request is then answered to that person. */
  viewer: Viewer;
  readonly log: Logger;
  readonly clock: Clock;
  /** The idempotency key that it was sent under, of a mutation. */
  idempotency?: IdempotencyMark | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** The workspace that an operation was allowed to touch. */
export interface WorkspaceAccess {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** IANA name: relative windows in calendar units and dates without a time are read in it. */
  readonly timeZone: string;
  /** ISO 3166-1 alpha-2, for phone numbers without a country code. */
  readonly defaultCountry: string | null;
  /** The member's role here; null for an API key. */
  readonly role: Role | null;
}

/** A request that passed the authorisation for one workspace. */
export interface WorkspaceContext extends RequestContext {
  readonly workspace: WorkspaceAccess;
}

/** The id of the API key that asks; null for people. */
export function keyOf(viewer: Viewer): string | null {
  return viewer.kind === 'key' ? viewer.keyId : null;
}

/** Who did it, for histories: `user:<id>` or `key:<id>`. */
export function actorOf(context: RequestContext): string {
  const { viewer } = context;
  if (viewer.kind === 'member') return `user:${viewer.userId}`;
  if (viewer.kind === 'key') return `key:${viewer.keyId}`;
  return 'system';
}
