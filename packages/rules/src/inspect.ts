import type { Rule } from './ast.js';
import { COMPANY_PREFIX, kindOf } from './ast.js';
import type { References } from './conditions/condition.js';
import { match } from './dispatch.js';

/** A node of a rule, where it is (`rule.all[2]`) and how deep, 1 being the rule itself. */
export interface Step {
  node: Rule;
  path: string;
  depth: number;
}

/** Every node of a rule, a group before its children, in order. Safe on trees of any depth. */
export function* walk(rule: Rule): Generator<Step> {
  const ahead: Step[] = [{ node: rule, path: 'rule', depth: 1 }];
  for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
    yield step;
    ahead.push(...childrenOf(step).toReversed());
  }
}

function childrenOf({ node, path, depth }: Step): Step[] {
  if ('not' in node) return [{ node: node.not, path: `${path}.not`, depth: depth + 1 }];
  if ('companyPeople' in node)
    return [{ node: node.companyPeople.rule, path: `${path}.companyPeople.rule`, depth: depth + 1 }];
  const children = 'all' in node ? node.all : 'any' in node ? node.any : [];
  return children.map((child, index) => ({
    node: child,
    path: `${path}.${kindOf(node)}[${index}]`,
    depth: depth + 1,
  }));
}

/** What a rule mentions: ids, keys of attributes (those of companies without `company.`), and folded names of events. */
export type RuleReferences = { readonly [K in keyof References]: readonly string[] };

/** What a rule mentions, each once, in the order of first mention. */
export function references(rule: Rule): RuleReferences {
  const found: References = {
    segments: new Set(),
    lists: new Set(),
    lookalikes: new Set(),
    attributeKeys: new Set(),
    companyKeys: new Set(),
    events: new Set(),
  };
  for (const { node } of walk(rule)) {
    match(node, {
      all: () => {},
      any: () => {},
      not: () => {},
      companyPeople: () => {},
      condition: (handler, body) => handler.refer(body, found),
    });
  }
  return {
    segments: [...found.segments],
    lists: [...found.lists],
    lookalikes: [...found.lookalikes],
    attributeKeys: [...found.attributeKeys],
    companyKeys: [...found.companyKeys],
    events: [...found.events],
  };
}

/** The same rule with attributes under other keys. `rename` is given each as rules write it: `company.` before a company's. */
export function renameKeys(rule: Rule, rename: (key: string) => string): Rule {
  const copy = JSON.parse(JSON.stringify(rule)) as Rule;
  for (const { node } of walk(copy)) {
    if ('attribute' in node) node.attribute.key = rename(node.attribute.key);
  }
  return copy;
}

/** How much a rule asks. */
export interface RuleWeight {
  /** As `MAX_CONDITIONS` counts them. */
  conditions: number;
  /** Those of all its lists of values. */
  values: number;
}

/** How much a rule asks; what the answer costs grows with both. */
export function weightOf(rule: Rule): RuleWeight {
  const weight = { conditions: 0, values: 0 };
  for (const { node } of walk(rule)) {
    if ('not' in node) continue;
    if ('all' in node || 'any' in node) {
      if (childrenOf({ node, path: '', depth: 0 }).length === 0) weight.conditions += 1;
      continue;
    }
    weight.conditions += 1;
    if ('attribute' in node) weight.values += node.attribute.values?.length ?? 0;
    if ('signal' in node) weight.values += node.signal.values?.length ?? 0;
    const patterns = 'event' in node ? [node.event] : 'sequence' in node ? node.sequence.steps : [];
    if ('sequence' in node) weight.conditions += patterns.length;
    for (const { where = [] } of patterns) {
      weight.conditions += where.length;
      weight.values += where.reduce((sum, { values = [] }) => sum + values.length, 0);
    }
  }
  return weight;
}

/** Whether who matches can change by the passing of time alone; the segments it refers to are not looked into. */
export function usesClock(rule: Rule): boolean {
  for (const { node } of walk(rule)) {
    const moves = match(node, {
      all: () => false,
      any: () => false,
      not: () => false,
      companyPeople: () => false,
      condition: (handler, body) => handler.usesClock(body),
    });
    if (moves) return true;
  }
  return false;
}

/**
 * One string for one rule: its JSON with the keys of every object in order. Equal strings mean equal rules in normal
 * form, so it serves as a fingerprint.
 */
export function canonical(rule: Rule): string {
  return JSON.stringify(rule, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Whether a key is that of a company's attribute. */
export function isCompanyKey(key: string): boolean {
  return key.startsWith(COMPANY_PREFIX);
}
