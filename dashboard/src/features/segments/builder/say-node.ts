import { describe, type Condition, type Names } from '@coterie/rules';
import type { Group, Join, NodeId, TreeNode } from './tree.js';

/** How the conditions of a group go together, as the menu of a group says it. */
export const joinWords: Record<Join, string> = {
  all: 'all of these',
  any: 'any of these',
  none: 'none of these',
  not_all: 'not all of these',
};

/** What stands between two conditions of a group. */
export const betweenWords: Record<Join, string> = { all: 'and', any: 'or', none: 'nor', not_all: 'and' };

/** A node in words: a sentence of a condition, or how a group goes together. */
export function sayNode(node: TreeNode, names: Names): string {
  if (node.kind === 'group') {
    const group = `Group: ${joinWords[node.join]}`;
    return node.people ? `People of the company, ${joinWords[node.join]}` : group;
  }
  if (!node.condition) return 'New condition';
  return sayCondition(node.condition, node.negated, names);
}

/** A condition by itself, without the people that meet it: “Has viewed /pricing”. */
function sayCondition(condition: Condition, negated: boolean, names: Names): string {
  try {
    const sentence = describe(negated ? { not: condition } : condition, names)
      .replace(/^Everyone (?:who )?/, '')
      .replace(/\.$/, '');
    return sentence.charAt(0).toUpperCase() + sentence.slice(1);
  } catch {
    return sayUnfinished(condition, names);
  }
}

/** What is not finished cannot be told whole: as much of it as is there. */
function sayUnfinished(condition: Condition, names: Names): string {
  if ('attribute' in condition) {
    const { key } = condition.attribute;
    return `Whose ${names.attribute?.(key) ?? key} is not said yet`;
  }
  if ('event' in condition && (condition.event.where || condition.event.sum)) {
    const { where: _, sum: __, ...rest } = condition.event;
    return sayCondition({ event: rest }, false, names);
  }
  return 'Unfinished condition';
}

/** “place 2 of 3 in any of these” */
export function sayPlace(root: Group, parent: Group, id: NodeId): string {
  const index = parent.children.findIndex((child) => child.id === id);
  const where = parent === root ? 'the rule' : `the group “${joinWords[parent.join]}”`;
  return `place ${index + 1} of ${parent.children.length} in ${where}`;
}
