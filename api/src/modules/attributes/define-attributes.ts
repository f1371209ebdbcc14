import type { AttributeType } from '@coterie/rules';
import { noContact, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { attributeCatalog, steadyCatalog } from './attribute-catalog.js';
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
}

/** Makes an attribute for the workspace. Fails with INVALID_INPUT for a bad key, CONFLICT for a taken one. */
export async function createAttribute(
  tx: WorkspaceTransaction,
  { subject, key, type, label, description }: NewAttribute,
  now: Date,
): Promise<AttributeDefinition> {
  checkKey(key, 'input.key');
  const definition: AttributeDefinition = {
    subject,
    key,
    type,
    label: checkText('label', label) || labelOf(key),
    description: checkText('description', description) ?? '',
    standard: false,
    mirrored: false,
    archivedAt: null,
  };
  await checkRoom(tx, definition);
  if (!(await insertAttribute(tx, definition, now))) throw taken(key);
  noteDefinition(tx, definition);
  return definition;
}

async function checkRoom(tx: WorkspaceTransaction, { subject, key }: AttributeKey): Promise<void> {
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

/** Archives an attribute of the workspace, or with null brings it back. */
export async function archiveAttribute(
  tx: WorkspaceTransaction,
  { subject, key }: AttributeKey,
  archivedAt: Date | null,
): Promise<AttributeDefinition> {
  const definition = requireCustom(await attributeCatalog(tx), { subject, key });
  if ((definition.archivedAt === null) === (archivedAt === null)) return definition;
  await changeAttribute(tx, { subject, key }, { archivedAt });
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
