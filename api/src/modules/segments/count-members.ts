import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import type { Cache } from '../../platform/cache/cache.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { SharedWork } from './shared-work.js';
import type { UsageMeter } from '../../platform/usage.js';
import type { Engine, Turn } from './engine/engine.js';
import type { Evaluation } from './engine/evaluate.js';
import type { SetSource } from './engine/fresh-sets.js';
import { nodesOf } from './engine/tree.js';
import { fingerprint, type Question } from './engine/truth.js';

/** Members that a count brings along as examples, at most. */
export const largestSample = 50;

/** Seconds that a count is kept. It cannot become wrong, only unasked for: any write gives the workspace a new version. */
const secondsKept = 600;

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
/** The counts of a rule's nodes, in the order of nodesOf(), and its first members, at a version. */
type Counts = Omit<KeptCount, 'key'>;

/**
 * Builds {@link CountMembers}. A kept count is found by the workspace's version, read from PostgreSQL each time, and by
 * a print of the whole question (the rule, the segments it names, the bounds of its windows), so a stale one is never
 * looked at: its key is not asked for any more. Equal questions at one version that are under way share one answer.
 */
export function createCountMembers(services: {
  engine: Engine;
  cache: Cache;
  meter: UsageMeter;
}): CountMembers {
  const { engine, cache, meter } = services;
  const underWay = new Map<string, SharedWork<Taken>>();

  /** Counts at the version of a snapshot of its own; what is counted is put together anew if it may be another now. */
  async function compute(workspaceId: string, asked: Asked, ask: Ask, signal: AbortSignal): Promise<Taken> {
    const count = async (turn: Turn): Promise<Taken & { key: string }> => {
      const isSame = turn.version === asked.version;
      const question = isSame ? asked.question : ((await ask(turn.tx))[asked.index] as Question);
      const evaluation = await turn.evaluate(question);
      const counts = countsOf(turn, question, evaluation);
      return { counts, source: evaluation.source, key: isSame ? asked.key : keyOf(turn, question) };
    };
    const { counts, source, key } = await engine.inLongTurn(workspaceId, count, { signal });
    const kept: KeptCount = { ...counts, key };
    await cache.set(key, Buffer.from(JSON.stringify(kept)), secondsKept);
    return { counts, source };
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

  async function find(workspaceId: string, asked: Prepared, ask: Ask, signal: AbortSignal): Promise<Taken> {
    const known =
      'recalled' in asked
        ? asked.recalled
        : readKept(await cache.get(asked.key), asked.key, nodesOf(asked.question.rule).length);
    if (!known) return join(workspaceId, asked as Asked, ask, signal);
    meter.count(workspaceId, 'cache_hits');
    return { counts: known, source: 'CACHE' };
  }

  async function answer(
    workspaceId: string,
    asked: Prepared,
    ask: Ask,
    signal: AbortSignal,
  ): Promise<Omit<NodeCounts, 'tookMs'>> {
    meter.count(workspaceId, 'counts');
    const { counts: found, source } = await find(workspaceId, asked, ask, signal);
    const { version, asOf, counts, sample } = found;
    const nodes = nodesOf(asked.question.rule).map(({ path }, index) => ({
      path,
      count: counts[index] as number,
    }));
    return { value: counts[0] as number, asOf: new Date(asOf), version, source, nodes, sample };
  }

  return async (workspaceId, ask, signal) => {
    const started = performance.now();
    const prepared = await engine.inTurn(
      workspaceId,
      async (turn) => (await ask(turn.tx)).map((question, index) => prepare(turn, question, index)),
      { signal },
    );
    const preparedMs = performance.now() - started;
    const counts: (NodeCounts | Error)[] = [];
    // One after the other: a page of segments must not take every connection there is.
    for (const asked of prepared) {
      const began = performance.now();
      try {
        if (asked instanceof Error) throw asked;
        const answered = await answer(workspaceId, asked, ask, signal);
        counts.push({ ...answered, tookMs: preparedMs + performance.now() - began });
      } catch (error) {
        counts.push(error as Error);
      }
    }
    return counts;
  };
}

/** Puts a question down with its answer, if this process has all that it takes at hand, or else with its key. */
function prepare(turn: Turn, question: Question, index: number): Prepared | Error {
  try {
    const { version } = turn;
    const evaluation = turn.recall(question);
    if (evaluation) return { question, version, index, recalled: countsOf(turn, question, evaluation) };
    return { question, version, index, key: keyOf(turn, question) };
  } catch (error) {
    return error as Error;
  }
}

/** A question as it was put together, and the version of the workspace that it was put together at. */
interface Asked {
  question: Question;
  version: number;
  /** Its place among the questions that were asked together. */
  index: number;
  key: string;
}

type Prepared = Asked | (Omit<Asked, 'key'> & { recalled: Counts });

/** The workspace's id is the hash tag: in a Redis cluster everything of a workspace lies in one place. */
function keyOf({ tx, version }: Turn, question: Question): string {
  return `{${tx.workspaceId}}:count:${version}:${fingerprint(question)}`;
}

/** Counts that were taken for somebody who waits for them. */
interface Taken {
  counts: Counts;
  source: SetSource;
}

function countsOf(turn: Turn, question: Question, { members, nodes }: Evaluation): Counts {
  return {
    version: turn.version,
    asOf: question.now.toISOString(),
    counts: nodesOf(question.rule).map(({ node }) => nodes.get(node)!.size),
    sample: members.next(-1, largestSample),
  };
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
