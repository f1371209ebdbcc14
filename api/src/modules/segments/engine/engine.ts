import type { Bitmap } from '@coterie/bitmap';
import type { Cache } from '../../../platform/cache/cache.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Shares } from '../../../platform/shares.js';
import { evaluate, recall, type Evaluation } from './evaluate.js';
import { FreshSets, makeRoom, Outrun, readPosition, type Keeping } from './fresh-sets.js';
import type { LeafCache } from './leaf-cache.js';
import { nodesOf } from './tree.js';
import { segmentsInOrder, type Question } from './truth.js';

/** Questions about one version of a workspace. */
export interface Turn {
  tx: WorkspaceTransaction;
  /** The version that every answer is of. */
  version: number;
  evaluate(question: Question): Promise<Evaluation>;
  /** The answer if this process has it at hand. */
  recall(question: Question): Evaluation | undefined;
  /**
   * Which of these contacts are members: without finding the sets whole that nobody keeps. Several questions about the same
   * ones, given as the same bitmap, share what they find.
   */
  membersAmong(question: Question, asked: Bitmap): Promise<Bitmap>;
}

/** How a turn runs. */
export interface TurnOptions {
  /** Aborted when nobody waits for the answers any more. */
  signal?: AbortSignal;
  statementSeconds?: number;
}

/** Answers questions about a workspace by algebra on sets, all of them at the version of one snapshot. */
export interface Engine {
  /** Runs work that asks; it may run again on another snapshot, so it must have no effect of its own. */
  inTurn<Result>(
    workspaceId: string,
    work: (turn: Turn) => Promise<Result>,
    options?: TurnOptions,
  ): Promise<Result>;
  /** The same for work that may look at the whole workspace: of one workspace's, {@link turnsAtATime} run at a time. */
  inLongTurn: Engine['inTurn'];
  /** What this process keeps of sets. */
  leaves: LeafCache;
}

/** Long turns of one workspace that run at a time: a burst of its own waits, and nobody else's. */
export const turnsAtATime = 2;

/** How often a turn begins on a new snapshot because another one, meanwhile, has brought sets further than it sees. */
const mostOutrun = 5;

/** Makes the engine of a process. @param shared where processes share sets; absent where there is no such place. */
export function createEngine(
  { withWorkspace, shared }: { withWorkspace: WithWorkspace; shared: Cache | undefined },
  { mostBytes }: { mostBytes: number },
): Engine {
  const keeping = makeRoom(mostBytes, shared);
  const shares = new Shares(turnsAtATime);

  async function inTurn<Result>(
    workspaceId: string,
    work: (turn: Turn) => Promise<Result>,
    options: TurnOptions = {},
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await withWorkspace(
          workspaceId,
          async (tx) => work(await turnOf(tx, keeping, attempt > mostOutrun)),
          { ...options, snapshot: true },
        );
      } catch (error) {
        if (!(error instanceof Outrun)) throw error;
      }
    }
  }

  return {
    inTurn,
    inLongTurn: (workspaceId, work, options) =>
      shares.run(workspaceId, () => inTurn(workspaceId, work, options), options?.signal),
    leaves: keeping.leaves,
  };
}

async function turnOf(tx: WorkspaceTransaction, keeping: Keeping, passOver: boolean): Promise<Turn> {
  const position = await readPosition(tx);
  const whole = new FreshSets(tx, position, keeping, { passOver });
  const few = new Map<Bitmap, FreshSets>();
  const freshAmong = (asked: Bitmap): FreshSets => {
    const fresh = few.get(asked) ?? new FreshSets(tx, position, keeping, { passOver, among: asked });
    few.set(asked, fresh);
    return fresh;
  };
  return {
    tx,
    version: position.version,
    evaluate: (question) => evaluate(question, whole),
    recall: (question) => recall(question, whole),
    membersAmong: async (question, asked) => {
      // Whoever asks about the people of a company needs the others in it as well.
      const fresh = asksOfCompanies(question) ? whole : freshAmong(asked);
      return (await evaluate(question, fresh)).members.and(asked);
    },
  };
}

function asksOfCompanies(question: Question): boolean {
  const rules = [question.rule, ...segmentsInOrder(question).flatMap(({ rule }) => rule ?? [])];
  return rules.some((rule) => nodesOf(rule).some(({ node }) => 'companyPeople' in node));
}
