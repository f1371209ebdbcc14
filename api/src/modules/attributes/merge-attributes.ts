import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { attributeCatalog } from './attribute-catalog.js';
import { deleteAttribute, leadTo, lockDefinitions } from './attribute-definition.repository.js';
import type { AttributeCatalog, AttributeDefinition, AttributeSubject } from './attribute-definition.js';
import { isConvertible } from './convert-value.js';
import { requireCustom } from './define-attributes.js';
import type { KeyEditor, KeyFollower } from './key-change.js';
import { countMerge, mergeValues, type MergeCounts, type MergePreference } from './move-values.repository.js';
import { followKeys } from './rename-attribute.js';

/** Two attributes that are to be one. */
export interface AttributeMerge {
  subject: AttributeSubject;
  /** The one that goes. */
  from: string;
  /** The one that stays. */
  into: string;
  prefer: MergePreference;
}

/** What became of the two. */
export interface MergedAttributes {
  attribute: AttributeDefinition;
  counts: MergeCounts;
}

/** Counts what {@link mergeAttributes} would do, and throws what it would. */
export async function previewAttributeMerge(
  tx: WorkspaceTransaction,
  merge: AttributeMerge,
): Promise<MergedAttributes> {
  const { into } = requirePair(await attributeCatalog(tx), merge);
  const move = { subject: merge.subject, from: merge.from, to: merge.into };
  return { attribute: into, counts: await countMerge(tx, move, merge.prefer) };
}

/**
 * Makes the values of an attribute those of another, which takes what comes in under the first one's key from then on. All
 * that names the first one names the other.
 * Throws NOT_FOUND when there is one of the two not; INVALID_INPUT when the first is of the standard set, the other does
 * not take the values of the first without loss, or is not set as an attribute; CONFLICT when the other is archived.
 */
export async function mergeAttributes(
  tx: WorkspaceTransaction,
  { subject, from: fromKey, into: intoKey, prefer }: AttributeMerge,
  editor: KeyEditor,
  followers: readonly KeyFollower[],
): Promise<MergedAttributes> {
  await lockDefinitions(tx);
  const { from, into } = requirePair(await attributeCatalog(tx), { subject, from: fromKey, into: intoKey });
  const move = { subject, from: fromKey, to: intoKey };
  const asTexts = into.type === 'text' && from.type !== 'text';
  const { counts, changed } = await mergeValues(tx, move, { prefer, asTexts });
  tx.changed(changed, subject === 'company' ? `company.${intoKey}` : `attribute:${intoKey}`);
  await deleteAttribute(tx, { subject, key: fromKey });
  await leadTo(tx, move, editor.now);
  await followKeys(tx, { ...move, merged: true }, editor, followers);
  return { attribute: into, counts };
}

function requirePair(
  catalog: AttributeCatalog,
  { subject, from: fromKey, into: intoKey }: Omit<AttributeMerge, 'prefer'>,
): { from: AttributeDefinition; into: AttributeDefinition } {
  const from = requireCustom(catalog, { subject, key: fromKey }, 'input.from');
  const into = catalog[subject].get(intoKey);
  if (!into) throw notFound('attribute', 'input.into');
  const computed = [from, into].find((one) => one.computed);
  const fault =
    from === into
      ? 'These are the same attribute.'
      : computed
        ? `"${computed.key}" is computed from events.`
        : into.mirrored
          ? `"${intoKey}" is not set as an attribute, but with the field of its own.`
          : isConvertible(from.type, into.type)
            ? undefined
            : `An attribute of the type ${into.type} does not take values of the type ${from.type} as they are.`;
  if (fault) throw new Failure('INVALID_INPUT', fault, { path: 'input.into' });
  if (into.archivedAt) {
    throw new Failure('CONFLICT', `The attribute "${intoKey}" is archived.`, { path: 'input.into' });
  }
  return { from, into };
}
