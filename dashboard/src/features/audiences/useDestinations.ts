import { AudienceDestinationsDocument, type AdPlatform, type DestinationKind } from '@coterie/client';
import { useQuery } from '@urql/vue';
import { computed } from 'vue';

/** What keeps audiences: the platforms, and files, which keep those for any of them. */
const keepers: DestinationKind[] = ['META', 'GOOGLE', 'LINKEDIN', 'TIKTOK', 'X', 'MICROSOFT', 'FILE'];

/** Where audiences of a workspace can go, and the time zone that its schedules go by. */
export function useDestinations(workspaceId: string) {
  const { data } = useQuery({
    query: AudienceDestinationsDocument,
    variables: { workspaceId, kinds: keepers },
  });
  const all = computed(() => data.value?.workspace.destinations.edges.map(({ node }) => node) ?? []);
  return {
    known: computed(() => data.value !== undefined),
    timeZone: computed(() => data.value?.workspace.timeZone ?? 'UTC'),
    byId: (id: string | null | undefined) => all.value.find((each) => each.id === id),
    /** Those that an audience for a platform can go to. */
    forPlatform: (platform: AdPlatform) =>
      // Its own accounts come first.
      all.value
        .filter(({ kind, disabledAt }) => (kind === platform || kind === 'FILE') && !disabledAt)
        .toSorted((one, other) => Number(one.kind === 'FILE') - Number(other.kind === 'FILE')),
  };
}
