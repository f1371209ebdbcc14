import {
  ArchiveCustomAudienceDocument,
  AudienceSyncProgressDocument,
  CancelAudienceSyncDocument,
  CustomAudienceDocument,
  EmptyCustomAudienceDocument,
  PauseCustomAudienceDocument,
  ResumeCustomAudienceDocument,
  SyncCustomAudienceDocument,
  UnarchiveCustomAudienceDocument,
} from '@coterie/client';
import { useQuery, useSubscription } from '@urql/vue';
import { computed, watch } from 'vue';
import { useLive } from '../../ui/useLive.js';
import { useSubmit } from '../../ui/useSubmit.js';
import { isUnderWay } from './words.js';

/** One custom audience as it is brought up to date, and what can be done with it. */
export function useAudience(workspaceId: string, audienceId: string) {
  const toast = useToast();
  const { data, error, executeQuery } = useQuery({
    query: CustomAudienceDocument,
    variables: { workspaceId, audienceId },
  });
  const askAgain = (): void => void executeQuery({ requestPolicy: 'network-only' });
  const stored = computed(() => data.value?.workspace.customAudience);
  const sent = useSubscription({
    query: AudienceSyncProgressDocument,
    variables: { workspaceId, audienceId },
    pause: computed(() => !stored.value?.destinationId),
  });
  /** The latest sync, as it was sent last. */
  const sync = computed(() => {
    const asked = stored.value?.lastSync;
    const heard = sent.data.value?.audienceSyncProgress;
    if (!heard || !asked) return heard ?? asked;
    // Ids are in the order of time.
    return heard.id >= asked.id && (isUnderWay(asked) || heard.id > asked.id) ? heard : asked;
  });
  const moving = computed(() => isUnderWay(sync.value));
  useLive(askAgain, 5000);
  // What the platform holds is known anew once a sync has ended.
  watch([moving, () => sync.value?.id], askAgain);

  const actions = {
    archive: useSubmit(ArchiveCustomAudienceDocument),
    unarchive: useSubmit(UnarchiveCustomAudienceDocument),
    sync: useSubmit(SyncCustomAudienceDocument),
    pause: useSubmit(PauseCustomAudienceDocument),
    resume: useSubmit(ResumeCustomAudienceDocument),
    empty: useSubmit(EmptyCustomAudienceDocument),
  };
  const cancellation = useSubmit(CancelAudienceSyncDocument);
  function complain(description: string): void {
    toast.add({ title: 'Nothing was changed', description, color: 'error' });
  }
  return {
    audience: computed(() => stored.value && { ...stored.value, lastSync: sync.value ?? null }),
    sync,
    error,
    askAgain,
    busy: computed(() => Object.values(actions).some(({ pending }) => pending.value)),
    cancelling: cancellation.pending,
    /** Does it; says why when it cannot be done. */
    async act(name: keyof typeof actions): Promise<boolean> {
      const done = await actions[name].submit({ workspaceId, input: { id: audienceId } });
      if (!done) complain(actions[name].message.value);
      askAgain();
      return done !== undefined;
    },
    async cancel(): Promise<void> {
      const id = sync.value?.id;
      if (id && !(await cancellation.submit({ workspaceId, input: { id } })))
        complain(cancellation.message.value);
      askAgain();
    },
  };
}
