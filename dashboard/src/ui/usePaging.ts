import { computed, ref, type Ref } from 'vue';

/** The part of a connection's answer that paging needs. */
interface PageEnd {
  hasNextPage: boolean;
  endCursor?: string | null;
}

/**
 * Steps through a connection page by page, remembering the way back.
 * @param pageInfo where the page in view ends.
 */
export function usePaging(pageInfo: Ref<PageEnd | undefined>) {
  const trail = ref<string[]>([]);
  return {
    /** The cursor to ask with. */
    after: computed(() => trail.value.at(-1) ?? null),
    /** From 1. */
    page: computed(() => trail.value.length + 1),
    hasNext: computed(() => pageInfo.value?.hasNextPage ?? false),
    hasPrevious: computed(() => trail.value.length > 0),
    next(): void {
      const cursor = pageInfo.value?.endCursor;
      if (cursor) trail.value = [...trail.value, cursor];
    },
    previous(): void {
      trail.value = trail.value.slice(0, -1);
    },
    reset(): void {
      trail.value = [];
    },
  };
}
