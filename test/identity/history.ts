import type { IdentityKind } from '@coterie/rules';

/** An identity as text, `email:a@example.com`. */
export type Key = `${IdentityKind}:${string}`;

/** One thing that happened to one contact. Contacts and merges are numbered in the order in which they were made. */
export type Happening =
  | { what: 'make'; contact: number }
  | { what: 'claim'; contact: number; key: Key; at: number }
  | { what: 'set'; contact: number; attribute: string; value: string | null }
  /** The identity given last is the primary one. */
  | { what: 'primary'; contact: number; key: Key }
  | { what: 'company'; contact: number; domain: string }
  | { what: 'event'; contact: number; name: string }
  | { what: 'list'; contact: number; list: string }
  | { what: 'consent'; contact: number; channel: string; state: 'granted' | 'withdrawn'; at: number }
  /** With `forGood`, the loser was never stored: there is nothing to go back to. */
  | { what: 'merge'; merge: number; winner: number; loser: number; forGood: boolean };

/** What one contact said once. */
export interface Statement {
  channel: string;
  state: 'granted' | 'withdrawn';
  at: number;
  /** The contact that said it. */
  by: number;
}

/** What holds on a channel, and the latest instant that anything was said of, by whomever. */
export interface Held {
  said: Statement;
  heard: number;
}

/** Something that decides what holds for a contact: its own words, and what held for those that became part of it. */
export type Word = { sequence: number } & ({ said: Statement } | { joined: Map<string, Held> });

/** A contact as the history leaves it. */
export interface Contact {
  /** Identities, with when they came to be known. */
  identities: Map<Key, { at: number; own: boolean }>;
  attributes: Map<string, string>;
  company: string | null;
  events: string[];
  lists: Set<string>;
  words: Word[];
}

/** Everything that is known at one moment. */
export class State {
  readonly contacts = new Map<number, Contact>();
  /** Whom a contact has become part of. */
  readonly mergedInto = new Map<number, number>();
  /** When each merge happened, as words are numbered. */
  readonly mergedAt = new Map<number, number>();
  #sequence = 0;

  /** The contact that this one is now. */
  current(contact: number): number {
    const next = this.mergedInto.get(contact);
    return next === undefined ? contact : this.current(next);
  }

  /** The contact that has an identity. */
  ownerOf(key: Key): number | undefined {
    for (const [number, { identities }] of this.contacts) if (identities.has(key)) return number;
    return undefined;
  }

  has(contact: number, kind: IdentityKind): boolean {
    return [...this.contacts.get(contact)!.identities.keys()].some((key) => key.startsWith(`${kind}:`));
  }

  apply(happening: Happening): void {
    this.#sequence += 1;
    if (happening.what === 'make') {
      this.contacts.set(happening.contact, {
        identities: new Map(),
        attributes: new Map(),
        company: null,
        events: [],
        lists: new Set(),
        words: [],
      });
    } else if (happening.what === 'merge') this.#merge(happening);
    else this.#change(this.contacts.get(happening.contact)!, happening);
  }

  #change(contact: Contact, happening: Exclude<Happening, { what: 'make' | 'merge' }>): void {
    switch (happening.what) {
      case 'claim':
        contact.identities.set(happening.key, { at: happening.at, own: true });
        return;
      case 'set':
        if (happening.value === null) contact.attributes.delete(happening.attribute);
        else contact.attributes.set(happening.attribute, happening.value);
        return;
      case 'primary': {
        const [kind, value] = happening.key.split(':') as [string, string];
        if (contact.identities.has(happening.key)) contact.attributes.set(kind, value);
        return;
      }
      case 'company':
        contact.company = happening.domain;
        return;
      case 'event':
        contact.events.push(happening.name);
        return;
      case 'list':
        contact.lists.add(happening.list);
        return;
      case 'consent': {
        const { channel, state, at } = happening;
        const said = { channel, state, at, by: happening.contact };
        contact.words.push({ sequence: this.#sequence, said });
      }
    }
  }

  #merge({ merge, winner, loser, forGood }: Extract<Happening, { what: 'merge' }>): void {
    const [into, from] = [this.contacts.get(winner)!, this.contacts.get(loser)!];
    for (const [key, { at, own }] of from.identities) into.identities.set(key, { at, own: own && forGood });
    for (const [key, value] of from.attributes)
      if (!into.attributes.has(key)) into.attributes.set(key, value);
    into.company ??= from.company;
    into.events.push(...from.events);
    for (const list of from.lists) into.lists.add(list);
    if (forGood) {
      // It never was a contact, so what it said was the winner's word from the beginning.
      const ofWinner = (word: Word): Word =>
        'said' in word && word.said.by === loser ? { ...word, said: { ...word.said, by: winner } } : word;
      into.words = [...into.words, ...from.words.map(ofWinner)].sort(
        (one, next) => one.sequence - next.sequence,
      );
    } else into.words.push({ sequence: this.#sequence, joined: heldBy(from) });
    this.mergedAt.set(merge, this.#sequence);
    this.contacts.delete(loser);
    this.mergedInto.set(loser, winner);
  }
}

/** What holds for a contact, by channel: everything that it and those in it said, one after the other. */
export function heldBy(contact: Pick<Contact, 'words'>): Map<string, Held> {
  const held = new Map<string, Held>();
  for (const word of contact.words) {
    if ('said' in word) {
      const { channel, state, at } = word.said;
      const known = held.get(channel);
      const isLater = !known || at > known.heard;
      // Of two of the same instant the withdrawal holds.
      const isStricter = at === known?.heard && (state === 'withdrawn' || known.said.state === 'granted');
      if (isLater || isStricter) held.set(channel, { said: word.said, heard: at });
    } else for (const [channel, other] of word.joined) held.set(channel, stricter(held.get(channel), other));
  }
  return held;
}

/** Whoever withdrew on either side stays withdrawn: nothing that was said before they were one changes that. */
function stricter(own: Held | undefined, other: Held): Held {
  if (!own) return other;
  const heard = Math.max(own.heard, other.heard);
  const withdrawn = [own, other].filter(({ said }) => said.state === 'withdrawn');
  if (withdrawn.length === 1) return { said: withdrawn[0]!.said, heard };
  return { said: other.said.at > own.said.at ? other.said : own.said, heard };
}

/**
 * Everything that ever happened. What is known is found by going through all of it from the beginning, without the
 * merges that were undone.
 */
export class History {
  readonly happenings: Happening[] = [];
  readonly undone = new Set<number>();

  state(): State {
    const state = new State();
    for (const happening of this.happenings) {
      if (happening.what !== 'merge' || !this.undone.has(happening.merge)) state.apply(happening);
    }
    return state;
  }
}
