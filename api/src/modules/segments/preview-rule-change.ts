import { performance } from 'node:perf_hooks';
import type { Bitmap } from '@coterie/bitmap';
import { describe, print, type Rule } from '@coterie/rules';
import type { Clock } from '../../platform/clock.js';
import { Failure, type Problem } from '../../platform/errors.js';
import type { RuleSource } from './check-rule.js';
import type { Engine, Turn } from './engine/engine.js';
import { furthest, type SetSource } from './engine/fresh-sets.js';
import { nodesOf } from './engine/tree.js';
import type { Question } from './engine/truth.js';
import { checkSampleSize, namesIn } from './preview-segment.js';
import { loadQuestion, loadQuestions, ruleOf } from './question.js';
import type { SegmentEntity } from './segment.entity.js';
import { dependentsOf } from './segment.repository.js';
import { checkNewRule, requireEditable } from './update-segment.js';

/** How many of the segments that depend on the one are looked at. */
export const mostDependents = 50;

/** A rule that a segment may get. */
export interface RuleChangeRequest {
  id: string;
  rule: RuleSource;
  /** From 0 to 50. */
  sampleSize: number;
}

/** What a change makes of a segment's members. */
export interface MemberChange {
  before: number;
  after: number;
  entered: number;
  left: number;
}

/** What a change makes of the members of a segment whose rule names the changed one, itself or through others. */
export interface DependentChange {
  segment: SegmentEntity;
  /** Null with an error. */
  change: MemberChange | null;
  /** Why it could not be answered any more. */
  error: Problem | null;
}

/** What saving a rule would do. All of it is of one version of the workspace; nothing is stored. */
export interface RuleChange {
  version: number;
  asOf: Date;
  source: SetSource;
  tookMs: number;
  change: MemberChange;
  /** Ordinals of the first who would enter, and leave. */
  samples: { entered: number[]; left: number[] };
  /** Of the new rule, a group before its children. */
  nodes: { path: string; count: number }[];
  rule: Rule;
  text: string;
  sentence: string;
  /** By name, at most {@link mostDependents}. */
  dependents: DependentChange[];
  dependentsTotal: number;
}

/**
 * Tells who would enter and leave a segment with another rule, and the segments that depend on it.
 * Throws what updateSegment() throws for such a rule.
 * @param signal aborted when nobody waits for it any more.
 */
export async function previewRuleChange(
  { engine, clock }: { engine: Engine; clock: Clock },
  workspaceId: string,
  request: RuleChangeRequest,
  signal: AbortSignal,
): Promise<RuleChange> {
  checkSampleSize(request.sampleSize);
  const started = performance.now();
  const asOf = clock.now();
  const told = await engine.inLongTurn(workspaceId, (turn) => tellChange(turn, request, asOf), { signal });
  return { ...told, tookMs: performance.now() - started };
}

async function tellChange(
  turn: Turn,
  { id, rule: source, sampleSize }: RuleChangeRequest,
  asOf: Date,
): Promise<Omit<RuleChange, 'tookMs'>> {
  const { tx, version } = turn;
  const segment = await requireEditable(tx, id);
  const rule = await checkNewRule(tx, segment, source);
  const question = await loadQuestion(tx, rule, asOf);
  const before = await turn.evaluate(await loadQuestion(tx, ruleOf(segment), asOf));
  const after = await turn.evaluate(question);
  const entered = after.members.andNot(before.members);
  const left = before.members.andNot(after.members);
  return {
    version,
    asOf,
    source: furthest([before.source, after.source]),
    change: changeOf(before.members, after.members),
    samples: { entered: entered.next(-1, sampleSize), left: left.next(-1, sampleSize) },
    nodes: nodesOf(rule).map(({ node, path }) => ({ path, count: after.nodes.get(node)!.size })),
    rule,
    text: print(rule),
    sentence: describe(rule, await namesIn(tx, rule)),
    ...(await tellDependents(turn, segment, question)),
  };
}

function changeOf(before: Bitmap, after: Bitmap): MemberChange {
  const kept = before.andSize(after);
  return {
    before: before.size,
    after: after.size,
    entered: after.size - kept,
    left: before.size - kept,
  };
}

/** @param question that of the new rule. */
async function tellDependents(
  turn: Turn,
  changed: SegmentEntity,
  question: Question,
): Promise<Pick<RuleChange, 'dependents' | 'dependentsTotal'>> {
  const { segments, total } = await dependentsOf(turn.tx, changed.id, mostDependents);
  const questions = await loadQuestions(turn.tx, segments.map(ruleOf), question.now);
  const dependents: DependentChange[] = [];
  for (const [index, segment] of segments.entries()) {
    const asIs = questions[index] as Question;
    const definitions = new Map([...asIs.definitions, ...question.definitions]);
    definitions.set(changed.id, { id: changed.id, name: changed.name, rule: question.rule });
    dependents.push(await tellDependent(turn, segment, asIs, { ...asIs, definitions }));
  }
  return { dependents, dependentsTotal: total };
}

async function tellDependent(
  turn: Turn,
  segment: SegmentEntity,
  before: Question,
  after: Question,
): Promise<DependentChange> {
  try {
    const was = await turn.evaluate(before);
    return { segment, change: changeOf(was.members, (await turn.evaluate(after)).members), error: null };
  } catch (error) {
    // A rule that has grown too large through what it names is no reason not to tell of the others.
    if (!(error instanceof Failure) || error.code !== 'INVALID_RULE') throw error;
    const { code, path, message } = error;
    return { segment, change: null, error: { code, path, message } };
  }
}
