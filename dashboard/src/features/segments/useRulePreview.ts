import { PreviewSegmentDocument, type PreviewSegmentQuery } from '@coterie/client';
import { describe, parse, walk, type Names, type ParseProblem, type Rule } from '@coterie/rules';
import { useQuery } from '@urql/vue';
import { refDebounced } from '@vueuse/core';
import { computed, shallowRef, watch, type Ref } from 'vue';
import { codeOf, messageOf, problemsOf, type Problem } from '../../ui/failure.js';
import { useLive } from '../../ui/useLive.js';

/** One condition of a rule, and how many contacts meet it by itself. */
export interface ConditionCount {
  path: string;
  depth: number;
  /** A group says how its conditions go together. */
  group: boolean;
  sentence: string;
  count: number;
}

export type Preview = PreviewSegmentQuery['previewSegment'];

/**
 * Follows a rule while it is written. What cannot be read is said at once, here in the browser; what can is counted by
 * the API a moment after the last key, and a count that is not wanted any more is abandoned.
 */
export function useRulePreview(workspaceId: string, text: Ref<string>, names: Ref<Names>) {
  const settled = refDebounced(text, 300);
  const parsed = computed(() => parse(text.value));
  const empty = computed(() => text.value.trim() === '');
  const syntax = computed<ParseProblem[]>(() =>
    empty.value || parsed.value.ok ? [] : parsed.value.problems,
  );
  const worthCounting = computed(() => settled.value.trim() !== '' && parse(settled.value).ok);

  const { data, error, fetching, executeQuery } = useQuery({
    query: PreviewSegmentDocument,
    variables: computed(() => ({ workspaceId, text: settled.value })),
    pause: computed(() => !worthCounting.value),
    requestPolicy: 'network-only',
  });
  useLive(() => {
    if (worthCounting.value) void executeQuery({ requestPolicy: 'network-only' });
  });

  // The last count stays in view while the next one is on its way.
  const shown = shallowRef<Preview>();
  watch(data, (next) => next && (shown.value = next.previewSegment));
  watch([empty, error], ([nothing, failed]) => (nothing || failed) && (shown.value = undefined));
  const current = computed(() => syntax.value.length === 0 && !error.value && text.value === settled.value);

  return {
    empty,
    /** What cannot be read, each with its place in the text. */
    syntax,
    /** What can be read but means nothing here, such as an attribute that does not exist. */
    meaning: computed<(Problem & { condition: string })[]>(() => {
      if (syntax.value.length > 0 || codeOf(error.value) !== 'INVALID_RULE') return [];
      const rule = parsed.value.ok ? parsed.value.rule : undefined;
      return problemsOf(error.value).map((problem) => ({
        ...problem,
        condition: rule ? sentenceAt(rule, problem.path, names.value) : '',
      }));
    }),
    /** Why there is no count, when it is not the rule’s fault. */
    trouble: computed(() =>
      error.value && codeOf(error.value) !== 'INVALID_RULE' ? messageOf(error.value) : '',
    ),
    preview: shown,
    conditions: computed(() => (shown.value ? conditionsOf(shown.value, names.value) : [])),
    /** Whether what is shown belongs to what is written. */
    upToDate: computed(() => current.value && shown.value !== undefined && !fetching.value),
    counting: fetching,
    /** Whether the rule as it stands was counted and can be saved. */
    sound: computed(() => current.value && shown.value !== undefined),
  };
}

/** The rule's nodes with their counts, a group before its conditions. What is not the case is one condition, not two. */
function conditionsOf(preview: Preview, names: Names): ConditionCount[] {
  const counts = new Map(preview.nodes.map(({ path, count }) => [path, count]));
  const steps = [...walk(preview.rule as unknown as Rule)];
  const negated = new Set(
    steps.flatMap(({ node, path }) => ('not' in node && !isGroup(node.not) ? [`${path}.not`] : [])),
  );
  return steps
    .filter(({ path }) => counts.has(path) && !negated.has(path))
    .map(({ node, path, depth }) => ({
      path,
      depth,
      group: isGroup(node),
      sentence: sentenceOf(node, names),
      count: counts.get(path) ?? 0,
    }));
}

/** Whether a node only says how others go together. */
function isGroup(rule: Rule): boolean {
  return 'all' in rule || 'any' in rule || ('not' in rule && isGroup(rule.not));
}

function sentenceOf(rule: Rule, names: Names): string {
  if ('all' in rule) return 'All of these';
  if ('any' in rule) return 'At least one of these';
  if ('not' in rule && isGroup(rule)) return 'Not this';
  const sentence = describe(rule, names)
    .replace(/^Everyone /, '')
    .replace(/\.$/, '');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The sentence of the innermost condition that a problem's path leads into. */
function sentenceAt(rule: Rule, path: string, names: Names): string {
  const within = [...walk(rule)].filter(
    (step) =>
      path === step.path || /^[.[]/.test(path.startsWith(step.path) ? path.slice(step.path.length) : ''),
  );
  const innermost = within.at(-1);
  return innermost ? sentenceOf(innermost.node, names) : '';
}
