import type { Condition } from '@coterie/rules';
import { nextTick, type Ref } from 'vue';
import type { Vocabulary } from '../useVocabulary.js';
import { sayNode, sayPlace } from './say-node.js';
import {
  duplicateNode,
  findNode,
  groupsAbove,
  insertNode,
  moveNode,
  placeOf,
  removeNode,
  stepOf,
  unwrapGroup,
  updateNode,
  wrapNode,
  type Place,
} from './tree-operations.js';
import { nodesOf, type Group, type Join, type NodeId, type Row, type TreeNode } from './tree.js';
import type { RuleTree } from './useRuleTree.js';

const opposites: Record<Join, Join> = { all: 'not_all', not_all: 'all', any: 'none', none: 'any' };

interface Stage {
  tree: RuleTree;
  vocabulary: Vocabulary;
  /** What is focused in. */
  frame: Ref<HTMLElement | null>;
  /** What was done, for whoever hears the page. */
  said: Ref<string>;
}

/** Moves the focus into a node, once it is there: to its handle, or to its first field that is still to be filled in. */
async function focusOn(
  frame: HTMLElement | null,
  id: NodeId | undefined,
  part: 'handle' | 'field',
): Promise<void> {
  await nextTick();
  const place = frame?.querySelector<HTMLElement>(id ? `[data-node="${id}"]` : '[data-add]');
  const handle = place?.querySelector<HTMLElement>('[data-handle]');
  const field = place?.querySelector<HTMLElement>(
    '[data-fields] :is(input, button, [role="combobox"]):not([data-settled])',
  );
  ((part === 'field' && field) || handle || place)?.focus();
}

/** What moves nodes about: where the focus goes with them, and what is said of it. */
export function useNodeActions({ tree, vocabulary, frame, said }: Stage) {
  const node = (id: NodeId): TreeNode | undefined => findNode(tree.root.value, id);
  const say = (id: NodeId): string => {
    const found = node(id);
    return found ? sayNode(found, vocabulary.names.value) : '';
  };
  const focus = (id: NodeId | undefined, part: 'handle' | 'field'): void =>
    void focusOn(frame.value, id, part);

  function move(id: NodeId, place: Place): void {
    tree.change((root) => moveNode(root, id, place));
    const parent = groupsAbove(tree.root.value, id).at(-1);
    said.value = `${say(id)} moved${parent ? ` to ${sayPlace(tree.root.value, parent, id)}` : ''}`;
  }

  return {
    say,
    move,
    /** Puts a condition into a group, and the cursor into it. */
    add(place: Place, added: TreeNode): void {
      tree.change((root) => insertNode(root, place, added));
      said.value = `${say(added.id)} added`;
      const first = [...nodesOf(added)].find((each) => each.kind === 'row');
      focus(first?.id ?? added.id, 'field');
    },
    /** Chooses what an empty row asks for. */
    fill(id: NodeId, chosen: TreeNode): void {
      tree.change((root) => updateNode(root, id, () => ({ ...chosen, id })));
      focus(id, 'field');
    },
    /** Takes a node out; the focus goes to what takes its place. */
    remove(id: NodeId): void {
      const words = say(id);
      const place = placeOf(tree.root.value, id);
      tree.change((root) => removeNode(root, id));
      said.value = `${words} removed`;
      const parent = place && node(place.parentId);
      const siblings = parent?.kind === 'group' ? parent.children : [];
      focus((siblings[place?.index ?? 0] ?? siblings.at(-1))?.id, 'handle');
    },
    duplicate(id: NodeId): void {
      let copyId: NodeId | undefined;
      tree.change((root) => {
        const done = duplicateNode(root, id);
        copyId = done.copyId;
        return done.root;
      });
      said.value = `${say(id)} duplicated`;
      focus(copyId, 'handle');
    },
    wrap(id: NodeId): void {
      const parent = groupsAbove(tree.root.value, id).at(-1);
      tree.change((root) => wrapNode(root, id, parent?.join === 'any' ? 'all' : 'any').root);
      said.value = `${say(id)} is in a group of its own`;
      focus(id, 'handle');
    },
    unwrap(id: NodeId): void {
      const found = node(id);
      const first = found?.kind === 'group' ? found.children[0]?.id : undefined;
      tree.change((root) => unwrapGroup(root, id));
      said.value = 'The group is open';
      focus(first, 'handle');
    },
    /** Moves a node one step up or down the page. */
    step(id: NodeId, step: 'up' | 'down'): void {
      const place = stepOf(tree.root.value, id, step);
      if (!place) return void (said.value = `${say(id)} is at the ${step === 'up' ? 'top' : 'bottom'}`);
      move(id, place);
      return focus(id, 'handle');
    },
  };
}

/** What changes nodes where they are. */
export function useNodeChanges({ tree, said }: Pick<Stage, 'tree' | 'said'>) {
  return {
    /** Turns a condition into its opposite. */
    negate(id: NodeId): void {
      tree.change((root) =>
        updateNode(root, id, (found) => {
          if (found.kind === 'row') return { ...found, negated: !found.negated };
          if (found.people) return { ...found, people: { ...found.people, negated: !found.people.negated } };
          return { ...found, join: opposites[found.join] };
        }),
      );
      said.value = 'Turned into its opposite';
    },
    /** @param field of a condition that is typed in; absent for what is chosen. */
    setCondition(id: NodeId, condition: Condition, field?: string): void {
      const key = field && `${id} ${field}`;
      tree.change((root) => updateNode<Row>(root, id, (row) => ({ ...row, condition })), key);
    },
    setNegated(id: NodeId, negated: boolean): void {
      tree.change((root) => updateNode<Row>(root, id, (row) => ({ ...row, negated })));
    },
    setJoin(id: NodeId, join: Join): void {
      tree.change((root) => updateNode<Group>(root, id, (group) => ({ ...group, join })));
    },
    setPeople(id: NodeId, people: NonNullable<Group['people']>): void {
      tree.change((root) => updateNode<Group>(root, id, (group) => ({ ...group, people })));
    },
    undo(): void {
      if (!tree.canUndo.value) return;
      tree.undo();
      said.value = 'Undone';
    },
    redo(): void {
      if (!tree.canRedo.value) return;
      tree.redo();
      said.value = 'Done again';
    },
  };
}
