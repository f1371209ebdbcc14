import type { Channel } from '@coterie/rules';

/** What a contact can say about a channel; a channel without a record is `unknown`. */
export type RecordedState = 'granted' | 'withdrawn';

/** A consent as it is handed in. */
export interface ConsentInput {
  channel: Channel;
  state: RecordedState;
  /** Where it was given: a form, an import, a call. */
  source?: string | null;
  /** What shows it: an address, a document's number, the text that was agreed to. */
  proof?: string | null;
  /** When it was given; now unless said. */
  recordedAt?: Date | string | null;
}

/** A checked consent. */
export interface PreparedConsent {
  channel: Channel;
  state: RecordedState;
  source: string;
  proof: string | null;
  recordedAt: Date;
  /** Whether the time was given: a consent without one that says what is known already adds nothing. */
  dated: boolean;
}

/** What is on record for a contact and a channel. */
export interface Consent {
  ordinal: number;
  channel: Channel;
  state: RecordedState;
  source: string;
  proof: string | null;
  recordedAt: Date;
  /** The ordinal of the contact that said it, if that one has become part of this one; null for its own words. */
  mergedFrom: number | null;
}

/**
 * Whether what was said now holds instead of what is known: the later statement does, and of two of the same instant the
 * withdrawal. What the history is sorted by says the same; see settleConsents.
 */
export function supersedes(
  said: Pick<Consent, 'state' | 'recordedAt'>,
  known: Pick<Consent, 'state' | 'recordedAt'>,
): boolean {
  const later = said.recordedAt.getTime() - known.recordedAt.getTime();
  return later > 0 || (later === 0 && (said.state === 'withdrawn' || known.state === 'granted'));
}
