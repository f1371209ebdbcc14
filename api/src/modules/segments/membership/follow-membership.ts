import type { WithWorkspace, WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure } from '../../../platform/errors.js';
import { invalidCursor } from '../../../platform/graphql/pagination.js';
import { requireSegment } from '../segment.repository.js';
import { exactAt } from './judge.js';
import type { Standing, Transition } from './membership.js';
import { readStandings } from './membership.repository.js';
import { readSituation } from './progress.repository.js';
import type { SegmentWatch } from './segment-watch.js';
import { readTransitions } from './transition.repository.js';

/** Transitions that one event tells of, at most. */
export const mostInEvent = 500;

/** What following a segment takes. */
export interface Following {
  withWorkspace: WithWorkspace;
  watch: SegmentWatch;
}

/** A segment of a workspace. */
export interface SegmentPlace {
  workspaceId: string;
  segmentId: string;
}

/** What is stored of a segment's membership; undefined before it was looked at for the first time. */
export async function standingOf(tx: WorkspaceTransaction, segmentId: string): Promise<Standing | undefined> {
  const [standing] = await readStandings(tx, [segmentId]);
  return standing && exactAt(standing, (await readSituation(tx)).claim);
}

/** A segment's size as it is kept, and again whenever it has changed, until the signal is aborted. */
export async function* followSize(
  { withWorkspace, watch }: Following,
  { workspaceId, segmentId }: SegmentPlace,
  signal: AbortSignal,
): AsyncGenerator<Standing> {
  let shown = await withWorkspace(workspaceId, (tx) => standingOf(tx, segmentId));
  if (shown) yield shown;
  for (;;) {
    const isNews = (standing: Standing): boolean =>
      standing.sequence !== shown?.sequence ||
      standing.size !== shown.size ||
      standing.error?.code !== shown.error?.code;
    shown = await watch.next(workspaceId, segmentId, isNews, signal);
    yield shown;
  }
}

/** Some transitions that follow each other, and the last one that whoever has heard them knows. */
export interface Heard {
  transitions: Transition[];
  sequence: number;
}

/**
 * The transition that whoever wants to follow a segment begins after. Throws NOT_FOUND when there is no such segment, and of
 * one that is given CURSOR_TOO_OLD or INVALID_CURSOR.
 */
export async function beginAfter(
  tx: WorkspaceTransaction,
  segmentId: string,
  given: number | undefined,
): Promise<number> {
  await requireSegment(tx, segmentId, 'segmentId');
  const latest = (await readStandings(tx, [segmentId]))[0]?.sequence ?? 0;
  if (given === undefined) return latest;
  if (given > latest) throw invalidCursor();
  await readAfter(tx, segmentId, { after: given, limit: 1 });
  return given;
}

/**
 * Everything that has happened after a transition, in order, and what happens from now on, until the signal is aborted. The
 * first event comes at once, if only to say where it begins. Throws CURSOR_TOO_OLD when a part of it is not kept.
 */
export async function* followTransitions(
  { withWorkspace, watch }: Following,
  { workspaceId, segmentId, after }: SegmentPlace & { after: number },
  signal: AbortSignal,
): AsyncGenerator<Heard> {
  let sequence = after;
  for (let events = 0; ;) {
    const transitions = await withWorkspace(workspaceId, (tx) =>
      readAfter(tx, segmentId, { after: sequence, limit: mostInEvent }),
    );
    sequence = transitions.at(-1)?.sequence ?? sequence;
    if (transitions.length > 0 || events === 0) {
      events += 1;
      yield { transitions, sequence };
    } else {
      const known = sequence;
      await watch.next(workspaceId, segmentId, (standing) => standing.sequence > known, signal);
    }
  }
}

/** Reads the log after a transition. Throws CURSOR_TOO_OLD when a part of it is not kept. */
export async function readAfter(
  tx: WorkspaceTransaction,
  segmentId: string,
  { after, limit }: { after: number; limit: number },
): Promise<Transition[]> {
  const transitions = await readTransitions(tx, segmentId, { after, limit });
  const [first] = transitions;
  if (first?.sequence === after + 1) return transitions;
  const sequence = (await readStandings(tx, [segmentId]))[0]?.sequence ?? 0;
  if (after >= sequence) return [];
  const message = 'What came after this cursor is not kept any more: begin anew, from the members.';
  throw new Failure('CURSOR_TOO_OLD', message, { path: 'after' });
}
