import { SegmentGrowthDocument, SegmentTransitionsDocument } from '@coterie/client';
import { useQuery } from '@urql/vue';
import { computed, ref } from 'vue';
import { useWorkspace } from '../../shared/viewer.js';
import { useLive } from '../../ui/useLive.js';
import { usePaging } from '../../ui/usePaging.js';
import { daily } from './daily.js';

/** Over how many days to look back. */
export const stretches = [7, 30, 90] as const;
const pageSize = 25;

/** How a segment grew and shrank, day by day, and who came and went. */
export function useSegmentGrowth(segmentId: string) {
  const { workspace, workspaceId } = useWorkspace();
  const days = ref<(typeof stretches)[number]>(30);
  const growth = useQuery({
    query: SegmentGrowthDocument,
    variables: computed(() => ({
      workspaceId,
      segmentId,
      // A day before the first, so that its size is known from its beginning.
      from: new Date(startOfToday() - days.value * 86_400_000).toISOString(),
    })),
  });
  const paging = usePaging(pageSize, () => page.value?.pageInfo);
  const transitions = useQuery({
    query: SegmentTransitionsDocument,
    variables: computed(() => ({ workspaceId, segmentId, first: pageSize, after: paging.after.value })),
  });
  const page = computed(() => transitions.data.value?.workspace.segment.transitions);
  const segment = computed(() => growth.data.value?.workspace.segment);
  function askAgain(): void {
    void growth.executeQuery({ requestPolicy: 'network-only' });
    void transitions.executeQuery({ requestPolicy: 'network-only' });
  }
  useLive(askAgain);
  return {
    days,
    error: computed(() => growth.error.value ?? transitions.error.value),
    membership: computed(() => segment.value?.materialised),
    isLoading: computed(() => !segment.value),
    points: computed(() =>
      segment.value ? daily(segment.value.sizeHistory, days.value, workspace.value.timeZone, Date.now()) : [],
    ),
    transitions: computed(() => page.value?.edges.map(({ cursor, node }) => ({ cursor, ...node }))),
    isFetching: transitions.fetching,
    paging,
    askAgain,
  };
}

/** Stays the same for a day, so that what is asked does, too. */
function startOfToday(): number {
  return Math.floor(Date.now() / 86_400_000) * 86_400_000;
}
