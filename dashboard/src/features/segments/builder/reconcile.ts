import type { Group, Row, TreeNode } from './tree.js';

/** Gives the nodes of a new tree the ids of those of an old one that they stand for, so that the eye can follow. */
export function reconcile(before: Group, after: Group): Group {
  return adopt(before, after) as Group;
}

function adopt(before: TreeNode, after: TreeNode): TreeNode {
  if (fingerprint(before) === fingerprint(after)) return before;
  if (before.kind === 'row' || after.kind === 'row') return { ...after, id: before.id };
  return { ...after, id: before.id, children: adoptAll(before.children, after.children) };
}

/** What is the same goes first, wherever it stands; then, in order, what is of the same kind. */
function adoptAll(before: readonly TreeNode[], after: readonly TreeNode[]): TreeNode[] {
  const free = new Set(before);
  const take = (fits: (old: TreeNode) => boolean): TreeNode | undefined => {
    const found = [...free].find(fits);
    if (found) free.delete(found);
    return found;
  };
  const same = after.map((node) => take((old) => fingerprint(old) === fingerprint(node)));
  return after.map((node, index) => {
    const old = same[index] ?? take((each) => isAlike(each, node));
    return old ? adopt(old, node) : node;
  });
}

function isAlike(a: TreeNode, b: TreeNode): boolean {
  if (a.kind === 'group' || b.kind === 'group') return a.kind === b.kind;
  return kindOfRow(a) === kindOfRow(b);
}

function kindOfRow({ condition }: Row): string | undefined {
  return condition && Object.keys(condition)[0];
}

/** Equal for nodes that say the same, whatever their ids. */
export function fingerprint(node: TreeNode): string {
  return JSON.stringify(node, (key, value: unknown) => (key === 'id' && isNodeId(value) ? undefined : value));
}

/** Ids of nodes begin like this; those that conditions mention are UUIDs. */
function isNodeId(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('node-');
}
