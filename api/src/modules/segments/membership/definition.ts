import { createHash } from 'node:crypto';
import { canonical, usesClock as ruleUsesClock } from '@coterie/rules';
import { segmentsInOrder, type Question } from '../engine/truth.js';

/** What a segment asks, apart from when. */
export interface Definition {
  /** Equal for questions that ask the same: a new name or description makes no other. */
  print: string;
  /** Whether its members can change by the passing of time alone. */
  usesClock: boolean;
}

/** Tells what a question asks, with everything that it names. Throws SEGMENT_CYCLE and INVALID_RULE as its evaluation does. */
export function definitionOf(question: Question): Definition {
  const named = segmentsInOrder(question);
  const rules = [question.rule, ...named.flatMap(({ rule }) => rule ?? [])];
  const asked = [
    question.timeZone,
    canonical(question.rule),
    ...named.map(({ id, rule }) => [id, rule && canonical(rule)]),
  ];
  return {
    print: createHash('sha256').update(JSON.stringify(asked)).digest('base64url'),
    usesClock: rules.some(ruleUsesClock),
  };
}
