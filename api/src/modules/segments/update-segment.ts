import { isDeepStrictEqual } from 'node:util';
import { fold, type Rule } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { checkRule, type RuleSource } from './check-rule.js';
import { refuseTakenName, storeDefinition, type Editor } from './create-segment.js';
import type { SegmentEntity } from './segment.entity.js';
import { checkDescription, checkName } from './segment-names.js';
import { findVersion, lockDefinitions, requireSegment } from './segment.repository.js';

/** A change of a segment; what is absent stays as it is. */
export interface SegmentChange {
  id: string;
  /** The version that the change was made from. */
  expectedVersion: number;
  name?: string | null;
  description?: string | null;
  rule?: RuleSource | null;
}

/**
 * Renames or edits a segment, which makes a version of it; a change that changes nothing makes none.
 * Throws CONFLICT when someone else changed it since `expectedVersion`, or the name is taken; SEGMENT_CYCLE naming the
 * circle; INVALID_RULE with every problem of the rule.
 */
export async function updateSegment(
  tx: WorkspaceTransaction,
  change: SegmentChange,
  editor: Editor,
): Promise<SegmentEntity> {
  await lockDefinitions(tx);
  const segment = await requireCurrent(tx, change.id, change.expectedVersion);
  const name = change.name == null ? segment.name : checkName(change.name, 'input.name');
  const description =
    change.description == null
      ? segment.description
      : checkDescription(change.description, 'input.description');
  const rule = change.rule ? await checkNewRule(tx, { ...segment, name }, change.rule) : segment.rule;
  return storeNextVersion(tx, segment, { name, description, rule }, editor);
}

/**
 * The rule in normal form that a segment is to have, as it would be stored. Throws INVALID_INPUT for a static segment,
 * SEGMENT_CYCLE naming the circle, and INVALID_RULE with every problem of the rule.
 */
export async function checkNewRule(
  tx: WorkspaceTransaction,
  { id, kind, name }: Pick<SegmentEntity, 'id' | 'kind' | 'name'>,
  rule: RuleSource,
): Promise<Rule> {
  if (kind === 'static') {
    throw new Failure('INVALID_INPUT', 'A static segment has members, not a rule.', { path: 'input.rule' });
  }
  return checkRule(tx, rule, { segmentId: id, name, path: 'input.rule' });
}

/** A version of a segment to go back to. */
export interface VersionToRestore {
  id: string;
  version: number;
  /** The version that is the newest as far as the caller knows. */
  expectedVersion: number;
}

/**
 * Makes a segment again what it was at a version, which makes a new version of it. The rule is checked anew: what it
 * names may be gone, or name this segment by now.
 */
export async function restoreVersion(
  tx: WorkspaceTransaction,
  wanted: VersionToRestore,
  editor: Editor,
): Promise<SegmentEntity> {
  await lockDefinitions(tx);
  const segment = await requireCurrent(tx, wanted.id, wanted.expectedVersion);
  const former = await findVersion(tx, segment.id, wanted.version);
  if (!former) throw notFound('version', 'input.version');
  const { name, description } = former;
  const rule = former.rule
    ? await checkRule(tx, { tree: former.rule }, { segmentId: segment.id, name, path: 'input.version' })
    : null;
  return storeNextVersion(tx, segment, { name, description, rule }, editor);
}

async function requireCurrent(
  tx: WorkspaceTransaction,
  id: string,
  expectedVersion: number,
): Promise<SegmentEntity> {
  const segment = await requireEditable(tx, id);
  if (segment.version !== expectedVersion) {
    throw new Failure('CONFLICT', `The segment is at version ${segment.version} by now.`, {
      path: 'input.expectedVersion',
    });
  }
  return segment;
}

/** A segment that can be changed. Throws NOT_FOUND when there is none, CONFLICT when it is archived. */
export async function requireEditable(tx: WorkspaceTransaction, id: string): Promise<SegmentEntity> {
  const segment = await requireSegment(tx, id, 'input.id');
  if (segment.archivedAt) throw new Failure('CONFLICT', 'The segment is archived.', { path: 'input.id' });
  return segment;
}

async function storeNextVersion(
  tx: WorkspaceTransaction,
  segment: SegmentEntity,
  next: Pick<SegmentEntity, 'name' | 'description' | 'rule'>,
  editor: Editor,
): Promise<SegmentEntity> {
  const { name, description, rule } = segment;
  if (isDeepStrictEqual({ name, description, rule }, next)) return segment;
  if (next.name !== name) await refuseTakenName(tx, next.name, segment.id);
  Object.assign(segment, next, {
    foldedName: fold(next.name),
    version: segment.version + 1,
    updatedAt: editor.now,
  });
  await storeDefinition(tx, segment, editor);
  return segment;
}
