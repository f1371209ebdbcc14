import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import type { Cache } from '../../platform/cache/cache.js';
import type { Clock } from '../../platform/clock.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Shares } from '../../platform/shares.js';
import { SharedWork } from './shared-work.js';
import type { UsageMeter } from '../../platform/usage.js';
import type { Engine, Turn } from './engine/engine.js';
import type { SetSource } from './engine/fresh-sets.js';
import { nodesOf } from './engine/tree.js';
import { fingerprint, type Question } from './engine/truth.js';

/** Members that a count brings along as examples, at most. */
export const largestSample = 50;

/** Seconds that a count is kept. It cannot become wrong, only unasked for: any write gives the workspace a new version. */
const secondsKept = 600;

/** Counts of one workspace that are taken at a time: a burst of its own waits, and nobody else's. */
export const countsAtATime = 2;

/** An exact count, and what it is the exact count of. */
export interface Count {
  value: number;
  /** When it was taken; what is relative to now is relative to this, truncated to the minute. */
  asOf: Date;
  /** The version of the workspace that it is exact at. */
  version: number;
  /** How the sets that it was counted from came about, or that it was counted before. */
  source: SetSource;
  /** Milliseconds that the answer took, wherever it came from. */
  tookMs: number;
}

/** A count with that of every node of the rule, and the members that came first. */
export interface NodeCounts extends Count {
  nodes: { path: string; count: number }[];
  /** Ordinals of at most {@link largestSample} members. */
  sample: number[];
}

/** Puts together what is to be counted, reading what it needs in the transaction that it is counted in. */
export type Ask = (tx: WorkspaceTransaction) => Promise<Question[]>;

/**
 * Counts the members of rules: for each question, in their order, its count, or why it cannot be counted.
 * @param signal aborted when nobody waits for the counts any more.
 */
export type CountMembers = (
  workspaceId: string,
  ask: Ask,
  signal: AbortSignal,
) => Promise<(NodeCounts | Error)[]>;

/** What is kept of a count. It repeats its key, so that a value under another's key is seen to be none of ours. */
const keptCount = z.strictObject({
  key: z.string(),
  version: z.int().nonnegative(),
  asOf: z.iso.datetime(),
  counts: z.array(z.int().nonnegative()).min(1),
  sample: z.array(z.int().nonnegative()).max(largestSample),
});
type KeptCount = z.infer<typeof keptCount>;

/**
 * Builds {@link CountMembers}. A kept count is found by the workspace's version, read from PostgreSQL each time, and by
 * a print of the whole question (the rule, the segments it names, the bounds of its windows), so a stale one is never
 * looked at: its key is not asked for any more. Equal questions at one version that are under way share one answer.
 */
export function createCountMembers(services: {
  withWorkspace: WithWorkspace;
  engine: Engine;
  cache: Cache;
  clock: Clock;
  meter: UsageMeter;
}): CountMembers {
  const { withWorkspace, engine, cache, clock, meter } = services;
  const underWay = new Map<string, SharedWork<Taken>>();
  const shares = new Shares(countsAtATime);

  /** Counts at the version of a snapshot of its own; what is counted is put together anew if it may be another now. */
  async function compute(workspaceId: string, asked: Asked, ask: Ask, signal: AbortSignal): Promise<Taken> {
    const count = async (turn: Turn): Promise<Taken> => {
      const question = turn.version === asked.version ? asked.question : (await ask(turn.tx))[asked.index];
      return takeCount(turn, question as Question, clock);
    };
    const taken = await shares.run(workspaceId, () => engine.inTurn(workspaceId, count, { signal }), signal);
    await cache.set(taken.kept.key, Buffer.from(JSON.stringify(taken.kept)), secondsKept);
    return taken;
  }

  function join(workspaceId: string, asked: Asked, ask: Ask, signal: AbortSignal): Promise<Taken> {
    const running = underWay.get(asked.key);
    if (running?.isWanted) return running.join(signal);
    const own = new SharedWork((wanted) => compute(workspaceId, asked, ask, wanted));
    underWay.set(asked.key, own);
    return own.join(signal).finally(() => {
      if (underWay.get(asked.key) === own) underWay.delete(asked.key);
    });
  }

  async function answer(
    workspaceId: string,
    asked: Asked,
    ask: Ask,
    signal: AbortSignal,
  ): Promise<NodeCounts> {
    const started = performance.now();
    const nodes = nodesOf(asked.question.rule);
    const found = readKept(await cache.get(asked.key), asked.key, nodes.length);
    if (found) meter.count(workspaceId, 'cache_hits');
    const { kept, source } = found
      ? { kept: found, source: 'CACHE' as const }
      : await join(workspaceId, asked, ask, signal);
    return {
      value: kept.counts[0] as number,
      asOf: new Date(kept.asOf),
      version: kept.version,
      source,
      tookMs: asked.tookMs + performance.now() - started,
      nodes: nodes.map(({ path }, index) => ({ path, count: kept.counts[index] as number })),
      sample: kept.sample,
    };
  }

  return async (workspaceId, ask, signal) => {
    const started = performance.now();
    const { version, questions } = await withWorkspace(
      workspaceId,
      async (tx) => ({ version: await tx.version(), questions: await ask(tx) }),
      { snapshot: true, signal },
    );
    const tookMs = performance.now() - started;
    const counts: (NodeCounts | Error)[] = [];
    // One after the other: a page of segments must not take every connection there is.
    for (const [index, question] of questions.entries()) {
      try {
        const key = keyOf(workspaceId, version, question);
        counts.push(await answer(workspaceId, { question, version, key, index, tookMs }, ask, signal));
      } catch (error) {
        counts.push(error as Error);
      }
    }
    return counts;
  };
}

/** A question as it was put together, and the version of the workspace that it was put together at. */
interface Asked {
  question: Question;
  version: number;
  key: string;
  /** Its place among the questions that were asked together. */
  index: number;
  /** Milliseconds that putting it together took. */
  tookMs: number;
}

/** The workspace's id is the hash tag: in a Redis cluster everything of a workspace lies in one place. */
function keyOf(workspaceId: string, version: number, question: Question): string {
  return `{${workspaceId}}:count:${version}:${fingerprint(question)}`;
}

/** A count that was taken for somebody who waits for it. */
interface Taken {
  kept: KeptCount;
  source: SetSource;
}

async function takeCount(turn: Turn, question: Question, clock: Clock): Promise<Taken> {
  const { version } = turn;
  const { members, nodes, source } = await turn.evaluate(question);
  const kept = {
    key: keyOf(turn.tx.workspaceId, version, question),
    version,
    asOf: clock.now().toISOString(),
    counts: nodesOf(question.rule).map(({ node }) => nodes.get(node)!.size),
    sample: members.next(-1, largestSample),
  };
  return { kept, source };
}

function readKept(kept: Buffer | undefined, key: string, nodes: number): KeptCount | undefined {
  if (!kept) return undefined;
  const { success, data } = keptCount.safeParse(parseJson(kept.toString()));
  return success && data.key === key && data.counts.length === nodes ? data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
