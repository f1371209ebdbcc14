import type { CombinedError } from '@urql/vue';
import { computed, ref, shallowRef, watch } from 'vue';

/** One page of a connection, as far as a list that goes on needs it. */
export interface EndlessPage<Node> {
  edges: readonly { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/** A page, or why there is none. */
export type PageAnswer<Node> = { page?: EndlessPage<Node> | undefined; error?: CombinedError | undefined };

/**
 * A list that goes on as one scrolls. What is asked for may change at any time: the list begins anew then, and answers to
 * what was asked before are passed over.
 * @param question what is asked, as a text: another one begins the list anew; undefined asks nothing.
 * @param ask asks for the page after a cursor.
 */
export function useEndless<Node extends { id: string }>(
  question: () => string | undefined,
  ask: (after: string | null) => Promise<PageAnswer<Node>>,
) {
  const rows = shallowRef<Node[]>([]);
  const error = shallowRef<CombinedError>();
  const loading = ref(false);
  const known = ref(false);
  const hasMore = ref(true);
  let cursor: string | null = null;
  let round = 0;

  async function load(fresh: boolean): Promise<void> {
    const mine = round;
    loading.value = true;
    const answer = await ask(fresh ? null : cursor);
    if (mine !== round) return;
    loading.value = false;
    error.value = answer.error;
    if (!answer.page) return;
    const { edges, pageInfo } = answer.page;
    const before = fresh ? [] : rows.value;
    const seen = new Set(before.map(({ id }) => id));
    rows.value = [...before, ...edges.map(({ node }) => node).filter(({ id }) => !seen.has(id))];
    cursor = pageInfo.endCursor ?? null;
    hasMore.value = pageInfo.hasNextPage;
    known.value = true;
  }

  function begin(): void {
    round += 1;
    error.value = undefined;
    if (question() === undefined) {
      loading.value = false;
      rows.value = [];
      return;
    }
    hasMore.value = true;
    void load(true);
  }
  watch(question, begin, { immediate: true });

  return {
    rows,
    error,
    /** Whether an answer has come at all. */
    known,
    loading,
    hasMore,
    /** Whether what is shown is about to be replaced. */
    stale: computed(() => loading.value && known.value),
    /** Asks for the next page, unless one is on its way, there is none, or the last one failed. */
    more(): void {
      if (!loading.value && hasMore.value && known.value && !error.value) void load(false);
    },
    /** Begins anew. */
    again: begin,
  };
}
