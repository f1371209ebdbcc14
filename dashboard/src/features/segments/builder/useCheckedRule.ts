import { print, validate, type Rule, type RuleProblemCode, type RuleSchema } from '@coterie/rules';
import { computed, type Ref } from 'vue';
import { assemble, nodeAt, rowsOf, type Group, type NodeId } from './tree.js';

/** What is wrong with a condition; one that is merely not finished yet is nobody's mistake. */
export interface Complaint {
  message: string;
  isUnfinished: boolean;
}

/** What the empty places of a condition look like to who checks it. */
const unfinished: ReadonlySet<RuleProblemCode> = new Set([
  'MISSING_FIELD',
  'NO_VALUES',
  'BAD_TEXT',
  'BAD_ID',
]);

/**
 * Checks a rule while it is built. Conditions that are not finished, or wrong, are named and left out of what is
 * counted, so that the count of the others goes on.
 * @param schema undefined until it is known what there is; nothing is found wrong before.
 */
export function useCheckedRule(root: Ref<Group>, schema: Ref<RuleSchema | undefined>) {
  const complaints = computed(() => {
    const found = new Map<NodeId, Complaint>();
    for (const row of rowsOf(root.value))
      if (!row.condition) found.set(row.id, { message: 'Choose what to ask for.', isUnfinished: true });
    const { rule, paths } = assemble(root.value);
    if (!rule || !schema.value) return found;
    const checked = validate(rule, schema.value);
    for (const { code, path, message } of checked.ok ? [] : checked.problems) {
      const id = nodeAt(paths, path);
      if (!id || found.has(id)) continue;
      const isUnfinished = unfinished.has(code);
      found.set(id, { isUnfinished, message: isUnfinished ? 'Fill in what is missing.' : message });
    }
    return found;
  });
  const counted = computed(() => {
    const { rule, paths } = assemble(root.value, ({ id }) => !complaints.value.has(id));
    return { rule, paths, text: rule ? textOf(rule) : '' };
  });
  return {
    complaints,
    /** The rule of all conditions that are finished and right. */
    counted,
    unfinished: computed(() => complaints.value.size),
  };
}

/** Before it is known what there is, a condition can be unfinished without anybody knowing. */
function textOf(rule: Rule): string {
  try {
    return print(rule);
  } catch {
    return '';
  }
}
