import type { IdentityKind } from '@coterie/rules';
import { heldBy, History, type Happening, type Key, type State, type Statement } from './history.js';

/** A contact as a test hands it in. */
export interface Given {
  externalId?: string;
  email?: string;
  phone?: string;
  anonymousId?: string;
  previousId?: string;
  attributes?: Record<string, string | null>;
  company?: string;
  consent?: { channel: string; state: 'granted' | 'withdrawn'; at?: number };
  event?: string;
}

const kinds = [
  ['externalId', 'external_id'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['anonymousId', 'anonymous_id'],
] as const;

/** A merge that happened, as the model numbers it. */
export interface ModelMerge {
  merge: number;
  winner: number;
  loser: number;
}

/**
 * The rules of identity, written plainly and without regard to cost: each step looks at everything that ever happened,
 * decides, and adds what follows to it.
 */
export class Model {
  readonly history = new History();
  /** Merges that can be undone. */
  readonly merges: ModelMerge[] = [];
  #contacts = 0;
  #merges = 0;

  constructor(private readonly mergeOn: readonly IdentityKind[]) {}

  #add(happening: Happening): void {
    this.history.happenings.push(happening);
  }

  /** Takes a batch; gives the contact of each item, as it was when its turn came. */
  batch(items: readonly Given[], now: number): number[] {
    const first = this.#contacts;
    const start = this.history.happenings.length;
    const meant = items.map((item) => this.#take(item, now));
    this.#forgetUnstored(first, start);
    return meant;
  }

  /** A contact that was made and merged in one batch was never there, so there is nothing to go back to. */
  #forgetUnstored(first: number, start: number): void {
    for (const happening of this.history.happenings.slice(start)) {
      if (happening.what !== 'merge') continue;
      if (happening.loser >= first) happening.forGood = true;
      else this.merges.push(happening);
    }
  }

  #take(given: Given, now: number): number {
    const keys = kinds.flatMap(([field, kind]) => (given[field] ? [`${kind}:${given[field]}` as Key] : []));
    const { contact, foundBy } = this.#whoIsMeant(keys, given.previousId, now);
    for (const [attribute, value] of Object.entries(given.attributes ?? {})) {
      this.#add({ what: 'set', contact, attribute, value });
    }
    const identities = this.history.state().contacts.get(contact)!.identities;
    for (const key of keys) {
      if (key === foundBy || key.startsWith('anonymous_id') || !identities.has(key)) continue;
      this.#add({ what: 'primary', contact, key });
    }
    if (given.company) this.#add({ what: 'company', contact, domain: given.company });
    if (given.consent) this.#consent(contact, given.consent, now);
    if (given.event) this.#add({ what: 'event', contact, name: given.event });
    return contact;
  }

  #whoIsMeant(
    keys: readonly Key[],
    previousId: string | undefined,
    now: number,
  ): { contact: number; foundBy: Key | undefined } {
    const state = this.history.state();
    const previous = previousId ? ([`external_id:${previousId}`, `anonymous_id:${previousId}`] as Key[]) : [];
    const foundBy =
      keys.find((key, index) => {
        const owner = state.ownerOf(key);
        return (
          owner !== undefined && !keys.slice(0, index).some((stronger) => state.has(owner, kindOf(stronger)))
        );
      }) ??
      previous.find((key) => {
        const owner = state.ownerOf(key);
        if (owner === undefined) return false;
        return key.startsWith('external_id') || !keys.some((given) => state.has(owner, kindOf(given)));
      });
    const contact = foundBy ? state.ownerOf(foundBy)! : this.#make();
    for (const key of keys) this.#join(contact, key, keys, now);
    this.#alias(contact, previous, now);
    return { contact, foundBy };
  }

  #make(): number {
    const contact = this.#contacts;
    this.#contacts += 1;
    this.#add({ what: 'make', contact });
    return contact;
  }

  #join(contact: number, key: Key, keys: readonly Key[], now: number): void {
    const state = this.history.state();
    const owner = state.ownerOf(key);
    if (owner === contact) return;
    if (owner === undefined) this.#add({ what: 'claim', contact, key, at: now });
    else if (this.#mayJoin(state, contact, owner, kindOf(key), keys)) this.#merge(contact, owner);
  }

  #mayJoin(state: State, contact: number, owner: number, kind: IdentityKind, keys: readonly Key[]): boolean {
    if (this.#wereParted(state, contact, owner)) return false;
    const known = (['external_id', 'email', 'phone'] as const).filter((each) => state.has(owner, each));
    const isIdentified = [...state.contacts.get(contact)!.identities.keys()].some(
      (each) => !each.startsWith('anonymous_id'),
    );
    if (known.length === 0 && isIdentified) return true;
    if (!this.mergeOn.includes(kind)) return false;
    const stronger = kinds.slice(
      0,
      kinds.findIndex(([, each]) => each === kind),
    );
    return !stronger.some(
      ([, each]) =>
        state.has(owner, each) && (state.has(contact, each) || keys.some((key) => kindOf(key) === each)),
    );
  }

  /** Whether they were one until somebody undid it. */
  #wereParted(state: State, one: number, other: number): boolean {
    return this.merges.some(({ merge, winner, loser }) => {
      if (!this.history.undone.has(merge)) return false;
      const holder = state.current(winner);
      return (holder === one && loser === other) || (holder === other && loser === one);
    });
  }

  #alias(contact: number, previous: readonly Key[], now: number): void {
    const before = this.history.state();
    const owned = previous.filter((key) => before.ownerOf(key) !== undefined);
    for (const key of owned) {
      const state = this.history.state();
      const owner = state.ownerOf(key)!;
      if (owner === contact || this.#wereParted(state, contact, owner)) continue;
      const differ =
        key.startsWith('anonymous_id') &&
        state.has(owner, 'external_id') &&
        state.has(contact, 'external_id');
      if (!differ) this.#merge(contact, owner);
    }
    if (previous[1] && owned.length === 0) this.#add({ what: 'claim', contact, key: previous[1], at: now });
  }

  #merge(winner: number, loser: number): void {
    this.#add({ what: 'merge', merge: this.#merges, winner, loser, forGood: false });
    this.#merges += 1;
  }

  #consent(contact: number, { channel, state, at }: NonNullable<Given['consent']>, now: number): void {
    const known = heldBy(this.history.state().contacts.get(contact)!).get(channel)?.said;
    const same = known?.state === state && known.by === contact;
    if (same && (at === undefined || at === known.at)) return;
    this.#add({ what: 'consent', contact, channel, state, at: at ?? now });
  }

  list(contact: number, list: string): void {
    this.#add({ what: 'list', contact, list });
  }

  mergeByHand(winner: number, loser: number): void {
    this.#merge(winner, loser);
    this.merges.push(this.history.happenings.at(-1) as Extract<Happening, { what: 'merge' }>);
  }

  /** Merges in force whose winner is still a contact of its own. */
  undoable(): ModelMerge[] {
    const state = this.history.state();
    return this.merges.filter(
      ({ merge, winner }) =>
        !this.history.undone.has(merge) && state.contacts.has(this.lasting(state, winner)),
    );
  }

  /** A winner that was never stored stands for the one that it became part of. */
  lasting(state: State, winner: number): number {
    const gone = this.history.happenings.find(
      (happening) => happening.what === 'merge' && happening.forGood && happening.loser === winner,
    );
    return gone ? this.lasting(state, state.mergedInto.get(winner)!) : winner;
  }

  /**
   * Undoes a merge. Whose primary identity left takes the one that came last of those left, its own before others. What
   * was withdrawn since the merge is withdrawn for both.
   */
  undo(merge: ModelMerge): void {
    const winner = this.lasting(this.history.state(), merge.winner);
    const before = this.history.state().contacts.get(winner)!;
    const withdrawn = this.#withdrawnSince(merge, winner);
    this.history.undone.add(merge.merge);
    for (const { channel, state, at } of withdrawn) {
      this.#add({ what: 'consent', contact: merge.loser, channel, state, at });
    }
    const after = this.history.state().contacts.get(winner)!;
    for (const kind of ['external_id', 'email', 'phone']) {
      const primary = before.attributes.get(kind);
      if (primary === undefined || after.identities.has(`${kind}:${primary}` as Key)) continue;
      const [next] = [...after.identities]
        .filter(([key]) => key.startsWith(`${kind}:`))
        .toSorted(
          ([oneKey, one], [otherKey, other]) =>
            Number(other.own) - Number(one.own) || other.at - one.at || (oneKey < otherKey ? -1 : 1),
        );
      if (next) this.#add({ what: 'primary', contact: winner, key: next[0] });
    }
  }

  /** What the winner said last of a channel since the merge, where it is a withdrawal. */
  #withdrawnSince({ merge }: ModelMerge, winner: number): Statement[] {
    const state = this.history.state();
    const since = state.mergedAt.get(merge)!;
    const own = state.contacts
      .get(winner)!
      .words.flatMap((word) => (word.sequence > since && 'said' in word ? [word.said] : []))
      .filter((said) => said.by === winner);
    const held = heldBy({ words: own.map((said, sequence) => ({ said, sequence })) });
    return [...held.values()].map(({ said }) => said).filter((said) => said.state === 'withdrawn');
  }
}

function kindOf(key: Key): IdentityKind {
  return key.slice(0, key.indexOf(':')) as IdentityKind;
}
