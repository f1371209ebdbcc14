import { CHANNELS } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  definitionFor,
  loadValues,
  sameValue,
  type AttributeCatalog,
  type HeldValue,
  type HeldValues,
} from '../attributes/index.js';
import {
  consentsOf,
  identityPriority,
  normaliseIdentity,
  type HeldConsent,
  type Identity,
} from '../consent/index.js';
import {
  countryOf,
  contactsByOrdinals,
  identitiesOf,
  identityFields,
  lockContactsOf,
  type Contact,
  type ContactInput,
  type ContactResult,
  type OwnedIdentity,
} from '../contacts/index.js';
import type { ConsentState, ImportEffect, ValueState } from './import-effects.js';

/** Whom a row may mean. */
export function identitiesOfInput(contact: ContactInput, defaultCountry: string | null): Identity[] {
  const country = countryOf(contact, defaultCountry);
  return identityPriority.flatMap((kind) => {
    const given = contact[identityFields[kind].field]?.trim();
    const identity = given ? normaliseIdentity(kind, given, country) : '';
    return typeof identity === 'string' ? [] : [identity];
  });
}

/** Contacts as they are at one moment, as far as rows can change them. */
interface Portrait {
  contacts: Map<number, Contact>;
  values: Map<number, HeldValues>;
  identities: Map<number, OwnedIdentity[]>;
  consents: Map<number, HeldConsent[]>;
}

/** Watches what rows do to contacts, so that it can be undone. */
export class EffectsWatch {
  readonly #tx: WorkspaceTransaction;
  readonly #keys: readonly string[];
  readonly #hasConsents: boolean;
  #before: Portrait = emptyPortrait();

  /** @param inputs what is going to be upserted. */
  constructor(tx: WorkspaceTransaction, inputs: readonly ContactInput[], catalog: AttributeCatalog) {
    this.#tx = tx;
    const given = new Set(inputs.flatMap(({ attributes }) => Object.keys(attributes ?? {})));
    const keys = [...given].map((key) => definitionFor(catalog, 'contact', key)?.key ?? key);
    this.#keys = [...new Set([...keys, 'external_id', 'email', 'phone'])];
    this.#hasConsents = inputs.some(({ consents }) => consents && consents.length > 0);
  }

  /** Remembers how those whom the rows mean are now. Nobody else changes them until the transaction ends. */
  async begin(identities: readonly Identity[]): Promise<void> {
    const locked = await lockContactsOf(this.#tx, identities, 'change');
    this.#before = await this.#paint(locked.map(({ ordinal }) => ordinal));
  }

  /** What became of them, and of those that were made. */
  async finish(results: readonly ContactResult[], now: Date): Promise<ImportEffect[]> {
    const taken = results.flatMap((result) =>
      result.ok && result.outcome !== 'unchanged' ? [result.ordinal] : [],
    );
    const ordinals = [...new Set(taken)];
    const known = ordinals.filter((ordinal) => this.#before.contacts.has(ordinal));
    const made = ordinals.filter((ordinal) => !this.#before.contacts.has(ordinal));
    const after = await this.#paint(known);
    const consents = this.#hasConsents
      ? Map.groupBy(await consentsOf(this.#tx, made), ({ ordinal }) => ordinal)
      : after.consents;
    return [
      ...known.flatMap((ordinal) => differences(ordinal, this.#before, after)),
      ...made.flatMap((ordinal): ImportEffect[] => [
        { ordinal, kind: 'created', key: '', before: null, written: { updatedAt: now.toISOString() } },
        ...consentEffects(ordinal, [], consents.get(ordinal) ?? []),
      ]),
    ];
  }

  /** Contacts that were there before, with when they had last changed. */
  get known(): Pick<Contact, 'ordinal' | 'updatedAt'>[] {
    return [...this.#before.contacts.values()];
  }

  async #paint(ordinals: readonly number[]): Promise<Portrait> {
    if (ordinals.length === 0) return emptyPortrait();
    const contacts = await contactsByOrdinals(this.#tx, ordinals);
    const identities = await identitiesOf(this.#tx, ordinals);
    const consents = this.#hasConsents ? await consentsOf(this.#tx, ordinals) : [];
    return {
      contacts: new Map(contacts.map((contact) => [contact.ordinal, contact])),
      values: await loadValues(this.#tx, 'contact', ordinals, this.#keys),
      identities: Map.groupBy(identities, ({ ordinal }) => ordinal),
      consents: Map.groupBy(consents, ({ ordinal }) => ordinal),
    };
  }
}

function emptyPortrait(): Portrait {
  return { contacts: new Map(), values: new Map(), identities: new Map(), consents: new Map() };
}

function differences(ordinal: number, before: Portrait, after: Portrait): ImportEffect[] {
  const values = valueEffects(ordinal, before.values.get(ordinal), after.values.get(ordinal));
  const had = new Set((before.identities.get(ordinal) ?? []).map(identityKey));
  const identities = (after.identities.get(ordinal) ?? [])
    .map(identityKey)
    .filter((key) => !had.has(key))
    .map((key): ImportEffect => ({ ordinal, kind: 'identity', key, before: null, written: {} }));
  const [from, to] = [before, after].map(({ contacts }) => contacts.get(ordinal)?.companyId ?? null);
  const company: ImportEffect[] =
    from === to
      ? []
      : [{ ordinal, kind: 'company', key: '', before: { id: from ?? null }, written: { id: to ?? null } }];
  const consents = consentEffects(
    ordinal,
    before.consents.get(ordinal) ?? [],
    after.consents.get(ordinal) ?? [],
  );
  return [...values, ...identities, ...company, ...consents];
}

function valueEffects(
  ordinal: number,
  before: HeldValues = new Map(),
  after: HeldValues = new Map(),
): ImportEffect[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): ImportEffect[] => {
    const [from, to] = [before.get(key), after.get(key)];
    if (sameValue(from?.value ?? [], to?.value ?? [])) return [];
    return [{ ordinal, kind: 'attribute', key, before: from ? stateOf(from) : null, written: stateOf(to) }];
  });
}

function stateOf(held: HeldValue | undefined): ValueState {
  return {
    value: held?.value ?? null,
    since: (held?.since ?? new Date(0)).toISOString(),
    mergedFrom: held?.mergedFrom ?? null,
  };
}

/** How an identity is named among effects. */
export function identityKey({ kind, value }: Pick<Identity, 'kind' | 'value'>): string {
  return `${kind} ${value}`;
}

function consentEffects(
  ordinal: number,
  before: readonly HeldConsent[],
  after: readonly HeldConsent[],
): ImportEffect[] {
  return CHANNELS.flatMap((channel): ImportEffect[] => {
    const [from, to] = [before, after].map((some) => some.find((consent) => consent.channel === channel));
    if (!to || from?.recordedAt.getTime() === to.recordedAt.getTime()) return [];
    return [
      {
        ordinal,
        kind: 'consent',
        key: channel,
        before: from ? toConsentState(from) : null,
        written: toConsentState(to),
      },
    ];
  });
}

/** A consent as effects hold it. */
export function toConsentState({ recordedAt, outweighs, ...consent }: HeldConsent): ConsentState {
  const { state, source, proof, mergedFrom } = consent;
  return {
    state,
    source,
    proof,
    mergedFrom,
    recordedAt: recordedAt.toISOString(),
    outweighs: outweighs?.toISOString() ?? null,
  };
}
