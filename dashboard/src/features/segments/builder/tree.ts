import type { Condition, PeopleMatch, Rule } from '@coterie/rules';

/**
 * The rule as it is built: nodes that keep their ids while they are changed and moved, in groups that say how they go
 * together. Nothing is changed in place; what an operation leaves alone is the same object afterwards.
 */

export type NodeId = string;

/** How the conditions of a group go together: all of them, any, none, or not all. */
export type Join = 'all' | 'any' | 'none' | 'not_all';

/** Conditions that go together. */
export interface Group {
  kind: 'group';
  id: NodeId;
  join: Join;
  children: TreeNode[];
  /** Asks it of the people of the contact's company instead of the contact. */
  people?: { match: PeopleMatch; negated: boolean };
  /** Is empty on purpose, and so means everyone or nobody; another empty group is not finished and means nothing. */
  meant?: true;
}

/** One condition, or the place for one: without a condition its kind is still to be chosen. */
export interface Row {
  kind: 'row';
  id: NodeId;
  negated: boolean;
  condition: Condition | undefined;
}

export type TreeNode = Group | Row;

let made = 0;

/** An id that no other node has. */
export function newId(): NodeId {
  made += 1;
  return `node-${made}`;
}

export function newRow(condition?: Condition, negated = false): Row {
  return { kind: 'row', id: newId(), negated, condition };
}

export function newGroup(join: Join, children: TreeNode[] = [], people?: Group['people']): Group {
  return { kind: 'group', id: newId(), join, children, ...(people && { people }) };
}

/** The tree of a rule. The root is a group of the contact's own conditions, whatever the rule is. */
export function toTree(rule: Rule): Group {
  return asGroup(toNode(rule, false));
}

function asGroup(node: TreeNode): Group {
  return node.kind === 'group' && !node.people ? node : newGroup('all', [node]);
}

function toNode(rule: Rule, negated: boolean): TreeNode {
  if ('not' in rule) return toNode(rule.not, !negated);
  if ('all' in rule) return filled(negated ? 'not_all' : 'all', rule.all);
  if ('any' in rule) return filled(negated ? 'none' : 'any', rule.any);
  if (!('companyPeople' in rule)) return newRow(rule, negated);
  const { match, rule: asked } = rule.companyPeople;
  const { join, children, meant } = asGroup(toNode(asked, false));
  return { ...newGroup(join, children, { match, negated }), ...(meant && { meant }) };
}

function filled(join: Join, rules: readonly Rule[]): Group {
  const group = newGroup(
    join,
    rules.map((rule) => toNode(rule, false)),
  );
  return rules.length === 0 ? { ...group, meant: true } : group;
}

/** A rule, and where in it each node of the tree stands. A group of one stands where its only condition does. */
export interface Assembly {
  /** Undefined while there is nothing to ask. */
  rule: Rule | undefined;
  paths: ReadonlyMap<NodeId, string>;
}

/** The rule of a tree, of those rows alone that `keep` is true of; groups that come to nothing are left out. */
export function assemble(root: Group, keep: (row: Row) => boolean = () => true): Assembly {
  const paths = new Map<NodeId, string>();
  const pruned = prune(root, keep);
  return { rule: pruned && write(pruned, 'rule', paths), paths };
}

function prune(node: TreeNode, keep: (row: Row) => boolean): TreeNode | undefined {
  if (node.kind === 'row') return node.condition && keep(node) ? node : undefined;
  const children = node.children
    .map((child) => prune(child, keep))
    .filter((child): child is TreeNode => child !== undefined);
  const isMeant = node.children.length === 0 && node.meant;
  return children.length > 0 || isMeant ? { ...node, children } : undefined;
}

function write(node: TreeNode, path: string, paths: Map<NodeId, string>): Rule {
  paths.set(node.id, path);
  if (node.kind === 'row') {
    const condition = node.condition as Condition;
    return node.negated ? { not: condition } : condition;
  }
  if (!node.people) return writeGroup(node, path, paths);
  const { match, negated } = node.people;
  const at = `${negated ? `${path}.not` : path}.companyPeople.rule`;
  const companyPeople = { match, rule: writeGroup(node, at, paths) };
  return negated ? { not: { companyPeople } } : { companyPeople };
}

function writeGroup({ join, children }: Group, path: string, paths: Map<NodeId, string>): Rule {
  const negated = join === 'none' || join === 'not_all';
  const at = negated ? `${path}.not` : path;
  const [only, ...more] = children;
  const rule = only && more.length === 0 ? write(only, at, paths) : writeMany(join, children, at, paths);
  return negated ? { not: rule } : rule;
}

function writeMany(
  join: Join,
  children: readonly TreeNode[],
  path: string,
  paths: Map<NodeId, string>,
): Rule {
  const kind = join === 'all' || join === 'not_all' ? 'all' : 'any';
  const rules = children.map((child, index) => write(child, `${path}.${kind}[${index}]`, paths));
  return kind === 'all' ? { all: rules } : { any: rules };
}

/** Every node below and including one, a group before its children. */
export function* nodesOf(node: TreeNode): Generator<TreeNode> {
  yield node;
  if (node.kind === 'group') for (const child of node.children) yield* nodesOf(child);
}

/** Every condition of a tree, from top to bottom. */
export function rowsOf(root: Group): Row[] {
  return [...nodesOf(root)].filter((node) => node.kind === 'row');
}

/** The node whose place a path leads to or into: the innermost one, and a condition rather than a group of it alone. */
export function nodeAt(paths: ReadonlyMap<NodeId, string>, path: string): NodeId | undefined {
  let found: { id: NodeId; length: number } | undefined;
  for (const [id, place] of paths) {
    const within = path === place || (path.startsWith(place) && /^[.[]/.test(path.slice(place.length)));
    if (within && place.length >= (found?.length ?? 0)) found = { id, length: place.length };
  }
  return found?.id;
}
