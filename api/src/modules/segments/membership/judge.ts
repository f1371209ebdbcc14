import type { Bitmap } from '@coterie/bitmap';
import { minuteOf } from '@coterie/rules';
import { Failure, type Problem } from '../../../platform/errors.js';
import type { Turn } from '../engine/engine.js';
import type { Question } from '../engine/truth.js';
import { loadQuestions, ruleOf } from '../question.js';
import { allActiveSegments } from '../segment.repository.js';
import { definitionOf, type Definition } from './definition.js';
import type { Standing } from './membership.js';
import { readStandings } from './membership.repository.js';
import type { PresentMemberships } from './present-memberships.js';
import { readSituation, type Claim } from './progress.repository.js';

/** What is to be written of one segment. */
export interface Difference {
  /** What is stored of it; of a segment that is new, nothing yet. */
  before: Standing;
  /** What is to be stored, but for the sequence, which is counted when it is written. */
  after: Pick<Standing, 'definition' | 'size' | 'version' | 'asOf' | 'follows' | 'error'>;
  /** Whom it has from now on; undefined where they stay as they are. */
  moved?: { members: Bitmap; entered: Uint32Array; exited: Uint32Array; byDefinition: boolean };
}

/** All segments of a workspace, judged by one snapshot. */
export interface Judgement {
  /** The revision of what is stored that it was judged by. */
  revision: number;
  differences: Difference[];
  /** What everything that follows is exact at once the differences are written. */
  claim: Claim;
}

/** What judging takes. */
export interface Judging {
  now: Date;
  memberships: PresentMemberships;
  /** Segments that are known to fail, by id, and why. */
  failing: ReadonlyMap<string, Problem>;
}

/** Judges every segment in use, and finds those that have been put aside since. Reads only. */
export async function judge(turn: Turn, { now, memberships, failing }: Judging): Promise<Judgement> {
  const { tx, version } = turn;
  const { revision, claim: former, timeZone } = await readSituation(tx);
  const segments = await allActiveSegments(tx);
  const questions = await loadQuestions(tx, segments.map(ruleOf), now);
  const standings = new Map((await readStandings(tx)).map((standing) => [standing.segmentId, standing]));
  const stamp = { version, asOf: minuteOf(now) };
  const differences: Difference[] = [];
  let usesClock = false;
  for (const [index, { id }] of segments.entries()) {
    const before = standings.get(id) ?? nothingOf(id);
    standings.delete(id);
    const asked = { turn, question: questions[index]!, before, stamp };
    const answer = failing.get(id) ?? (await problemOr(() => answerTo(asked, memberships)));
    if ('code' in answer) {
      if (before.follows || before.error?.message !== answer.message)
        differences.push({ before, after: { ...heldUp(before, former), error: answer } });
      continue;
    }
    usesClock ||= answer.usesClock;
    if (answer.difference) differences.push(answer.difference);
  }
  for (const before of standings.values())
    if (before.follows) differences.push({ before, after: { ...heldUp(before, former), error: null } });
  return { revision, differences, claim: { ...stamp, usesClock, timeZone } };
}

function nothingOf(segmentId: string): Standing {
  return {
    segmentId,
    baseSequence: 0,
    sequence: 0,
    size: null,
    definition: null,
    version: null,
    asOf: null,
    follows: false,
    error: null,
  };
}

/** A segment that does not go on is exact at what everything was last. */
function heldUp(before: Standing, former: Claim | null): Difference['after'] {
  const { definition, size, version, asOf } = exactAt(before, former);
  return { definition, size, version, asOf, follows: false, error: null };
}

/** What a membership is exact at: while it follows, at the later of its own and of everything. */
export function exactAt(standing: Standing, claim: Claim | null): Standing {
  const { follows, version } = standing;
  return follows && claim && version !== null && claim.version >= version
    ? { ...standing, version: claim.version, asOf: claim.asOf }
    : standing;
}

interface Asked {
  turn: Turn;
  question: Question;
  before: Standing;
  stamp: { version: number; asOf: Date };
}

interface Answer {
  usesClock: Definition['usesClock'];
  /** Undefined when nothing is to be written. */
  difference: Difference | undefined;
}

async function answerTo(asked: Asked, memberships: PresentMemberships): Promise<Answer> {
  const { turn, question, before, stamp } = asked;
  const { print, usesClock } = definitionOf(question);
  const { members } = await turn.evaluate(question);
  const former = await memberships.find(turn.tx, before);
  const isFirst = before.size === null;
  if (!isFirst && members.equals(former) && before.follows && before.definition === print)
    return { usesClock, difference: undefined };
  const after = { definition: print, size: members.size, ...stamp, follows: true, error: null };
  // Who is in it when it is looked at for the first time has not entered it then.
  const entered = isFirst ? new Uint32Array() : members.andNot(former).ordinals();
  const exited = former.andNot(members).ordinals();
  // Who was held up meanwhile moves because it goes on, not because of what they did just now.
  const byDefinition = before.definition !== print || !before.follows;
  return { usesClock, difference: { before, after, moved: { members, entered, exited, byDefinition } } };
}

/** What is wrong with the definition of a segment is its own; everything else is of the whole judgement. */
async function problemOr(answer: () => Promise<Answer>): Promise<Answer | Problem> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Failure && ['INVALID_RULE', 'SEGMENT_CYCLE'].includes(error.code)) {
      const { code, path, message } = error;
      return { code, path, message };
    }
    throw error;
  }
}
