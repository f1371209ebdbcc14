import type { AttributeType } from '@coterie/rules';
import { noContact, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { attributeCatalog, steadyCatalog } from './attribute-catalog.js';
import { checkComputation, type ComputationInput } from './computation.js';
import { computeAnew, startComputing } from './computed-attribute.repository.js';
import {
  attributeKeyPattern,
  type AttributeCatalog,
  type AttributeDefinition,
  type AttributeSubject,
} from './attribute-definition.js';
import { changeAttribute, insertAttribute } from './attribute-definition.repository.js';
import { textFault } from './parse-attribute-value.js';

/** How many attributes of its own a workspace may have. */
export const mostCustomAttributes = 500;

/** Names an attribute. */
export interface AttributeKey {
  subject: AttributeSubject;
  key: string;
}

/** A new attribute. */
export interface NewAttribute extends AttributeKey {
  type: AttributeType;
  label?: string | null;
  description?: string | null;
  /** What it is computed from; one that people and programs set has none. */
  computed?: ComputationInput | null;
}

/** How many attributes of a workspace may be computed: each costs something with every event. */
export const mostComputedAttributes = 50;

/** Makes an attribute for the workspace. Fails with INVALID_INPUT for a bad key, CONFLICT for a taken one. */
export async function createAttribute(
  tx: WorkspaceTransaction,
  { subject, key, type, label, description, computed }: NewAttribute,
  now: Date,
): Promise<AttributeDefinition> {
  checkKey(key, 'input.key');
  const computation = computed ? checkComputation(computed, type) : undefined;
  if (computation && subject !== 'contact') {
    throw new Failure('INVALID_INPUT', 'Only attributes of contacts are computed.', {
      path: 'input.subject',
    });
  }
  const definition: AttributeDefinition = {
    subject,
    key,
    type,
    label: checkText('label', label) || labelOf(key),
    description: checkText('description', description) ?? '',
    standard: false,
    mirrored: false,
    archivedAt: null,
    ...(computation && { computed: { computation, computedAt: null } }),
  };
  await checkRoom(tx, definition);
  if (!(await insertAttribute(tx, definition, now))) throw taken(key);
  if (computation) await startComputing(tx, key, computation, now);
  noteDefinition(tx, definition);
  return definition;
}

async function checkRoom(
  tx: WorkspaceTransaction,
  { subject, key, computed }: AttributeDefinition,
): Promise<void> {
  const catalog = await steadyCatalog(tx);
  if (catalog[subject].has(key)) throw taken(key);
  const owner = catalog.former[subject].get(key);
  if (owner !== undefined) {
    const message = `The attribute "${owner}" was called "${key}" before, and still takes what comes in so.`;
    throw new Failure('CONFLICT', message, { path: 'input.key' });
  }
  const all = [...catalog.contact.values(), ...catalog.company.values()];
  if (all.filter(({ standard }) => !standard).length >= mostCustomAttributes) {
    throw new Failure('TOO_LARGE', `A workspace has at most ${mostCustomAttributes} attributes of its own.`);
  }
  if (computed && all.filter((each) => each.computed).length >= mostComputedAttributes) {
    throw new Failure('TOO_LARGE', `A workspace has at most ${mostComputedAttributes} computed attributes.`);
  }
}

/** Throws INVALID_INPUT for what is no key. */
export function checkKey(key: string, path: string): void {
  if (attributeKeyPattern.test(key)) return;
  const message =
    'A key begins with a letter and goes on with at most 62 small letters, digits and underscores.';
  throw new Failure('INVALID_INPUT', message, { path });
}

function taken(key: string): Failure {
  return new Failure('CONFLICT', `There is an attribute "${key}" already.`, { path: 'input.key' });
}

/** `favorite_color` becomes "Favorite color". */
function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Changes how an attribute of the workspace is called and explained. */
export async function updateAttribute(
  tx: WorkspaceTransaction,
  { subject, key, label, description }: AttributeKey & { label?: string | null; description?: string | null },
): Promise<AttributeDefinition> {
  const definition = requireCustom(await attributeCatalog(tx), { subject, key });
  const change = {
    label: checkText('label', label) || definition.label,
    description: checkText('description', description) ?? definition.description,
  };
  await changeAttribute(tx, { subject, key }, change);
  noteDefinition(tx, definition);
  return { ...definition, ...change };
}

/** Archives an attribute of the workspace, or brings it back: a computed one is then computed anew. */
export async function archiveAttribute(
  tx: WorkspaceTransaction,
  { subject, key }: AttributeKey,
  { archived, now }: { archived: boolean; now: Date },
): Promise<AttributeDefinition> {
  const definition = requireCustom(await attributeCatalog(tx), { subject, key });
  const archivedAt = archived ? now : null;
  if ((definition.archivedAt === null) === (archivedAt === null)) return definition;
  await changeAttribute(tx, { subject, key }, { archivedAt });
  if (definition.computed && archivedAt === null) await computeAnew(tx, [key], now);
  noteDefinition(tx, definition);
  return { ...definition, archivedAt };
}

/** An attribute of the workspace's own. Throws NOT_FOUND, and INVALID_INPUT for one of the standard set. */
export function requireCustom(
  catalog: AttributeCatalog,
  { subject, key }: AttributeKey,
  path = 'input.key',
): AttributeDefinition {
  const definition = catalog[subject].get(key);
  if (!definition) throw notFound('attribute', path);
  if (!definition.standard) return definition;
  throw new Failure('INVALID_INPUT', 'An attribute of the standard set cannot be changed.', { path });
}

function checkText(field: string, given: string | null | undefined): string | undefined {
  const text = given?.trim();
  const fault = text === undefined ? undefined : textFault(text);
  if (fault) throw new Failure('INVALID_INPUT', `The ${field} ${fault}`, { path: `input.${field}` });
  return text;
}

/** What rules are checked against has changed, so that nothing cached for the version before serves. */
export function noteDefinition(tx: WorkspaceTransaction, { subject, key }: AttributeKey): void {
  tx.changed(noContact, `definition:${subject === 'company' ? 'company.' : ''}${key}`);
}
