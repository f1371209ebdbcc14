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

/** What was said about a channel once. */
export interface Consent {
  channel: Channel;
  state: RecordedState;
  source: string;
  proof: string | null;
  recordedAt: Date;
  /** The ordinal of the contact that said it, if that one has become part of this one; null for its own words. */
  mergedFrom: number | null;
}

/** What holds for a channel. */
export interface HeldConsent extends Consent {
  /**
   * Of a withdrawal that came together with a later grant when two contacts became one: when that grant was given. Only
   * what is said later than that, of the one contact, takes its place.
   */
  outweighs: Date | null;
}

/** What holds for a contact, by channel. */
export type HeldConsents = Map<Channel, HeldConsent>;

/** A consent with the contact that it is of. */
export type OfContact<Kind extends Consent> = Kind & { ordinal: number };

/**
 * Whether what is said adds anything to what is known. The same again, without a time of its own, does not, unless it is
 * known from another contact that has become part of this one: taken apart again, each must keep its own words.
 */
export function isNews(known: HeldConsent | undefined, said: Consent, dated: boolean): boolean {
  const sameWords = known?.state === said.state && known.mergedFrom === said.mergedFrom;
  return !sameWords || (dated && known.recordedAt.getTime() !== said.recordedAt.getTime());
}

/** Lets what is said hold: the later statement does, and of two of the same instant the withdrawal. */
export function hold(held: HeldConsents, said: Consent): void {
  const known = held.get(said.channel);
  if (!known || supersedes(said, known)) held.set(said.channel, { ...said, outweighs: null });
}

function supersedes(said: Consent, known: HeldConsent): boolean {
  const later = said.recordedAt.getTime() - holdsUntil(known);
  return later > 0 || (later === 0 && (said.state === 'withdrawn' || known.state === 'granted'));
}

/** Up to when whatever is said does not count any more. */
function holdsUntil({ recordedAt, outweighs }: HeldConsent): number {
  return Math.max(recordedAt.getTime(), outweighs?.getTime() ?? 0);
}

/** Which of what two contacts said stands when they become one: a withdrawal before any grant, else what came last. */
export function standing(own: HeldConsent, other: HeldConsent): HeldConsent {
  if (own.state !== other.state) return own.state === 'withdrawn' ? own : other;
  return other.recordedAt > own.recordedAt ? other : own;
}

/** What holds for two contacts that become one. */
export function joinConsents(own: HeldConsents, others: HeldConsents): HeldConsents {
  const joined = new Map(own);
  for (const [channel, other] of others) {
    const known = own.get(channel);
    joined.set(channel, known ? withBoth(known, other) : other);
  }
  return joined;
}

function withBoth(own: HeldConsent, other: HeldConsent): HeldConsent {
  const stands = standing(own, other);
  const until = Math.max(holdsUntil(own), holdsUntil(other));
  return until === holdsUntil(stands) ? stands : { ...stands, outweighs: new Date(until) };
}
