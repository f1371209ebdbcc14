import { walk, type Condition, type NodeOf, type Rule, type Step } from '@coterie/rules';
import { conjunction, disjunction } from './sql.js';

/** Every node with its place, a group before its children: the order in which counts of nodes are given. */
export function nodesOf(rule: Rule): Step[] {
  return [...walk(rule)];
}

/** Every condition in the order of {@link nodesOf}. */
export function conditionsOf(rule: Rule): Condition[] {
  return nodesOf(rule).flatMap(({ node }) => (isCondition(node) ? [node] : []));
}

/** What is one yes or no about a contact: a condition, or a question about the people of its company. */
export type Leaf = Condition | NodeOf<'companyPeople'>;

/** Every leaf in the order of {@link nodesOf}, those of the rules about a company's people included. */
export function leavesOf(rule: Rule): Leaf[] {
  return nodesOf(rule).flatMap(({ node }) => (isCondition(node) || 'companyPeople' in node ? [node] : []));
}

/** Writes a tree as one boolean expression, given what stands for each of its leaves. */
export function treeExpression(rule: Rule, leaf: (leaf: Leaf) => string): string {
  if ('all' in rule) return conjunction(rule.all.map((child) => treeExpression(child, leaf)));
  if ('any' in rule) return disjunction(rule.any.map((child) => treeExpression(child, leaf)));
  if ('not' in rule) return `(not ${treeExpression(rule.not, leaf)})`;
  return leaf(rule);
}

/** Whether the node asks something by itself, without another rule in it. */
export function isCondition(rule: Rule): rule is Condition {
  return !('all' in rule || 'any' in rule || 'not' in rule || 'companyPeople' in rule);
}
