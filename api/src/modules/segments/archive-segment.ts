import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { checkRule } from './check-rule.js';
import { noteDefinitionChange, refuseTakenName } from './create-segment.js';
import type { SegmentEntity } from './segment.entity.js';
import { lockDefinitions, requireSegment, setArchived } from './segment.repository.js';
import { usersOf } from './used-by.js';

/** Puts a segment aside. Throws IN_USE naming the segments, custom audiences and seed lists that need it. */
export async function archiveSegment(
  tx: WorkspaceTransaction,
  id: string,
  now: Date,
): Promise<SegmentEntity> {
  await lockDefinitions(tx);
  const segment = await requireSegment(tx, id, 'input.id');
  if (segment.archivedAt) return segment;
  await waitForUsers(tx, segment.id);
  const users = await usersOf(tx, [segment.id]);
  if (users.length > 0) {
    const problems = users.map((user) => ({
      code: 'IN_USE',
      path: 'input.id',
      message: `${words[user.kind]} "${user.name}" (${user.id})`,
    }));
    const named = problems.map((problem) => problem.message).join(', ');
    throw new Failure('IN_USE', `The segment is used by ${named}.`, { path: 'input.id', problems });
  }
  return move(tx, segment, now);
}

/**
 * Takes a segment back into use. Throws CONFLICT when its name was given to another since, and INVALID_RULE when its
 * rule names what is gone.
 */
export async function unarchiveSegment(tx: WorkspaceTransaction, id: string): Promise<SegmentEntity> {
  await lockDefinitions(tx);
  const segment = await requireSegment(tx, id, 'input.id');
  if (!segment.archivedAt) return segment;
  await refuseTakenName(tx, segment.name, segment.id, 'input.id');
  if (segment.rule) {
    await checkRule(
      tx,
      { tree: segment.rule },
      { segmentId: segment.id, name: segment.name, path: 'input.id' },
    );
  }
  return move(tx, segment, null);
}

const words = {
  segment: 'the segment',
  custom_audience: 'the custom audience',
  seed_list: 'the seed list',
  automation: 'the automation',
} as const;

async function move(
  tx: WorkspaceTransaction,
  segment: SegmentEntity,
  archivedAt: Date | null,
): Promise<SegmentEntity> {
  await setArchived(tx, segment.id, archivedAt);
  noteDefinitionChange(tx, segment.id);
  return Object.assign(segment, { archivedAt });
}

/** Waits for those who are about to use the segment: they hold its row until they do; see requireActiveSegment(). */
async function waitForUsers(tx: WorkspaceTransaction, id: string): Promise<void> {
  await tx.query('select 1 from segments where id = $1 for update', [id]);
}
