import { minuteOf } from '@coterie/rules';
import type { Clock } from '../../../platform/clock.js';
import { longStatementSeconds, type WithWorkspace } from '../../../platform/database/with-workspace.js';
import type { Problem } from '../../../platform/errors.js';
import { failureOf } from '../../../platform/failure-of.js';
import type { Engine } from '../engine/engine.js';
import { loadQuestion, ruleOf } from '../question.js';
import { allActiveSegments } from '../segment.repository.js';
import { judge, type Judgement } from './judge.js';
import type { PresentMemberships } from './present-memberships.js';
import { Overtaken, readSituation, type Situation } from './progress.repository.js';
import { writeDifferences } from './write-differences.js';

/** What bringing memberships up to date takes. */
export interface Materialising {
  withWorkspace: WithWorkspace;
  engine: Engine;
  memberships: PresentMemberships;
  clock: Clock;
}

/** What came of it. */
export interface Outcome {
  /** Whether anything could have changed since the last time. */
  moved: boolean;
  /** Whether there is anything to follow. */
  hasSegments: boolean;
  /** The version that all memberships are exact at. */
  version: number;
}

/**
 * Brings the memberships of all segments of a workspace to the present version, all of them to the same one. When nothing
 * was written since, and no rule has an eye on the clock, that is one look-up.
 */
export async function materialise(
  services: Materialising,
  workspaceId: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { withWorkspace, clock } = services;
  for (;;) {
    signal.throwIfAborted();
    const situation = await withWorkspace(workspaceId, readSituation);
    const { version, hasSegments } = situation;
    if (isPresent(situation, clock.now())) return { moved: false, hasSegments, version };
    const at = clock.now();
    const judgement = await judgeAll(services, workspaceId, at, signal);
    try {
      await writeDifferences(services, workspaceId, judgement, { at, signal });
      return { moved: true, hasSegments, version: judgement.claim.version };
    } catch (error) {
      // Somebody else was faster, or somebody was erased: judged anew, it may come out differently.
      if (!(error instanceof Overtaken)) throw error;
    }
  }
}

function isPresent({ claim, version, timeZone, hasSegments }: Situation, now: Date): boolean {
  if (!claim) return !hasSegments;
  const isThisMinute = claim.asOf.getTime() === minuteOf(now).getTime();
  return (
    claim.version === version &&
    (isThisMinute || !claim.usesClock) &&
    (claim.timeZone === timeZone || !hasSegments)
  );
}

/**
 * Judges all segments in one turn of the engine. A statement that fails takes its whole transaction along, so then each
 * segment is asked by itself for the ones that are to blame, and the others are judged without them.
 */
async function judgeAll(
  { engine, memberships }: Materialising,
  workspaceId: string,
  now: Date,
  signal: AbortSignal,
): Promise<Judgement> {
  const options = { statementSeconds: longStatementSeconds, signal };
  const judgeBut = (failing: ReadonlyMap<string, Problem>): Promise<Judgement> =>
    engine.inTurn(workspaceId, (turn) => judge(turn, { now, memberships, failing }), options);
  try {
    return await judgeBut(new Map());
  } catch (error) {
    if (signal.aborted || failureOf(error).code === 'UNAVAILABLE') throw error;
    const failing = await findFailing();
    if (failing.size === 0) throw error;
    return judgeBut(failing);
  }

  async function findFailing(): Promise<Map<string, Problem>> {
    const failing = new Map<string, Problem>();
    const segments = await engine.inTurn(workspaceId, ({ tx }) => allActiveSegments(tx), options);
    for (const segment of segments) {
      try {
        await engine.inTurn(
          workspaceId,
          async (turn) => turn.evaluate(await loadQuestion(turn.tx, ruleOf(segment), now)),
          options,
        );
      } catch (error) {
        signal.throwIfAborted();
        const { code, path, message } = failureOf(error);
        if (code === 'UNAVAILABLE') throw error;
        failing.set(segment.id, { code, path, message });
      }
    }
    return failing;
  }
}
