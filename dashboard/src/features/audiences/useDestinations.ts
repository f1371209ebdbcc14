import { AudienceDestinationsDocument, type AdPlatform } from '@coterie/client';
import { useQuery } from '@urql/vue';
import { computed } from 'vue';

const adPlatforms: AdPlatform[] = ['META', 'GOOGLE', 'LINKEDIN', 'TIKTOK', 'X', 'MICROSOFT'];

/** The ad accounts of a workspace, and the time zone that its schedules go by. */
export function useDestinations(workspaceId: string) {
  const { data } = useQuery({
    query: AudienceDestinationsDocument,
    variables: { workspaceId, kinds: adPlatforms },
  });
  const all = computed(() => data.value?.workspace.destinations.edges.map(({ node }) => node) ?? []);
  return {
    known: computed(() => data.value !== undefined),
    timeZone: computed(() => data.value?.workspace.timeZone ?? 'UTC'),
    byId: (id: string | null | undefined) => all.value.find((each) => each.id === id),
    /** Those that an audience for a platform can go to. */
    forPlatform: (platform: AdPlatform) =>
      all.value.filter(({ kind, disabledAt }) => kind === platform && !disabledAt),
  };
}
