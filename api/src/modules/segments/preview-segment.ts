import { describe, print, references, type Names, type Rule } from '@coterie/rules';
import type { Clock } from '../../platform/clock.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { checkRule, type RuleSource } from './check-rule.js';
import { largestSample, type CountMembers, type NodeCounts } from './count-members.js';
import { loadQuestion } from './question.js';
import { loadNames } from './rule-schema.js';

/** A rule to try, and how many members to show. */
export interface PreviewRequest {
  rule: RuleSource;
  /** From 0 to 50. */
  sampleSize: number;
}

/** What a rule would select, without storing it. */
export interface Preview {
  counts: NodeCounts;
  rule: Rule;
  text: string;
  sentence: string;
  /** Ordinals of the first members by creation. */
  sample: number[];
}

/**
 * Counts a rule and each of its nodes, and finds its first members. Throws INVALID_RULE with every problem.
 * @param signal aborted when nobody waits for it any more.
 */
export async function previewSegment(
  services: { withWorkspace: WithWorkspace; clock: Clock; countMembers: CountMembers },
  workspaceId: string,
  request: PreviewRequest,
  signal: AbortSignal,
): Promise<Preview> {
  const { withWorkspace, clock, countMembers } = services;
  const { sampleSize } = request;
  checkSampleSize(sampleSize);
  const now = clock.now();
  const { rule, names } = await withWorkspace(workspaceId, async (tx) => {
    const checked = await checkRule(tx, request.rule, { path: 'input.rule' });
    return { rule: checked, names: await namesIn(tx, checked) };
  });
  const [counts] = await countMembers(workspaceId, async (tx) => [await loadQuestion(tx, rule, now)], signal);
  if (!counts) throw new Error('One question has one answer.');
  if (counts instanceof Error) throw counts;
  return {
    counts,
    rule,
    text: print(rule),
    sentence: describe(rule, names),
    sample: counts.sample.slice(0, sampleSize),
  };
}

/** Throws INVALID_INPUT for a sample that is larger than can be shown, or none at all. */
export function checkSampleSize(size: number): void {
  if (Number.isInteger(size) && size >= 0 && size <= largestSample) return;
  throw new Failure('INVALID_INPUT', `A sample has 0 to ${largestSample} contacts.`, {
    path: 'input.sampleSize',
  });
}

/** How the workspace calls what a rule names. */
export function namesIn(tx: WorkspaceTransaction, rule: Rule): Promise<Names> {
  const { segments, lists, lookalikes } = references(rule);
  return loadNames(tx, [...segments, ...lists, ...lookalikes]);
}
