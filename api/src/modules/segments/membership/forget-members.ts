import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { readMembership, readStandings, saveBase, saveStandings } from './membership.repository.js';
import { raiseRevision } from './progress.repository.js';
import { addSizes } from './size.repository.js';
import { appendTransitions, blankTransitions } from './transition.repository.js';

/**
 * Forgets which segments contacts were in, at once and in all segments, archived ones too: they leave those that they are
 * in, nothing that is stored of members holds their numbers any more, and of what they entered and left it stays only that
 * somebody did. Whoever is judging memberships meanwhile has to begin anew, so that nobody comes back.
 * @param ordinals of contacts that are about to be deleted, and of those that have become part of them.
 * @returns how many transitions there were of them.
 */
export async function forgetMembers(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
  now: Date,
): Promise<number> {
  await raiseRevision(tx);
  const theirs = Bitmap.of(ordinals);
  const version = await tx.version();
  let exits = 0;
  for (const standing of await readStandings(tx)) {
    const { segmentId, sequence } = standing;
    const stored = await readMembership(tx, segmentId);
    if (!stored || stored.base.or(stored.moved).andSize(theirs) === 0) continue;
    const left = stored.members.and(theirs);
    const members = stored.members.andNot(theirs);
    const next = { sequence: sequence + left.size, members };
    await saveStandings(tx, [{ ...standing, sequence: next.sequence, size: members.size }]);
    await saveBase(tx, segmentId, next);
    if (left.size === 0) continue;
    const exited = left.ordinals();
    const stamp = { version, at: now };
    const log = { segmentId, after: sequence, exited, entered: new Uint32Array(), byDefinition: false };
    await appendTransitions(tx, [log], stamp);
    exits += exited.length;
    await addSizes(tx, [{ segmentId, size: members.size, entered: 0, exited: exited.length }], stamp);
  }
  return (await blankTransitions(tx, ordinals)) - exits;
}
