import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { attributeCatalog } from './attribute-catalog.js';
import { leadTo, lockDefinitions, rekeyAttribute } from './attribute-definition.repository.js';
import type { AttributeCatalog, AttributeDefinition } from './attribute-definition.js';
import {
  checkKey,
  noteDefinition,
  requireCustom,
  updateAttribute,
  type AttributeKey,
} from './define-attributes.js';
import type { KeyChange, KeyEditor, KeyFollower } from './key-change.js';
import { rekeyValues } from './move-values.repository.js';

/** How an attribute is to be called; what is absent stays. */
export interface AttributeRenaming extends AttributeKey {
  newKey?: string | null;
  label?: string | null;
}

/**
 * Gives an attribute of the workspace another key or label. Its values, and all that names it, go with it; what comes in
 * under the former key is still taken for it.
 * Throws NOT_FOUND, INVALID_INPUT for one of the standard set or a bad key, CONFLICT for a key that is taken.
 */
export async function renameAttribute(
  tx: WorkspaceTransaction,
  { subject, key, newKey, label }: AttributeRenaming,
  editor: KeyEditor,
  followers: readonly KeyFollower[],
): Promise<AttributeDefinition> {
  await lockDefinitions(tx);
  const catalog = await attributeCatalog(tx);
  requireCustom(catalog, { subject, key });
  const to = newKey ?? key;
  if (to !== key) {
    checkKey(to, 'input.newKey');
    refuseTaken(catalog, { subject, from: key, to });
    await moveAway(tx, { subject, from: key, to }, editor);
    await followKeys(tx, { subject, from: key, to, merged: false }, editor, followers);
  }
  if (label != null) await updateAttribute(tx, { subject, key: to, label });
  return requireCustom(await attributeCatalog(tx), { subject, key: to });
}

function refuseTaken(catalog: AttributeCatalog, { subject, from, to }: Omit<KeyChange, 'merged'>): void {
  if (catalog[subject].has(to)) {
    throw new Failure('CONFLICT', `There is an attribute "${to}" already; merge the two to make them one.`, {
      path: 'input.newKey',
    });
  }
  const owner = catalog.former[subject].get(to);
  // Its own former key may be its present one again.
  if (owner !== undefined && owner !== from) {
    throw new Failure(
      'CONFLICT',
      `The attribute "${owner}" was called "${to}" before, and still takes what comes in so.`,
      {
        path: 'input.newKey',
      },
    );
  }
}

async function moveAway(
  tx: WorkspaceTransaction,
  move: Omit<KeyChange, 'merged'>,
  { now }: KeyEditor,
): Promise<void> {
  await rekeyAttribute(tx, move);
  await rekeyValues(tx, move);
  await leadTo(tx, move, now);
}

/** Has everything follow that names the attribute, and tells the change feed that both keys mean something else. */
export async function followKeys(
  tx: WorkspaceTransaction,
  change: KeyChange,
  editor: KeyEditor,
  followers: readonly KeyFollower[],
): Promise<void> {
  for (const follow of followers) await follow(tx, change, editor);
  for (const key of [change.from, change.to]) noteDefinition(tx, { subject: change.subject, key });
}
