import {
  ContactListDocument,
  ContactsWhereDocument,
  CountContactsDocument,
  type ContactListQuery,
} from '@coterie/client';
import { useClientHandle, useQuery } from '@urql/vue';
import { computed, type ComputedRef } from 'vue';
import { problemsOf } from '../../ui/failure.js';
import { useEndless } from '../../ui/useEndless.js';
import { useLive } from '../../ui/useLive.js';
import type { useContactFilter } from './useContactFilter.js';

/** A contact as the list shows it. */
export type ContactCells = ContactListQuery['workspace']['contacts']['edges'][number]['node'];

/** Rows that are asked for at a time: as many as the API gives. */
const first = 100;

/** The contacts that the filter lets through, page after page, and how many they are. */
export function useContactList(
  workspaceId: string,
  filter: ReturnType<typeof useContactFilter>,
  keys: ComputedRef<string[]>,
) {
  const { client } = useClientHandle();
  const options = { requestPolicy: 'network-only' as const };

  const list = useEndless<ContactCells>(
    () => `${filter.question.value} ${keys.value.join()}`,
    async (after) => {
      const page = { workspaceId, first, after, keys: keys.value };
      const rule = filter.source.value;
      if (rule) {
        const { data, error } = await client.query(ContactsWhereDocument, { ...page, rule }, options);
        return { page: data?.workspace.contactsWhere, error };
      }
      const asked = { ...page, search: filter.wanted.value || null, sort: 'newest' as const };
      const { data, error } = await client.query(ContactListDocument, asked, options);
      return { page: data?.workspace.contacts, error };
    },
  );

  const counted = useQuery({
    query: CountContactsDocument,
    variables: computed(() => ({ workspaceId, rule: filter.source.value ?? { tree: { all: [] } } })),
    requestPolicy: 'network-only',
  });
  useLive(() => void counted.executeQuery({ requestPolicy: 'network-only' }));
  const searching = computed(() => filter.kind.value === 'search');

  return {
    ...list,
    /** Rows are replaced, not added to. */
    beginningAnew: computed(() => list.stale.value && list.rows.value.length <= first),
    /** How many there are; unknown of a search. */
    count: computed(() =>
      searching.value || counted.error.value ? undefined : counted.data.value?.previewSegment.count,
    ),
    /** The filter in words. */
    sentence: computed(() =>
      filter.source.value && !counted.error.value ? counted.data.value?.previewSegment.sentence : undefined,
    ),
    /** What is wrong with the rule. */
    problems: computed(() =>
      filter.source.value && list.error.value
        ? problemsOf(list.error.value).map(({ message }) => message)
        : [],
    ),
  };
}
