import { references, type Rule } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Question, SegmentDefinition } from './engine/truth.js';
import type { SegmentEntity } from './segment.entity.js';
import { loadDefinitions } from './segment-definitions.js';

/** Puts a rule together with what its meaning depends on: the segments it names, the workspace's time zone, and now. */
export async function loadQuestion(tx: WorkspaceTransaction, rule: Rule, now: Date): Promise<Question> {
  const [question] = await loadQuestions(tx, [rule], now);
  return question as Question;
}

/** The same for several rules at once, in two look-ups however many there are. */
export async function loadQuestions(
  tx: WorkspaceTransaction,
  rules: readonly Rule[],
  now: Date,
): Promise<Question[]> {
  const timeZone = await loadTimeZone(tx);
  const definitions = await loadDefinitions(tx, [
    ...new Set(rules.flatMap((rule) => references(rule).segments)),
  ]);
  return rules.map((rule) => ({ rule, definitions, now, timeZone }));
}

/** The rule that a segment's members meet; of a static one, that they are on its list. */
export function ruleOf(segment: Pick<SegmentEntity, 'id' | 'rule'> | SegmentDefinition): Rule {
  return segment.rule ?? { list: segment.id };
}

/** The IANA name of the workspace's time zone. */
export async function loadTimeZone(tx: WorkspaceTransaction): Promise<string> {
  const rows = await tx.query<{ time_zone: string }>('select time_zone from workspaces where id = $1', [
    tx.workspaceId,
  ]);
  return rows[0]?.time_zone ?? 'UTC';
}
