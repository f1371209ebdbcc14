import type { WithWorkspace, WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { longStatementSeconds } from '../../../platform/database/with-workspace.js';
import type { Difference, Judgement } from './judge.js';
import { hasOutgrown, type Membership } from './membership.js';
import { saveBase, saveStandings } from './membership.repository.js';
import type { PresentMemberships } from './present-memberships.js';
import { saveClaim, takeRevision } from './progress.repository.js';
import { addSizes } from './size.repository.js';
import { appendTransitions } from './transition.repository.js';

/** About as many transitions, and segments at most, are written in one transaction. */
const mostTogether = { transitions: 20_000, segments: 50 };

/**
 * Writes what was judged: each segment whole in one transaction, the transitions together with what they lead to, the last
 * ones with what all of it is exact at. Whoever dies halfway leaves segments that are done and others that are as before.
 * Throws Overtaken when somebody else has written since it was judged.
 */
export async function writeDifferences(
  { withWorkspace, memberships }: { withWorkspace: WithWorkspace; memberships: PresentMemberships },
  workspaceId: string,
  { revision, differences, claim }: Judgement,
  { at, signal }: { at: Date; signal: AbortSignal },
): Promise<void> {
  let judgedBy = revision;
  const groups = groupsOf(differences);
  for (const [index, group] of groups.entries()) {
    signal.throwIfAborted();
    const written = await withWorkspace(
      workspaceId,
      async (tx) => {
        const taken = await takeRevision(tx, judgedBy);
        const present = await writeGroup(tx, group, { version: claim.version, at });
        if (index === groups.length - 1) await saveClaim(tx, claim);
        return { taken, present };
      },
      { statementSeconds: longStatementSeconds },
    );
    judgedBy = written.taken;
    for (const [segmentId, membership] of written.present)
      memberships.keep(workspaceId, segmentId, membership);
  }
}

/** At least one, for what all is exact at. */
function groupsOf(differences: readonly Difference[]): Difference[][] {
  const groups: Difference[][] = [[]];
  let transitions = 0;
  for (const difference of differences) {
    const group = groups.at(-1)!;
    const size = countOf(difference);
    if (
      group.length >= mostTogether.segments ||
      (group.length > 0 && transitions + size > mostTogether.transitions)
    ) {
      groups.push([difference]);
      transitions = size;
    } else {
      group.push(difference);
      transitions += size;
    }
  }
  return groups;
}

function countOf({ moved }: Difference): number {
  return moved ? moved.entered.length + moved.exited.length : 0;
}

/** @returns the members, by segment, of those that have others now. */
async function writeGroup(
  tx: WorkspaceTransaction,
  group: readonly Difference[],
  stamp: { version: number; at: Date },
): Promise<[segmentId: string, Membership][]> {
  if (group.length === 0) return [];
  const standings = group.map((difference) => {
    const { before, after } = difference;
    const { segmentId, baseSequence, sequence } = before;
    return { ...after, segmentId, baseSequence, sequence: sequence + countOf(difference) };
  });
  await saveStandings(tx, standings);
  const moves = group.flatMap(({ before, moved }) => (moved ? [{ before, ...moved }] : []));
  await appendTransitions(
    tx,
    moves.map(({ before, entered, exited, byDefinition }) => {
      const { segmentId, sequence: after } = before;
      return { segmentId, after, entered, exited, byDefinition };
    }),
    stamp,
  );
  const present: [string, Membership][] = [];
  const sizes = [];
  for (const [index, { before, moved }] of group.entries()) {
    if (!moved) continue;
    const { segmentId, size } = before;
    const { members, entered, exited } = moved;
    const standing = standings[index]!;
    const membership = { sequence: standing.sequence, members };
    present.push([segmentId, membership]);
    if (size === null || hasOutgrown(standing, members.size)) await saveBase(tx, segmentId, membership);
    if (size === null || entered.length + exited.length > 0)
      sizes.push({ segmentId, size: members.size, entered: entered.length, exited: exited.length });
  }
  await addSizes(tx, sizes, stamp);
  return present;
}
