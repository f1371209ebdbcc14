import { fold, references, type Rule } from '@coterie/rules';
import { noContact, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { checkRule, type RuleSource } from './check-rule.js';
import { SegmentEntity, type SegmentKind } from './segment.entity.js';
import { checkDescription, checkName } from './segment-names.js';
import { isNameTaken, lockDefinitions, replaceReferences, storeSegment } from './segment.repository.js';

/** Who changes a definition, and when. */
export interface Editor {
  actor: string;
  now: Date;
}

/** What a new segment is made from. Without a rule it is static: a list that is put together by hand. */
export interface NewSegment {
  name: string;
  description?: string | null;
  rule?: RuleSource | null;
}

/**
 * Creates a segment at version 1.
 * Throws INVALID_INPUT for a bad name, CONFLICT for a taken one, INVALID_RULE with every problem of the rule.
 */
export async function createSegment(
  tx: WorkspaceTransaction,
  input: NewSegment,
  editor: Editor,
): Promise<SegmentEntity> {
  await lockDefinitions(tx);
  const id = newId();
  const name = checkName(input.name, 'input.name');
  await refuseTakenName(tx, name, id);
  const rule = input.rule
    ? await checkRule(tx, input.rule, { segmentId: id, name, path: 'input.rule' })
    : null;
  const segment = newSegment(tx, editor, {
    id,
    kind: rule ? 'rule' : 'static',
    name,
    description: checkDescription(input.description ?? '', 'input.description'),
    rule,
  });
  await storeDefinition(tx, segment, editor);
  return segment;
}

/** A segment at version 1 that is not stored yet. */
export function newSegment(
  tx: WorkspaceTransaction,
  editor: Editor,
  given: { id: string; kind: SegmentKind; name: string; description: string; rule: Rule | null },
): SegmentEntity {
  return Object.assign(new SegmentEntity(), given, {
    workspaceId: tx.workspaceId,
    foldedName: fold(given.name),
    version: 1,
    createdBy: editor.actor,
    createdAt: editor.now,
    updatedAt: editor.now,
    archivedAt: null,
  });
}

/** Stores a segment with its version and what its rule names. Its members may be others now: the data clock moves. */
export async function storeDefinition(
  tx: WorkspaceTransaction,
  segment: SegmentEntity,
  editor: Editor,
): Promise<void> {
  await storeSegment(tx, segment, editor.actor);
  await replaceReferences(tx, segment.id, segment.rule ? namedSegments(segment.rule) : []);
  noteDefinitionChange(tx, segment.id);
}

/** Writes to the change feed that a definition is another one now. */
export function noteDefinitionChange(tx: WorkspaceTransaction, segmentId: string): void {
  tx.changed(noContact, `segment:${segmentId}`);
}

/** Throws CONFLICT when another active segment has this name. */
export async function refuseTakenName(
  tx: WorkspaceTransaction,
  name: string,
  exceptId: string,
  path = 'input.name',
): Promise<void> {
  if (await isNameTaken(tx, fold(name), exceptId)) {
    throw new Failure('CONFLICT', `There is another segment with the name "${name}".`, { path });
  }
}

/** The segments and lists that a rule names, each once. */
function namedSegments(rule: Rule): string[] {
  const { segments, lists } = references(rule);
  return [...new Set([...segments, ...lists])];
}
