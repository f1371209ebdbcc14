import { AttributeValuesDocument, EventDetailsDocument, FindEventNamesDocument } from '@coterie/client';
import { useQuery } from '@urql/vue';
import { refDebounced } from '@vueuse/core';
import { computed, ref, type Ref } from 'vue';
import { useWorkspace } from '../../../shared/viewer.js';
import { formatCount, formatQuantity } from '../../../ui/format.js';
import type { KnownAttribute } from '../useVocabulary.js';

/** A value that is really there, and how many have it. */
export interface Suggestion {
  value: string;
  hint?: string;
}

/** How long to wait for another key before looking for values, in milliseconds. */
const pause = 150;

/**
 * The values that an attribute has, the most common first. Nothing is asked before `wanted`, which is once somebody is in
 * the field: a rule of many conditions is opened without a question for each.
 */
export function useAttributeValues(attribute: Ref<KnownAttribute | undefined>) {
  const { workspaceId } = useWorkspace();
  const wanted = ref(false);
  const search = ref('');
  const words = refDebounced(search, pause);
  const { data, fetching } = useQuery({
    query: AttributeValuesDocument,
    variables: computed(() => ({
      workspaceId,
      key: attribute.value?.ownKey ?? '',
      subject: attribute.value?.subject ?? ('contact' as const),
      search: attribute.value?.type === 'number' ? null : words.value.trim() || null,
    })),
    pause: computed(() => !wanted.value || !attribute.value || attribute.value.type === 'date'),
    requestPolicy: 'cache-first',
  });
  return {
    wanted,
    search,
    loading: fetching,
    suggestions: computed<Suggestion[]>(() =>
      (data.value?.workspace.attributeValues.edges ?? []).map(({ node }) => ({
        value: String(node.value),
        hint: formatCount(node.count),
      })),
    ),
  };
}

/** The names that events have, found by a part of them. */
export function useEventNames() {
  const { workspaceId } = useWorkspace();
  const search = ref('');
  const words = refDebounced(search, pause);
  const { data, fetching } = useQuery({
    query: FindEventNamesDocument,
    variables: computed(() => ({ workspaceId, search: words.value.trim() || null })),
    requestPolicy: 'cache-first',
  });
  return {
    search,
    loading: fetching,
    names: computed(() => (data.value?.workspace.eventNames.edges ?? []).map(({ node }) => node)),
  };
}

/**
 * What events of a name were done to and what is known of them, as the latest ones of some contacts say: enough to choose
 * from, and no list of all there is.
 */
export function useEventDetails(name: Ref<string>) {
  const { workspaceId } = useWorkspace();
  const wanted = ref(false);
  const { data, fetching } = useQuery({
    query: EventDetailsDocument,
    variables: computed(() => ({
      workspaceId,
      name: name.value,
      rule: `event ${JSON.stringify(name.value)}`,
    })),
    pause: computed(() => !wanted.value || name.value === ''),
    requestPolicy: 'cache-first',
  });
  const events = computed(() =>
    (data.value?.workspace.contactsWhere.edges ?? []).flatMap(({ node }) =>
      node.events.edges.map((edge) => edge.node),
    ),
  );
  const values = computed(() => {
    const found = new Map<string, unknown[]>();
    for (const { properties } of events.value)
      for (const [key, value] of Object.entries(properties)) {
        const list = found.get(key) ?? [];
        list.push(value);
        found.set(key, list);
      }
    return found;
  });
  return {
    wanted,
    loading: fetching,
    targets: computed(() => mostCommon(events.value.map(({ target }) => target))),
    properties: computed(() =>
      [...values.value].map(([key, list]) => ({
        value: key,
        hint: typeof list[0] === 'string' ? 'text' : typeof list[0],
      })),
    ),
    /** What the values of a property are, going by the first of them. */
    typeOf: (property: string): 'text' | 'number' | 'boolean' => {
      const [first] = values.value.get(property) ?? [];
      return typeof first === 'number' ? 'number' : typeof first === 'boolean' ? 'boolean' : 'text';
    },
    valuesOf: (property: string): Suggestion[] => mostCommon(values.value.get(property) ?? []),
  };
}

export type EventDetails = ReturnType<typeof useEventDetails>;

function mostCommon(values: readonly unknown[]): Suggestion[] {
  const counts = new Map<string, number>();
  for (const value of values)
    if (typeof value === 'string' || typeof value === 'number')
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 30)
    .map(([value, count]) => ({ value, hint: `${formatQuantity(count, 'time')} lately` }));
}
