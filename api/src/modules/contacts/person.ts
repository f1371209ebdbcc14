import type { IdentityKind } from '@coterie/rules';
import { newId } from '../../platform/ids.js';
import type { HeldValues } from '../attributes/index.js';
import type { Identity } from '../consent/index.js';
import { ConsentLog } from './consent-log.js';
import type { Membership } from './merging/membership.repository.js';

/** An identity of a contact, with how it came to it. */
export interface HeldIdentity extends Identity {
  createdAt: Date;
  /** The ordinal of the contact that it was first of, if it came with a merge. */
  mergedFrom: number | null;
}

/** What is known of a stored contact before anything else is read. */
export interface StoredPerson {
  id: string;
  ordinal: number;
  companyId: string | null;
  companyFrom: number | null;
  createdAt: Date;
}

/** A contact in the course of a batch or a merge: stored, or about to be made. */
export class Person {
  readonly id: string;
  /** Null until a new contact is given one. */
  ordinal: number | null;
  readonly createdAt: Date | null;
  companyId: string | null;
  /** The ordinal of the contact that the company was first of, if it came with a merge. */
  companyFrom: number | null;
  readonly storedCompanyId: string | null;
  readonly storedCompanyFrom: number | null;
  readonly isNew: boolean;
  /** Normalised values by kind. */
  readonly identities: HeldIdentity[] = [];
  /** Those of {@link identities} that have to be written. */
  readonly newIdentities: HeldIdentity[] = [];
  stored: HeldValues = new Map();
  held: HeldValues = new Map();
  /** Read only when it says or merges something. */
  consents = new ConsentLog(new Map());
  /** Lists, seed lists and lookalikes by key; read only when it merges. */
  storedMemberships: ReadonlyMap<string, Membership> = new Map();
  memberships = new Map<string, Membership>();
  /** The contact that this one has become part of. */
  mergedInto: Person | null = null;
  /** Whether another contact became part of this one. */
  absorbs = false;
  /** Contacts that were part of this one until somebody undid it: they do not join it by themselves again. */
  readonly parted = new Set<Person>();

  constructor(stored: StoredPerson | null) {
    this.id = stored?.id ?? newId();
    this.ordinal = stored?.ordinal ?? null;
    this.createdAt = stored?.createdAt ?? null;
    this.companyId = stored?.companyId ?? null;
    this.companyFrom = stored?.companyFrom ?? null;
    this.storedCompanyId = this.companyId;
    this.storedCompanyFrom = this.companyFrom;
    this.isNew = stored === null;
  }

  /** Whether nothing is known of the contact but browsers and devices. */
  get isAnonymous(): boolean {
    return this.identities.every((identity) => identity.kind === 'anonymous_id');
  }

  has(kind: IdentityKind): boolean {
    return this.identities.some((identity) => identity.kind === kind);
  }

  /** This identity as the contact has it; undefined when it is not its. */
  identity({ kind, value }: Identity): HeldIdentity | undefined {
    return this.identities.find((own) => own.kind === kind && own.value === value);
  }

  /** The contact that this one is now. */
  get current(): Person {
    return this.mergedInto?.current ?? this;
  }

  /** The ordinal that tells what was this contact's before it merged; null if it did not, or was never stored. */
  get origin(): number | null {
    if (!this.mergedInto) return null;
    return this.isNew ? this.mergedInto.origin : this.ordinal;
  }

  /** The nearest contact up from this one that is stored or will be. */
  get lasting(): Person {
    return this.isNew && this.mergedInto ? this.mergedInto.lasting : this;
  }
}
