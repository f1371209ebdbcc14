import type { Bitmap } from '@coterie/bitmap';
import type { Problem } from '../../../platform/errors.js';

/** What is stored of a segment's membership, without its members. */
export interface Standing {
  segmentId: string;
  /** The transition that the base is the state after. */
  baseSequence: number;
  /** The latest transition. */
  sequence: number;
  /** Null before its members were first found: then the four are. */
  size: number | null;
  definition: string | null;
  version: number | null;
  asOf: Date | null;
  /** Whether it is kept up to date: false of what is archived or cannot be answered. */
  follows: boolean;
  error: Problem | null;
}

/** Members at a transition: those of the base and what the log says since. */
export interface Membership {
  sequence: number;
  members: Bitmap;
}

/** Somebody who entered a segment or left it. */
export interface Transition {
  sequence: number;
  /** Null, like the id, once the person was erased. */
  ordinal: number | null;
  contactId: string | null;
  entered: boolean;
  /** By a change of what is asked, not of the contact. */
  byDefinition: boolean;
  version: number;
  at: Date;
}

/** Beyond so many transitions, or so large a share of the members, the log since the base is long: a new base costs less. */
const longLog = { least: 1_000, share: 1 / 20 };

/** Whether the base is to be stored anew. */
export function hasOutgrown({ sequence, baseSequence }: Standing, size: number): boolean {
  return sequence - baseSequence > Math.max(longLog.least, size * longLog.share);
}
