import { newId } from '../../platform/ids.js';
import {
  hold,
  isNews,
  joinConsents,
  type Consent,
  type HeldConsents,
  type PreparedConsent,
} from '../consent/index.js';

/** One thing that happened to a contact's consents. Ids are version 7: in the order in which things happened. */
export type ConsentTurn =
  | { id: string; said: Consent }
  /** Another contact became part of this one, for which this held. */
  | { id: string; joined: HeldConsents };

/**
 * What holds after all this. The order counts: somebody who withdrew stays withdrawn when the contact of a later grant
 * becomes part of theirs, and grants it again only by saying so afterwards.
 */
export function replay(stored: HeldConsents, turns: readonly ConsentTurn[]): HeldConsents {
  let held: HeldConsents = new Map(stored);
  for (const turn of turns) {
    if ('said' in turn) hold(held, turn.said);
    else held = joinConsents(held, turn.joined);
  }
  return held;
}

/** The consents of a contact in the course of a batch or a merge. */
export class ConsentLog {
  #turns: ConsentTurn[] = [];
  #held: HeldConsents;

  constructor(readonly stored: HeldConsents) {
    this.#held = new Map(stored);
  }

  get held(): HeldConsents {
    return this.#held;
  }

  /** What was said in this batch. */
  get said(): (Consent & { id: string })[] {
    return this.#turns.flatMap((turn) => ('said' in turn ? [{ ...turn.said, id: turn.id }] : []));
  }

  /** Says something; false when that is nothing new. */
  say({ dated, ...consent }: PreparedConsent): boolean {
    const said = { ...consent, mergedFrom: null };
    if (!isNews(this.#held.get(said.channel), said, dated)) return false;
    this.#take([{ id: newId(), said }]);
    return true;
  }

  /** Takes what holds for a contact that becomes part of this one; `origin` is the ordinal of that one. */
  join(other: ConsentLog, origin: number): void {
    const marked = [...other.#held].map(
      ([channel, consent]) => [channel, { ...consent, mergedFrom: consent.mergedFrom ?? origin }] as const,
    );
    this.#take([{ id: newId(), joined: new Map(marked) }]);
  }

  /** Takes the words of a contact that never was stored: they are this one's own. */
  adopt(other: ConsentLog): void {
    this.#take(other.#turns);
    other.#turns = [];
  }

  #take(turns: readonly ConsentTurn[]): void {
    this.#turns.push(...turns);
    this.#turns.sort((one, next) => (one.id < next.id ? -1 : 1));
    this.#held = replay(this.stored, this.#turns);
  }
}
