import { parse, type ParseProblem } from '@coterie/rules';
import { computed, shallowRef } from 'vue';
import { record, redo, startHistory, undo } from './history.js';
import { reconcile } from './reconcile.js';
import { newGroup, toTree, type Group } from './tree.js';

interface State {
  root: Group;
  /** As somebody typed it; absent where the tree was changed, whose text is written anew. */
  typed?: string;
}

/**
 * A rule while it is built, as a tree and as text. What is changed in one is at once in the other; every change can be
 * undone. Text that cannot be read leaves the tree as it was.
 */
export function useRuleTree(initial: string) {
  const history = shallowRef(startHistory(fromText(newGroup('all'), initial)));
  const root = computed(() => history.value.present.root);
  const typed = computed(() => history.value.present.typed);

  function go(state: State, key?: string): void {
    history.value = record(history.value, state, Date.now(), key);
  }

  return {
    root,
    /** The text that somebody typed, until the tree is changed otherwise. */
    typed,
    syntax: computed<ParseProblem[]>(() => problemsIn(typed.value)),
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    /**
     * Changes the tree.
     * @param key names the field that is typed in, so that its keys are undone together.
     */
    change(operation: (root: Group) => Group, key?: string): void {
      const next = operation(root.value);
      if (next !== root.value) go({ root: next }, key);
    },
    write(text: string): void {
      if (text !== typed.value) go(fromText(root.value, text), 'text');
    },
    undo: (): void => void (history.value = undo(history.value)),
    redo: (): void => void (history.value = redo(history.value)),
  };
}

export type RuleTree = ReturnType<typeof useRuleTree>;

function fromText(root: Group, text: string): State {
  if (text.trim() === '') return { root: { ...root, children: [] }, typed: text };
  const parsed = parse(text);
  return parsed.ok
    ? { root: reconcile(root, toTree(parsed.rule)), typed: text }
    : { root: { ...root }, typed: text };
}

function problemsIn(text: string | undefined): ParseProblem[] {
  if (text === undefined || text.trim() === '') return [];
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.problems;
}
