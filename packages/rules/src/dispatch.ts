import type { CompanyPeople, ConditionKind, Kind, Kinds, Rule } from './ast.js';
import { kindOf } from './ast.js';
import type { ConditionHandler } from './conditions/condition.js';
import { CONDITIONS } from './conditions/index.js';

/** One function for every kind of node. */
export type Visitor<Result> = { [K in Kind]: (body: Kinds[K]) => Result };

/** Calls the visitor's function for the node's kind with the node's body. */
export function visit<Result>(rule: Rule, visitor: Visitor<Result>): Result {
  const kind = kindOf(rule);
  // The table pairs each kind with its body; TypeScript does not follow that through an index.
  const call = visitor[kind] as (body: unknown) => Result;
  return call((rule as Record<Kind, unknown>)[kind]);
}

/** Functions for the groups, and one for every kind of condition. */
export interface Cases<Result> {
  all(children: Rule[]): Result;
  any(children: Rule[]): Result;
  not(child: Rule): Result;
  companyPeople(body: CompanyPeople): Result;
  condition(handler: ConditionHandler<ConditionKind>, body: never): Result;
}

/** Calls the function for the node; a condition comes with its handler. */
export function match<Result>(rule: Rule, cases: Cases<Result>): Result {
  if ('all' in rule) return cases.all(rule.all);
  if ('any' in rule) return cases.any(rule.any);
  if ('not' in rule) return cases.not(rule.not);
  if ('companyPeople' in rule) return cases.companyPeople(rule.companyPeople);
  const kind = kindOf(rule) as ConditionKind;
  const body = (rule as Record<ConditionKind, unknown>)[kind];
  return cases.condition(CONDITIONS[kind] as unknown as ConditionHandler<ConditionKind>, body as never);
}
