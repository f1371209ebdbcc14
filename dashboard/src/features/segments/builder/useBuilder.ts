import type { Condition } from '@coterie/rules';
import { computed, inject, nextTick, ref, shallowRef, type InjectionKey } from 'vue';
import { useWorkspace } from '../../../shared/viewer.js';
import { useVocabulary } from '../useVocabulary.js';
import { sayNode, sayPlace } from './say-node.js';
import {
  canMove,
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
import { useCheckedRule } from './useCheckedRule.js';
import { useRuleCount } from './useRuleCount.js';
import { useRuleTree } from './useRuleTree.js';

/** Everything that the parts of the builder share: the rule, what is known of it, and what can be done with it. */
export function useBuilder(initial: string, ownSegment: string | undefined) {
  const { workspaceId } = useWorkspace();
  const vocabulary = useVocabulary();
  const tree = useRuleTree(initial);
  const checked = useCheckedRule(tree.root, vocabulary.schema);
  const count = useRuleCount(workspaceId, checked.counted, tree.isTyping);
  const frame = shallowRef<HTMLElement | null>(null);
  /** What was done, for whoever hears the page. */
  const said = ref('');
  /** What is being dragged. */
  const dragged = ref<NodeId>();

  const node = (id: NodeId): TreeNode | undefined => findNode(tree.root.value, id);
  const say = (id: NodeId): string => {
    const found = node(id);
    return found ? sayNode(found, vocabulary.names.value) : '';
  };

  /** Moves the focus into a node, once it is there: to its handle, or to its first field. */
  async function focus(id: NodeId | undefined, part: 'handle' | 'field'): Promise<void> {
    await nextTick();
    const place = frame.value?.querySelector(id ? `[data-node="${id}"]` : '[data-add]');
    const handle = place?.querySelector<HTMLElement>('[data-handle]');
    const field = place?.querySelector<HTMLElement>(
      '[data-fields] :is(input, button, [role="combobox"]):not([data-settled])',
    );
    ((part === 'field' && field) || handle || (place as HTMLElement | null))?.focus();
  }

  const actions = {
    /** Puts a condition into a group, and the cursor into it. */
    add(place: Place, added: TreeNode): void {
      tree.change((root) => insertNode(root, place, added));
      said.value = `${say(added.id)} added`;
      const first = [...nodesOf(added)].find((each) => each.kind === 'row');
      void focus(first?.id ?? added.id, 'field');
    },
    /** Chooses what an empty row asks for. */
    fill(id: NodeId, chosen: TreeNode): void {
      tree.change((root) => updateNode(root, id, () => ({ ...chosen, id })));
      void focus(id, 'field');
    },
    /** Takes a node out; the focus goes to what takes its place. */
    remove(id: NodeId): void {
      const words = say(id);
      const place = placeOf(tree.root.value, id);
      tree.change((root) => removeNode(root, id));
      said.value = `${words} removed`;
      const parent = place && node(place.parentId);
      const siblings = parent?.kind === 'group' ? parent.children : [];
      void focus((siblings[place?.index ?? 0] ?? siblings.at(-1))?.id, 'handle');
    },
    duplicate(id: NodeId): void {
      let copyId: NodeId | undefined;
      tree.change((root) => {
        const done = duplicateNode(root, id);
        copyId = done.copyId;
        return done.root;
      });
      said.value = `${say(id)} duplicated`;
      void focus(copyId, 'handle');
    },
    wrap(id: NodeId): void {
      const parent = groupsAbove(tree.root.value, id).at(-1);
      tree.change((root) => wrapNode(root, id, parent?.join === 'any' ? 'all' : 'any').root);
      said.value = `${say(id)} is in a group of its own`;
      void focus(id, 'handle');
    },
    unwrap(id: NodeId): void {
      const found = node(id);
      const first = found?.kind === 'group' ? found.children[0]?.id : undefined;
      tree.change((root) => unwrapGroup(root, id));
      said.value = 'The group is open';
      void focus(first, 'handle');
    },
    /** Turns a condition into its opposite. */
    negate(id: NodeId): void {
      tree.change((root) =>
        updateNode(root, id, (found) => {
          if (found.kind === 'row') return { ...found, negated: !found.negated };
          if (found.people) return { ...found, people: { ...found.people, negated: !found.people.negated } };
          return { ...found, join: opposites[found.join] };
        }),
      );
      said.value = say(id);
    },
    /** Moves a node one step up or down the page. */
    step(id: NodeId, step: 'up' | 'down'): void {
      const place = stepOf(tree.root.value, id, step);
      if (!place) return void (said.value = `${say(id)} is at the ${step === 'up' ? 'top' : 'bottom'}`);
      actions.move(id, place);
      return void focus(id, 'handle');
    },
    move(id: NodeId, place: Place): void {
      tree.change((root) => moveNode(root, id, place));
      const parent = groupsAbove(tree.root.value, id).at(-1);
      said.value = `${say(id)} moved${parent ? ` to ${sayPlace(tree.root.value, parent, id)}` : ''}`;
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

  const most = computed(() => Math.max(1, ...[...count.counts.value.values()].map((each) => each ?? 0)));

  return {
    ...tree,
    ...actions,
    vocabulary,
    checked,
    count,
    frame,
    said,
    dragged,
    say,
    ownSegment,
    /** The largest count in view, which bars are measured by. */
    most,
    /** What is shown belongs to what was built before. */
    isOutdated: computed(() => tree.syntax.value.length > 0 || !count.isCurrent.value),
    canDrop: (place: Place): boolean =>
      dragged.value !== undefined && canMove(tree.root.value, dragged.value, place),
    /** The text as it is typed, or else as the tree says it. */
    text: computed(() => tree.typed.value ?? checked.counted.value.text),
    /** Whether the rule can be saved as it stands: all of it can be read, is finished, and is taken by the API. */
    sound: computed(
      () =>
        tree.syntax.value.length === 0 &&
        checked.complaints.value.size === 0 &&
        checked.counted.value.text !== '' &&
        count.isCurrent.value &&
        count.preview.value !== undefined,
    ),
  };
}

const opposites: Record<Join, Join> = { all: 'not_all', not_all: 'all', any: 'none', none: 'any' };

export type Builder = ReturnType<typeof useBuilder>;

export const builderKey: InjectionKey<Builder> = Symbol('builder');

/** The builder that a part belongs to. */
export function useOwnBuilder(): Builder {
  const builder = inject(builderKey);
  if (!builder) throw new Error('This belongs inside a builder.');
  return builder;
}
