import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** The part of a connection's answer that paging needs. */
interface PageEnd {
  hasNextPage: boolean;
  endCursor?: string | null;
}

/** Where one is in a list. */
export interface PageState {
  /** How many items come before; undefined on a page that was opened by its address. */
  offset: number | undefined;
  hasNext: boolean;
  hasPrevious: boolean;
}

/**
 * Steps through a connection. The address holds the cursor, so that a page can be reloaded, left and come back to; the
 * browser's history holds the way back.
 * @param size how long a page is.
 * @param pageEnd where the page in view ends, once it is known.
 */
export function usePaging(size: number, pageEnd: () => PageEnd | undefined) {
  const route = useRoute();
  const router = useRouter();
  const after = computed(() => (typeof route.query['after'] === 'string' ? route.query['after'] : null));
  // Read anew whenever the address changes: the history's state changes with it.
  const trail = computed(() => {
    void route.fullPath;
    return after.value === null ? [] : (history.state?.['trail'] as string[] | undefined);
  });

  function go(cursor: string | null, cursorsBefore: string[] | undefined): void {
    const query = { ...route.query, after: cursor ?? undefined };
    void router.push({ query, ...(cursorsBefore ? { state: { trail: cursorsBefore } } : {}) });
  }

  return {
    /** The cursor to ask with. */
    after,
    /** What PageSteps shows. */
    state: computed<PageState>(() => ({
      offset: trail.value && trail.value.length * size,
      hasNext: pageEnd()?.hasNextPage ?? false,
      hasPrevious: after.value !== null,
    })),
    next(): void {
      const cursor = pageEnd()?.endCursor;
      if (cursor) go(cursor, trail.value && [...trail.value, after.value ?? '']);
    },
    previous(): void {
      const before = trail.value?.at(-1);
      go(before || null, before ? trail.value?.slice(0, -1) : []);
    },
  };
}
