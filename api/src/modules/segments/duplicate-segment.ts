import { fold } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { newId } from '../../platform/ids.js';
import { checkRule } from './check-rule.js';
import { newSegment, refuseTakenName, storeDefinition, type Editor } from './create-segment.js';
import type { SegmentEntity } from './segment.entity.js';
import { checkName, longestName } from './segment-names.js';
import { lockDefinitions, requireSegment } from './segment.repository.js';
import { takenNames } from './segment-definitions.js';

/** Which segment to copy, and what to call the copy: "Name (copy)", "Name (copy 2)" … unless given. */
export interface Duplication {
  id: string;
  name?: string | null;
}

/** Copies a segment as version 1 of a new one; a list is copied with its members. */
export async function duplicateSegment(
  tx: WorkspaceTransaction,
  input: Duplication,
  editor: Editor,
): Promise<SegmentEntity> {
  await lockDefinitions(tx);
  const original = await requireSegment(tx, input.id, 'input.id');
  const id = newId();
  const name = input.name == null ? await freeName(tx, original.name) : checkName(input.name, 'input.name');
  await refuseTakenName(tx, name, id);
  const { kind, description } = original;
  const rule = original.rule
    ? await checkRule(tx, { tree: original.rule }, { segmentId: id, name, path: 'input.id' })
    : null;
  const copy = newSegment(tx, editor, { id, kind, name, description, rule });
  await storeDefinition(tx, copy, editor);
  if (kind === 'static') await copyMembers(tx, original.id, copy.id, editor.now);
  return copy;
}

async function freeName(tx: WorkspaceTransaction, name: string): Promise<string> {
  // Room for the longest ending.
  const start = name.slice(0, longestName - 20).toWellFormed();
  const taken = await takenNames(tx, start);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? `${start} (copy)` : `${start} (copy ${number})`;
    if (!taken.has(fold(candidate))) return candidate;
  }
}

async function copyMembers(tx: WorkspaceTransaction, from: string, to: string, now: Date): Promise<void> {
  const rows = await tx.query<{ ordinal: number }>(
    `insert into list_members (workspace_id, segment_id, ordinal, added_at)
     select workspace_id, $2, ordinal, $3 from list_members where segment_id = $1
     returning ordinal`,
    [from, to, now],
  );
  if (rows.length > 0)
    tx.changed(
      rows.map((row) => row.ordinal),
      `list:${to}`,
    );
}
