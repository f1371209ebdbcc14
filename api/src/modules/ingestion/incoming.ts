import type { Problem } from '../../platform/errors.js';
import type { EventIdentity, EventInput } from './check-event.js';
import type { Traits } from './read-traits.js';

/** In what form something came in, and is kept in quarantine: a message of Segment's protocol, an event over GraphQL. */
export type IncomingKind = 'message' | 'event';

/** One thing that came in: a deed, news about a person, or what could not even be read. */
export type Incoming = {
  kind: IncomingKind;
  /** Where it stands in the request, such as `batch[3]`; empty when it is all of it. */
  place: string;
  /** What sent it: the library that a message names, or the way in. */
  source: string;
  receivedAt: Date;
  /** What it takes as JSON. */
  bytes: number;
  /** What is kept if it, or only these of its traits, cannot be taken: JSON that can be read again. */
  body: (only?: Traits) => string;
  /** Under which id it is kept if it cannot be taken: the one that it was in quarantine under before. */
  quarantineId?: string;
  /** How it calls a field of an event or a contact: `userId` is a message's word for `externalId`. */
  nameOf: (field: string) => string;
} & ({ problem: Problem } | ReadIncoming);

/** What was read of something that came in. */
export interface ReadIncoming {
  problem?: undefined;
  identity: EventIdentity;
  /** What it is known by; without one it cannot be recognised when it comes again. */
  messageId: string | null;
  event: EventInput | undefined;
  traits: Traits | undefined;
  /** Attributes that the contact is given where it has none: how it came to be known. */
  firstTouch: Record<string, string> | undefined;
  /** An id under which its contact was known before. */
  previousId: string | null;
}

/** Something that came in and could be read. */
export type Readable = Extract<Incoming, { problem?: undefined }>;

/** What became of one thing that came in. */
export type Outcome =
  | { status: 'stored'; contactId: string; eventId: string | null }
  /** Its message was stored before, or stands twice in the batch. */
  | { status: 'duplicate' }
  /** It names somebody who was erased, and is not kept at all. */
  | { status: 'erased'; problem: Problem }
  /** It is in quarantine. The path of the problem begins with its place in the request. */
  | { status: 'refused'; problem: Problem };

/** The outcome of something refused; its problem's path begins with the item itself. */
export function refused({ place }: Incoming, problem: Problem): Extract<Outcome, { status: 'refused' }> {
  const path = [place, problem.path].filter((part) => part !== '').join('.');
  return { status: 'refused', problem: { ...problem, path } };
}
