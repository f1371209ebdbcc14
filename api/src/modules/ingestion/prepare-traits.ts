import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  attributeCatalog,
  definitionFor,
  insertAttribute,
  steadyCatalog,
  type AttributeCatalog,
  type AttributeDefinition,
  type AttributeSubject,
} from '../attributes/index.js';
import type { ContactInput } from '../contacts/index.js';
import { inferType, readTraits, type Trait, type Traits } from './read-traits.js';

/**
 * Traits that no attribute exists for make one, of the type that their first value suggests, until the workspace has
 * this many of its own: a client that sends an id as the name of a trait must not fill the catalog.
 */
export const mostTraitAttributes = 200;

/** What a batch says about its contacts. */
export interface PreparedTraits {
  /** Read only if there are traits. */
  catalog: AttributeCatalog | undefined;
  /** For each item of the batch; undefined where nothing is said. */
  items: (PreparedItem | undefined)[];
}

/** What one item says, in Coterie's words. */
export interface PreparedItem {
  facts: ContactInput;
  traits: readonly Trait[];
  /** Where traits stand that cannot be kept. */
  skipped: readonly (readonly string[])[];
}

/**
 * Turns the traits of a batch into what contacts are made of, and defines the attributes that are missing.
 * @param batch the traits of each item, undefined for one without.
 */
export async function prepareTraits(
  transaction: WorkspaceTransaction,
  batch: readonly (Traits | undefined)[],
  now: Date,
): Promise<PreparedTraits> {
  const items = batch.map((traits) => (traits && saysSomething(traits) ? prepare(traits) : undefined));
  if (items.every((item) => item === undefined)) return { catalog: undefined, items };
  const catalog = await defineMissing(
    transaction,
    items.flatMap((item) => item?.traits ?? []),
    now,
  );
  return { catalog, items };
}

function saysSomething(traits: Traits): boolean {
  return traits.about === 'company' || Object.keys(traits.values).length > 0;
}

function prepare(from: Traits): PreparedItem {
  const { traits, skipped } = readTraits(from);
  const facts: ContactInput = from.about === 'company' ? { company: { externalId: from.companyId } } : {};
  for (const { target, value } of traits) place(facts, target, value);
  return { facts, traits, skipped };
}

function place(facts: ContactInput, target: Trait['target'], value: unknown): void {
  switch (target.kind) {
    case 'attribute':
      (facts.attributes ??= {})[target.key] = value;
      return;
    case 'company_attribute':
      ((facts.company ??= {}).attributes ??= {})[target.key] = value;
      return;
    case 'company':
      if (value !== null) (facts.company ??= {})[target.field] = textOf(value);
      return;
    case 'email':
    case 'phone':
      facts[target.kind] = textOf(value);
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

const subjects = { attribute: 'contact', company_attribute: 'company' } as const;

async function defineMissing(
  transaction: WorkspaceTransaction,
  traits: readonly Trait[],
  now: Date,
): Promise<AttributeCatalog> {
  const catalog = await steadyCatalog(transaction);
  const missing = new Map<string, AttributeDefinition>();
  for (const { target, path, value } of traits) {
    if (target.kind !== 'attribute' && target.kind !== 'company_attribute') continue;
    const subject = subjects[target.kind];
    const type = definitionFor(catalog, subject, target.key) ? undefined : inferType(value);
    const name = `${subject} ${target.key}`;
    if (type && !missing.has(name)) missing.set(name, define(subject, target.key, type, path.join('.')));
  }
  const room = mostTraitAttributes - ownAttributes(catalog);
  // Sorted, so that two batches which bring the same new traits wait for each other instead of deadlocking.
  const names = [...missing.keys()].slice(0, Math.max(room, 0)).sort();
  if (names.length === 0) return catalog;
  for (const name of names) await insertAttribute(transaction, missing.get(name)!, now);
  return attributeCatalog(transaction);
}

function ownAttributes(catalog: AttributeCatalog): number {
  return [...catalog.contact.values(), ...catalog.company.values()].filter(
    (definition) => !definition.standard,
  ).length;
}

function define(
  subject: AttributeSubject,
  key: string,
  type: AttributeDefinition['type'],
  path: string,
): AttributeDefinition {
  const words = key.replaceAll('_', ' ');
  return {
    subject,
    key,
    label: words.charAt(0).toUpperCase() + words.slice(1),
    description: `Made from the trait "${path}" when it first came in.`,
    type,
    standard: false,
    mirrored: false,
    archivedAt: null,
  };
}
