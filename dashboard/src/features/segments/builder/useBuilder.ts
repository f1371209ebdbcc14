import { computed, inject, ref, shallowRef, type InjectionKey } from 'vue';
import { useWorkspace } from '../../../shared/viewer.js';
import { useVocabulary } from '../useVocabulary.js';
import { canMove, type Place } from './tree-operations.js';
import type { NodeId } from './tree.js';
import { useCheckedRule } from './useCheckedRule.js';
import { useNodeActions, useNodeChanges } from './useNodeActions.js';
import { useRuleCount } from './useRuleCount.js';
import { useRuleTree } from './useRuleTree.js';

/** Everything that the parts of the builder share: the rule, what is known of it, and what can be done with it. */
export function useBuilder(initial: string, ownSegment: string | undefined) {
  const { workspaceId } = useWorkspace();
  const vocabulary = useVocabulary();
  const tree = useRuleTree(initial);
  const checked = useCheckedRule(tree.root, vocabulary.schema);
  const count = useRuleCount(workspaceId, checked.counted);
  const frame = shallowRef<HTMLElement | null>(null);
  /** What was done, for whoever hears the page. */
  const said = ref('');
  /** What is being dragged. */
  const dragged = ref<NodeId>();

  const stage = { tree, vocabulary, frame, said };

  const most = computed(() => Math.max(1, ...[...count.counts.value.values()].map((each) => each ?? 0)));

  return {
    ...tree,
    ...useNodeActions(stage),
    ...useNodeChanges(stage),
    vocabulary,
    checked,
    count,
    frame,
    said,
    dragged,
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

export type Builder = ReturnType<typeof useBuilder>;

export const builderKey: InjectionKey<Builder> = Symbol('builder');

/** The builder that a part belongs to. */
export function useOwnBuilder(): Builder {
  const builder = inject(builderKey);
  if (!builder) throw new Error('This belongs inside a builder.');
  return builder;
}
