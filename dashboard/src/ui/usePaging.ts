import { computed, ref } from 'vue';

/** The part of a connection's answer that paging needs. */
interface PageEnd {
  hasNextPage: boolean;
  endCursor?: string | null;
}

/**
 * Steps through a connection page by page, remembering the way back.
 * @param pageEnd where the page in view ends, once it is known.
 */
export function usePaging(pageEnd: () => PageEnd | undefined) {
  const trail = ref<string[]>([]);
  return {
    /** The cursor to ask with. */
    after: computed(() => trail.value.at(-1) ?? null),
    /** What PageSteps shows. */
    state: computed(() => ({
      page: trail.value.length + 1,
      hasNext: pageEnd()?.hasNextPage ?? false,
      hasPrevious: trail.value.length > 0,
    })),
    next(): void {
      const cursor = pageEnd()?.endCursor;
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
