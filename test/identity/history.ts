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
  sequence: number;
}

/** A contact as the history leaves it. */
export interface Contact {
  /** Identities, with when they came to be known. */
  identities: Map<Key, { at: number; own: boolean }>;
  attributes: Map<string, string>;
  company: string | null;
  events: string[];
  lists: Set<string>;
  statements: Statement[];
}

/** Everything that is known at one moment. */
export class State {
  readonly contacts = new Map<number, Contact>();
  /** Whom a contact has become part of. */
  readonly mergedInto = new Map<number, number>();
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
    if (happening.what === 'make') {
      this.contacts.set(happening.contact, {
        identities: new Map(),
        attributes: new Map(),
        company: null,
        events: [],
        lists: new Set(),
        statements: [],
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
        contact.statements.push({ channel, state, at, by: happening.contact, sequence: this.#sequence });
        this.#sequence += 1;
      }
    }
  }

  #merge({ winner, loser, forGood }: Extract<Happening, { what: 'merge' }>): void {
    const [into, from] = [this.contacts.get(winner)!, this.contacts.get(loser)!];
    for (const [key, { at, own }] of from.identities) into.identities.set(key, { at, own: own && forGood });
    for (const [key, value] of from.attributes)
      if (!into.attributes.has(key)) into.attributes.set(key, value);
    into.company ??= from.company;
    into.events.push(...from.events);
    for (const list of from.lists) into.lists.add(list);
    for (const statement of from.statements) {
      into.statements.push(forGood && statement.by === loser ? { ...statement, by: winner } : statement);
    }
    this.contacts.delete(loser);
    this.mergedInto.set(loser, winner);
  }
}

/** What holds on a channel: what was said last, the withdrawal first. */
export function holds(contact: Contact, channel: string): Statement | undefined {
  return contact.statements
    .filter((statement) => statement.channel === channel)
    .toSorted(
      (one, other) =>
        other.at - one.at ||
        Number(other.state === 'withdrawn') - Number(one.state === 'withdrawn') ||
        other.sequence - one.sequence,
    )[0];
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
