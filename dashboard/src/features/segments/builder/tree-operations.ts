import { newGroup, newId, nodesOf, type Group, type Join, type NodeId, type TreeNode } from './tree.js';

/** What can be done with a tree. Each gives a new root, or the same one where there is nothing to do. */

/** A place in a group. */
export interface Place {
  parentId: NodeId;
  index: number;
}

export function findNode(root: Group, id: NodeId): TreeNode | undefined {
  for (const node of nodesOf(root)) if (node.id === id) return node;
  return undefined;
}

/** Where a node stands; undefined for the root and for strangers. */
export function placeOf(root: Group, id: NodeId): Place | undefined {
  for (const node of nodesOf(root)) {
    if (node.kind !== 'group') continue;
    const index = node.children.findIndex((child) => child.id === id);
    if (index >= 0) return { parentId: node.id, index };
  }
  return undefined;
}

/** The groups from the root to a node, without the node itself. */
export function groupsAbove(root: Group, id: NodeId): Group[] {
  for (const child of root.children) {
    if (child.id === id) return [root];
    if (child.kind !== 'group') continue;
    const above = groupsAbove(child, id);
    if (above.length > 0) return [root, ...above];
  }
  return [];
}

/** Puts something else in the place of a node; several nodes, or none. */
function replace(group: Group, id: NodeId, replacements: (node: TreeNode) => TreeNode[]): Group {
  let changed = false;
  const children = group.children.flatMap((child) => {
    if (child.id === id) {
      changed = true;
      return replacements(child);
    }
    const next = child.kind === 'group' ? replace(child, id, replacements) : child;
    changed ||= next !== child;
    return [next];
  });
  return changed ? { ...group, children } : group;
}

/** Changes one node. */
export function updateNode<Node extends TreeNode>(
  root: Group,
  id: NodeId,
  change: (node: Node) => TreeNode,
): Group {
  if (root.id === id) return change(root as Node) as Group;
  return replace(root, id, (node) => [change(node as Node)]);
}

/** Puts a node into a group. */
export function insertNode(root: Group, { parentId, index }: Place, node: TreeNode): Group {
  return updateNode<Group>(root, parentId, (group) => {
    const { meant: _, ...rest } = group;
    return { ...rest, children: group.children.toSpliced(index, 0, node) };
  });
}

/** Takes a node out, and with it the groups that would be left empty. The root stays. */
export function removeNode(root: Group, id: NodeId): Group {
  const above = groupsAbove(root, id);
  const emptied = above.toReversed().findIndex((group) => group === root || group.children.length > 1);
  const chain = [...above.map((group) => group.id), id];
  const target = chain[chain.length - 1 - Math.max(emptied, 0)];
  return above.length === 0 || target === undefined ? root : replace(root, target, () => []);
}

/** The same node under new ids. */
export function copyOf(node: TreeNode): TreeNode {
  if (node.kind === 'row') return { ...node, id: newId() };
  return { ...node, id: newId(), children: node.children.map(copyOf) };
}

/** Puts a copy right behind a node. */
export function duplicateNode(root: Group, id: NodeId): { root: Group; copyId: NodeId | undefined } {
  let copyId: NodeId | undefined;
  const next = replace(root, id, (node) => {
    const copy = copyOf(node);
    copyId = copy.id;
    return [node, copy];
  });
  return { root: next, copyId };
}

/** Puts a node into a group of its own, in its place. */
export function wrapNode(root: Group, id: NodeId, join: Join): { root: Group; groupId: NodeId | undefined } {
  let groupId: NodeId | undefined;
  const next = replace(root, id, (node) => {
    const group = newGroup(join, [node]);
    groupId = group.id;
    return [group];
  });
  return { root: next, groupId };
}

/** Puts what a group holds in its place. */
export function unwrapGroup(root: Group, id: NodeId): Group {
  return replace(root, id, (node) => (node.kind === 'group' ? node.children : [node]));
}

/** Whether a node can go there: not into itself, nor to where it stands. */
export function canMove(root: Group, id: NodeId, { parentId, index }: Place): boolean {
  const node = findNode(root, id);
  const parent = findNode(root, parentId);
  if (!node || node === root || parent?.kind !== 'group') return false;
  if ([...nodesOf(node)].some((each) => each.id === parentId)) return false;
  const from = placeOf(root, id);
  return from?.parentId !== parentId || (index !== from.index && index !== from.index + 1);
}

/** Moves a node. The index counts as things stand before. Groups that are left empty go. */
export function moveNode(root: Group, id: NodeId, place: Place): Group {
  if (!canMove(root, id, place)) return root;
  const node = findNode(root, id) as TreeNode;
  // A stand-in keeps the place of the node, so that indexes stay as they are until it is taken away.
  const standIn: TreeNode = { kind: 'row', id: newId(), negated: false, condition: undefined };
  const without = replace(root, id, () => [standIn]);
  return removeNode(insertNode(without, place, node), standIn.id);
}

/** Where a node goes by one step up or down the page, into and out of groups; undefined at the end. */
export function stepOf(root: Group, id: NodeId, step: 'up' | 'down'): Place | undefined {
  const above = groupsAbove(root, id);
  const parent = above.at(-1);
  if (!parent) return undefined;
  const index = parent.children.findIndex((child) => child.id === id);
  const neighbour = parent.children[step === 'up' ? index - 1 : index + 1];
  if (neighbour?.kind === 'group')
    return { parentId: neighbour.id, index: step === 'up' ? neighbour.children.length : 0 };
  if (neighbour) return { parentId: parent.id, index: step === 'up' ? index - 1 : index + 2 };
  const outer = above.at(-2);
  if (!outer) return undefined;
  const own = outer.children.indexOf(parent);
  return { parentId: outer.id, index: step === 'up' ? own : own + 1 };
}
