import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, failureOfProblem, notFound, type Problem } from '../../platform/errors.js';
import { ordinalsByIds } from '../contacts/index.js';
import { requireSegment } from './segment.repository.js';

/** Contacts that one call may add or remove. */
export const largestListChange = 1_000;

/** What became of one contact of a list change. */
export interface ListChangeResult {
  contactId: string;
  /** Whether the list is different for it: false when it was there (or gone) before. */
  changed: boolean;
  error: Problem | null;
}

/** Contacts to put on a list or take off it. */
export interface ListChange {
  segmentId: string;
  contactIds: readonly string[];
}

/** Puts contacts on a static segment; a result for each, in the given order. Unknown contacts fail alone. */
export async function addToList(
  tx: WorkspaceTransaction,
  change: ListChange,
  now: Date,
): Promise<ListChangeResult[]> {
  await requireList(tx, change);
  const ordinalById = await ordinalsByIds(tx, change.contactIds, { lock: true });
  // Who stands there because of a merge is there of their own from now on, which changes nothing to be seen.
  const added = await tx.query<{ ordinal: number }>(
    `with added as (
       insert into list_members as known (workspace_id, segment_id, ordinal, added_at)
       select $1, $2, ordinal, $4 from unnest($3::int[]) as ordinal
       on conflict (workspace_id, segment_id, ordinal) do update set merged_from = null
       where known.merged_from is not null
       returning ordinal, xmax = 0 as is_new
     )
     select ordinal from added where is_new`,
    [tx.workspaceId, change.segmentId, sorted(ordinalById), now],
  );
  return report(tx, change, ordinalById, added);
}

/** Takes contacts off a static segment; a result for each, in the given order. */
export async function removeFromList(
  tx: WorkspaceTransaction,
  change: ListChange,
): Promise<ListChangeResult[]> {
  await requireList(tx, change);
  const ordinalById = await ordinalsByIds(tx, change.contactIds, { lock: true });
  // TypeORM answers a bare DELETE with [rows, count]; wrapped, it is rows as everywhere else.
  const removed = await tx.query<{ ordinal: number }>(
    `with removed as (
       delete from list_members where segment_id = $1 and ordinal = any($2::int[]) returning ordinal
     )
     select ordinal from removed`,
    [change.segmentId, sorted(ordinalById)],
  );
  return report(tx, change, ordinalById, removed);
}

async function requireList(tx: WorkspaceTransaction, { segmentId, contactIds }: ListChange): Promise<void> {
  if (contactIds.length > largestListChange) {
    throw new Failure('TOO_LARGE', `At most ${largestListChange} contacts can be given at once.`, {
      path: 'input.contactIds',
    });
  }
  const segment = await requireSegment(tx, segmentId, 'input.id');
  if (segment.kind !== 'static') {
    throw new Failure('INVALID_INPUT', 'The members of this segment follow from its rule.', {
      path: 'input.id',
    });
  }
  if (segment.archivedAt) {
    throw new Failure('CONFLICT', 'The segment is archived.', { path: 'input.id' });
  }
}

/** In one order for everybody, so that two changes of a list never wait for each other in a circle. */
function sorted(ordinalById: Map<string, number>): number[] {
  return [...new Set(ordinalById.values())].sort((a, b) => a - b);
}

function report(
  tx: WorkspaceTransaction,
  { segmentId, contactIds }: ListChange,
  ordinalById: Map<string, number>,
  touched: { ordinal: number }[],
): ListChangeResult[] {
  const pending = new Set(touched.map((row) => row.ordinal));
  if (pending.size > 0) tx.changed([...pending], `list:${segmentId.toLowerCase()}`);
  return contactIds.map((contactId, index) => {
    const ordinal = ordinalById.get(contactId.toLowerCase());
    if (ordinal === undefined) {
      const { code, path, message } = notFound('contact', `input.contactIds[${index}]`);
      return { contactId, changed: false, error: { code, path, message } };
    }
    // Of a contact that is given twice, the first mention did it.
    return { contactId, changed: pending.delete(ordinal), error: null };
  });
}

/** Puts contacts on a static segment, or takes them off. Throws the first of what was wrong with one of them. */
export async function changeListMembers(
  tx: WorkspaceTransaction,
  { change, ...list }: ListChange & { change: 'add' | 'remove' },
  now: Date,
): Promise<void> {
  const results = change === 'add' ? await addToList(tx, list, now) : await removeFromList(tx, list);
  const problem = results.find(({ error }) => error)?.error;
  if (problem) throw failureOfProblem(problem);
}
