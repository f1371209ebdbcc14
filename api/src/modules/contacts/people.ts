import type { IdentityKind } from '@coterie/rules';
import type { Problem } from '../../platform/errors.js';
import { identityPriority, type Identity } from '../consent/index.js';
import { identityFields } from './identities/identity-fields.js';
import { deviceWindow, type IdentitySettings } from './identities/identity-settings.js';
import type { MergeReason } from './merging/merge-reason.js';
import { Person, type HeldIdentity } from './person.js';

/** Whom an item means, and what the batch has to do about it before the item's values are applied. */
export interface Resolution {
  person: Person;
  /** The identity that decided; null when the contact is new. */
  foundBy: Identity | null;
  outcome: 'created' | 'updated' | 'unchanged';
  /** Identities that were given beside a stronger one: each is the primary of its kind, and mirrored as an attribute. */
  primary: HeldIdentity[];
  /** Contacts that turned out to be this person, in order. */
  absorbed: Merge[];
  warnings: Problem[];
}

/** One contact that becomes part of another. */
export interface Merge {
  winner: Person;
  loser: Person;
  reason: MergeReason;
}

/** An identity that was given to somebody and stays with another. */
export interface Conflict {
  identity: Identity;
  claimant: Person;
  source: string;
}

/** What an item is recognised by. */
export interface GivenIdentities {
  /** Strongest kind first, one of a kind. */
  identities: readonly Identity[];
  /** The id that it was known by before, as an external id and as an anonymous id; or none. */
  previous: readonly Identity[];
  /** Where it comes from. */
  source: string;
}

/** The contacts of one batch by their identities. */
export class People {
  readonly all: Person[] = [];
  readonly conflicts: Conflict[] = [];
  /** Identities that turned out to be shared by too many devices. */
  readonly overused: Identity[] = [];
  readonly #byIdentity = new Map<string, Person>();

  constructor(
    private readonly settings: IdentitySettings,
    private readonly now: Date,
  ) {}

  /** Adds a contact that is stored, with all its identities. */
  addStored(person: Person, identities: readonly HeldIdentity[]): void {
    this.all.push(person);
    for (const identity of identities) this.#own(person, identity);
  }

  #own(person: Person, identity: HeldIdentity): void {
    person.identities.push(identity);
    this.#byIdentity.set(keyOf(identity), person);
  }

  #ownerOf(identity: Identity): Person | undefined {
    return this.#byIdentity.get(keyOf(identity));
  }

  /**
   * Decides whom the identities mean, makes a new contact when nobody, and gives it the identities that nobody has. An
   * identity that another contact has joins the two when the rules allow it, and is a conflict when they do not.
   */
  resolve(given: GivenIdentities): Resolution {
    const found = this.#find(given);
    const resolution: Resolution = {
      person: found ? this.#ownerOf(found)! : this.#make(),
      foundBy: found ?? null,
      outcome: found ? 'unchanged' : 'created',
      primary: [],
      absorbed: [],
      warnings: [],
    };
    for (const identity of given.identities) this.#claim(resolution, identity, given);
    this.#alias(resolution, given);
    resolution.primary = given.identities
      .filter((identity) => isMirrored(identity.kind) && identity !== found)
      .flatMap((identity) => resolution.person.identity(identity) ?? []);
    return resolution;
  }

  /**
   * The strongest identity decides. A weaker one does not, when its owner has another identity of a stronger kind that
   * is given: two colleagues share the switchboard's number, a family shares a tablet.
   */
  #find({ identities, previous }: GivenIdentities): Identity | undefined {
    const strongest = identities.find((identity, index) => {
      const owner = this.#ownerOf(identity);
      return owner && !identities.slice(0, index).some((stronger) => owner.has(stronger.kind));
    });
    return strongest ?? previous.find((identity) => this.#mayTakeAlias(identity, identities));
  }

  /** A new external id for a known device must not be given to whoever has an external id and used the device. */
  #mayTakeAlias(identity: Identity, given: readonly Identity[]): boolean {
    const owner = this.#ownerOf(identity);
    if (!owner) return false;
    return identity.kind === 'external_id' || !given.some(({ kind }) => owner.has(kind));
  }

  #make(): Person {
    const person = new Person(null);
    this.all.push(person);
    return person;
  }

  #claim(resolution: Resolution, identity: Identity, given: GivenIdentities): void {
    const { person } = resolution;
    const owner = this.#ownerOf(identity);
    if (owner === person) return;
    const reason = owner && this.#reasonToJoin(person, owner, identity, given.identities);
    if (owner && !reason) this.#refuse(resolution, identity, given);
    else if (identity.kind === 'anonymous_id' && this.#hasTooManyDevices(person)) {
      this.#leaveOut(resolution, identity, given.identities);
    } else if (owner && reason) this.#absorb(resolution, owner, reason);
    else this.#give(resolution, identity);
  }

  /** Why the owner of an identity is the person that it is given to; undefined when that is not certain enough. */
  #reasonToJoin(
    person: Person,
    owner: Person,
    { kind }: Identity,
    given: readonly Identity[],
  ): MergeReason | undefined {
    if (areParted(person, owner)) return undefined;
    if (owner.isAnonymous && !person.isAnonymous) return 'anonymous';
    if (!this.settings.mergeOn.some((each) => each === kind)) return undefined;
    const stronger = identityPriority.slice(0, identityPriority.indexOf(kind));
    const differ = stronger.some(
      (each) => owner.has(each) && (person.has(each) || given.some((identity) => identity.kind === each)),
    );
    return differ ? undefined : 'shared_identity';
  }

  /** The id known before leads to whoever had it; if nobody had, to this person from now on. */
  #alias(resolution: Resolution, given: GivenIdentities): void {
    const { person } = resolution;
    const { previous } = given;
    const owned = previous.filter((identity) => this.#ownerOf(identity));
    for (const identity of owned) {
      const owner = this.#ownerOf(identity)!;
      if (owner === person) continue;
      const differ =
        identity.kind === 'anonymous_id' && owner.has('external_id') && person.has('external_id');
      if (differ || areParted(person, owner)) this.#refuse(resolution, identity, given, 'previousId');
      else this.#absorb(resolution, owner, 'alias');
    }
    const device = previous.find((identity) => identity.kind === 'anonymous_id');
    if (device && owned.length === 0) this.#give(resolution, device);
  }

  #hasTooManyDevices(person: Person): boolean {
    const since = this.now.getTime() - deviceWindow;
    const recent = person.identities.filter(
      ({ kind, createdAt }) => kind === 'anonymous_id' && createdAt.getTime() > since,
    );
    return recent.length >= this.settings.deviceLimit;
  }

  /** An e-mail address on so many devices is nobody's in particular. An external id is, however many devices there are. */
  #leaveOut(resolution: Resolution, device: Identity, given: readonly Identity[]): void {
    const shared = given.find(({ kind }) => kind !== 'anonymous_id');
    if (shared && shared.kind !== 'external_id') this.overused.push(shared);
    resolution.warnings.push({
      code: 'IDENTITY_LIMIT',
      path: identityFields[device.kind].field,
      message: `The contact has ${this.settings.deviceLimit} devices already, so this one is not joined to it.`,
    });
  }

  #give(resolution: Resolution, identity: Identity): void {
    const held: HeldIdentity = { ...identity, createdAt: this.now, mergedFrom: null };
    this.#own(resolution.person, held);
    resolution.person.newIdentities.push(held);
    markUpdated(resolution);
  }

  #refuse(resolution: Resolution, identity: Identity, { source }: GivenIdentities, path?: string): void {
    this.conflicts.push({ identity, claimant: resolution.person, source });
    const { field, name } = identityFields[identity.kind];
    const message = `This ${name} belongs to another contact and stays there.`;
    resolution.warnings.push({ code: 'IDENTITY_CONFLICT', path: path ?? field, message });
  }

  #absorb(resolution: Resolution, loser: Person, reason: MergeReason): void {
    const winner = resolution.person;
    join(winner, loser);
    for (const identity of loser.identities) this.#byIdentity.set(keyOf(identity), winner);
    resolution.absorbed.push({ winner, loser, reason });
    markUpdated(resolution);
  }
}

/** Notes in memory that one contact has become part of another: its identities are the winner's from now on. */
export function join(winner: Person, loser: Person): void {
  loser.mergedInto = winner;
  winner.absorbs = true;
  const taken = (identity: HeldIdentity): HeldIdentity => ({
    ...identity,
    mergedFrom: identity.mergedFrom ?? loser.origin,
  });
  winner.identities.push(...loser.identities.map(taken));
  winner.newIdentities.push(...loser.newIdentities.map(taken));
  loser.newIdentities.length = 0;
  for (const parted of loser.parted) winner.parted.add(parted);
}

/** Marks a resolution as one that changed something. */
export function markUpdated(resolution: Resolution): void {
  if (resolution.outcome === 'unchanged') resolution.outcome = 'updated';
}

/** Whether the primary identity of a kind is mirrored as an attribute; of devices none is primary. */
export function isMirrored(kind: IdentityKind): boolean {
  return kind !== 'anonymous_id';
}

function areParted(one: Person, other: Person): boolean {
  return one.parted.has(other) || other.parted.has(one);
}

function keyOf({ kind, value }: Identity): string {
  return `${kind} ${value}`;
}
