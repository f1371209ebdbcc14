import { memberOrdinals } from '../../api/src/modules/segments/engine/truth.js';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { createSegment, type NewSegment } from '../../api/src/modules/segments/create-segment.js';
import {
  materialise,
  type Materialising,
  type Outcome,
} from '../../api/src/modules/segments/membership/materialise.js';
import { readMembership } from '../../api/src/modules/segments/membership/membership.repository.js';
import { standingOf } from '../../api/src/modules/segments/membership/follow-membership.js';
import { PresentMemberships } from '../../api/src/modules/segments/membership/present-memberships.js';
import { readSizes, type SizePoint } from '../../api/src/modules/segments/membership/size.repository.js';
import { readTransitions } from '../../api/src/modules/segments/membership/transition.repository.js';
import type { Standing, Transition } from '../../api/src/modules/segments/membership/membership.js';
import { loadQuestion, ruleOf } from '../../api/src/modules/segments/question.js';
import { requireSegment } from '../../api/src/modules/segments/segment.repository.js';
import type { WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { openSegments, type Segments } from './open-segments.js';

/** Segments whose memberships are brought up to date when the test says so. */
export interface Memberships extends Segments {
  /** What a process has that materialises. */
  newWorker(withWorkspace?: WithWorkspace): Materialising;
  /** Brings all memberships up to date, as one process that stays. */
  step(): Promise<Outcome>;
  add(segment: Partial<NewSegment>): Promise<string>;
  standing(segmentId: string): Promise<Standing | undefined>;
  log(segmentId: string): Promise<Transition[]>;
  sizes(segmentId: string): Promise<SizePoint[]>;
  /** Who is in it by what is stored. */
  stored(segmentId: string): Promise<number[]>;
  /** Who is in it by one SQL statement. */
  truth(segmentId: string): Promise<number[]>;
}

const signal = new AbortController().signal;

/** Short enough that the history is shown minute by minute, in milliseconds. */
const halfADay = 12 * 3_600_000;

export async function openMemberships(): Promise<Memberships> {
  const segments = await openSegments();
  const { workspaceId, clock, inside } = segments;
  const newWorker = (withWorkspace = segments.withWorkspace): Materialising => ({
    withWorkspace,
    clock,
    engine: createEngine({ withWorkspace, shared: undefined }, { mostBytes: 1 << 24 }),
    memberships: new PresentMemberships(1 << 24),
  });
  const worker = newWorker();
  let names = 0;
  return {
    ...segments,
    newWorker,
    step: () => materialise(worker, workspaceId, signal),
    add: (segment) =>
      inside(async (tx, editor) => {
        const name = `Segment ${(names += 1)}`;
        return (await createSegment(tx, { name, ...segment }, editor)).id;
      }),
    standing: (id) => inside((tx) => standingOf(tx, id)),
    log: (id) => inside((tx) => readTransitions(tx, id, { limit: 1_000_000 })),
    sizes: (id) =>
      inside((tx) =>
        readSizes(tx, id, { from: new Date(clock.now().getTime() - halfADay), to: clock.now() }),
      ),
    stored: async (id) => listOf((await inside((tx) => readMembership(tx, id)))?.members),
    truth: (id) =>
      inside(async (tx) => {
        const { text, values } = memberOrdinals(
          await loadQuestion(tx, ruleOf(await requireSegment(tx, id)), clock.now()),
        );
        const rows = await tx.query<{ ordinal: number }>(text, values);
        return rows.map(({ ordinal }) => ordinal).sort((one, other) => one - other);
      }),
  };
}

function listOf(members: { ordinals(): Iterable<number> } | undefined): number[] {
  return [...(members?.ordinals() ?? [])];
}

/** What a log comes to, from whom there was at first; fails when somebody enters who is in, or leaves who is not. */
export function replayed(first: Iterable<number>, log: readonly Transition[]): number[] {
  const members = new Set(first);
  for (const [index, { sequence, ordinal, entered }] of log.entries()) {
    if (sequence !== log[0]!.sequence + index) throw new Error(`The log has a gap before ${sequence}.`);
    if (ordinal === null) throw new Error(`Nobody is named at ${sequence}.`);
    if (members.has(ordinal) === entered)
      throw new Error(`At ${sequence}, ${ordinal} ${entered ? 'enters' : 'leaves'} once more.`);
    if (entered) members.add(ordinal);
    else members.delete(ordinal);
  }
  return [...members].sort((one, other) => one - other);
}
