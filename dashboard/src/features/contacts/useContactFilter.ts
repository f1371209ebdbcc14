import type { RuleSourceInput } from '@coterie/client';
import { computed, ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useQueryText } from '../../ui/useQueryText.js';

/** Whom the list shows: everybody, who is searched for, the members of a segment, or who meets a rule. */
export type FilterKind = 'none' | 'search' | 'segment' | 'list' | 'rule';

/**
 * What the list of contacts is narrowed by. The address holds it, so that it can be shared and come back to. A search and
 * a filter put each other aside: a search looks at names, a filter at everything else.
 */
export function useContactFilter() {
  const route = useRoute();
  const router = useRouter();
  const { text, wanted } = useQueryText();
  const of = (name: string): string =>
    typeof route.query[name] === 'string' ? (route.query[name] as string) : '';
  const rule = computed(() => of('rule'));
  const segment = computed(() => of('segment'));
  const list = computed(() => of('list'));
  const kind = computed<FilterKind>(() => {
    if (rule.value) return 'rule';
    if (segment.value) return 'segment';
    if (list.value) return 'list';
    return wanted.value ? 'search' : 'none';
  });
  const source = computed<RuleSourceInput | undefined>(() => {
    if (kind.value === 'rule') return { text: rule.value };
    if (kind.value === 'segment') return { tree: { segment: segment.value } };
    return kind.value === 'list' ? { tree: { list: list.value } } : undefined;
  });

  function filterBy(query: { rule?: string; segment?: string; list?: string }): void {
    text.value = '';
    void router.replace({ query });
  }
  // Whoever begins to search wants to look at everybody.
  watch(wanted, (search) => {
    if (search && source.value) void router.replace({ query: { q: search } });
  });

  return {
    text,
    wanted,
    kind,
    rule,
    segment,
    list,
    /** The filter as the API takes it; undefined where there is none but a search. */
    source,
    /** What is asked for, as a text that differs when it does. */
    question: computed(() => `${kind.value} ${rule.value}${segment.value}${list.value}${wanted.value}`),
    /** Whether the field for a rule is in view. */
    writing: ref(rule.value !== ''),
    filterBy,
    clear: () => filterBy({}),
  };
}
