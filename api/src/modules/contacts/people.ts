import type { IdentityKind } from '@coterie/rules';
import type { Problem } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { HeldValues } from '../attributes/index.js';
import type { Identity } from '../consent/index.js';

/** A contact in the course of a batch: stored, or about to be made. */
export class Person {
  readonly id: string;
  /** Null until a new contact is given one. */
  ordinal: number | null;
  companyId: string | null;
  readonly storedCompanyId: string | null;
  readonly isNew: boolean;
  /** Normalised values by kind. */
  readonly identities: Identity[] = [];
  /** Those of {@link identities} that have to be written. */
  readonly newIdentities: Identity[] = [];
  stored: HeldValues = new Map();
  held: HeldValues = new Map();
  /** The contact that this one has become part of. */
  mergedInto: Person | null = null;
  /** Whether an anonymous contact became part of this one. */
  absorbs = false;

  constructor(stored: { id: string; ordinal: number; companyId: string | null } | null) {
    this.id = stored?.id ?? newId();
    this.ordinal = stored?.ordinal ?? null;
    this.companyId = stored?.companyId ?? null;
    this.storedCompanyId = this.companyId;
    this.isNew = stored === null;
  }

  /** Whether nothing is known of the contact but browsers and devices. */
  get isAnonymous(): boolean {
    return this.identities.every((identity) => identity.kind === 'anonymous_id');
  }

  has(kind: IdentityKind): boolean {
    return this.identities.some((identity) => identity.kind === kind);
  }

  /** The contact that this one is now. */
  get current(): Person {
    return this.mergedInto?.current ?? this;
  }
}

/** Whom an item means, and what the batch has to do about it before the item's values are applied. */
export interface Resolution {
  person: Person;
  /** The identity that decided; null when the contact is new. */
  foundBy: Identity | null;
  outcome: 'created' | 'updated' | 'unchanged';
  /** Anonymous contacts that turned out to be this person. */
  absorbed: Person[];
  warnings: Problem[];
}

/** The contacts of one batch by their identities. */
export class People {
  readonly all: Person[] = [];
  readonly #byIdentity = new Map<string, Person>();

  /** Adds a contact that is stored, with all its identities. */
  addStored(person: Person, identities: readonly Identity[]): void {
    this.all.push(person);
    for (const identity of identities) this.#own(person, identity);
  }

  #own(person: Person, identity: Identity): void {
    person.identities.push(identity);
    this.#byIdentity.set(keyOf(identity), person);
  }

  #ownerOf(identity: Identity): Person | undefined {
    return this.#byIdentity.get(keyOf(identity));
  }

  /**
   * Decides whom the identities mean, makes a new contact when nobody, and gives it the identities that nobody has.
   * @param identities strongest kind first, one of a kind.
   */
  resolve(identities: readonly Identity[]): Resolution {
    const found = this.#find(identities);
    const resolution: Resolution = {
      person: found ? this.#ownerOf(found)! : this.#make(),
      foundBy: found ?? null,
      outcome: found ? 'unchanged' : 'created',
      absorbed: [],
      warnings: [],
    };
    for (const identity of identities) this.#claim(resolution, identity);
    return resolution;
  }

  /**
   * The strongest identity decides. A weaker one does not, when its owner has another identity of a stronger kind that
   * is given: two colleagues share the switchboard's number, a family shares a tablet.
   */
  #find(identities: readonly Identity[]): Identity | undefined {
    return identities.find((identity, index) => {
      const owner = this.#ownerOf(identity);
      return owner && !identities.slice(0, index).some((stronger) => owner.has(stronger.kind));
    });
  }

  #make(): Person {
    const person = new Person(null);
    this.all.push(person);
    return person;
  }

  #claim(resolution: Resolution, identity: Identity): void {
    const { person } = resolution;
    const owner = this.#ownerOf(identity);
    if (owner === person) return;
    if (!owner) {
      this.#own(person, identity);
      person.newIdentities.push(identity);
      if (resolution.outcome === 'unchanged') resolution.outcome = 'updated';
    } else if (owner.isAnonymous && !person.isAnonymous) {
      this.#absorb(person, owner);
      resolution.absorbed.push(owner);
      if (resolution.outcome === 'unchanged') resolution.outcome = 'updated';
    } else {
      resolution.warnings.push(conflict(identity));
    }
  }

  #absorb(person: Person, anonymous: Person): void {
    anonymous.mergedInto = person;
    person.absorbs = true;
    for (const identity of anonymous.identities) this.#own(person, identity);
    person.newIdentities.push(...anonymous.newIdentities);
    anonymous.newIdentities.length = 0;
  }
}

function keyOf({ kind, value }: Identity): string {
  return `${kind} ${value}`;
}

const fields: Record<IdentityKind, string> = {
  external_id: 'externalId',
  email: 'email',
  phone: 'phone',
  anonymous_id: 'anonymousId',
};

function conflict({ kind }: Identity): Problem {
  const message = `This ${kind.replace('_', ' ')} belongs to another contact and stays there.`;
  return { code: 'IDENTITY_CONFLICT', path: fields[kind], message };
}
