import { ImportDocument, ImportProgressDocument } from '@coterie/client';
import { useQuery, useSubscription } from '@urql/vue';
import { computed } from 'vue';
import { isUnderWay } from '../../shared/import-state.js';
import { useLive } from '../../ui/useLive.js';

/**
 * One import as it goes on: by what the API sends while it is under way, and asked for now and then in case nothing can
 * be sent. It can be left and come back to at any time.
 */
export function useImport(workspaceId: string, importId: string) {
  const { data, error, executeQuery } = useQuery({
    query: ImportDocument,
    variables: { workspaceId, importId },
    requestPolicy: 'network-only',
  });
  const askAgain = (): void => void executeQuery({ requestPolicy: 'network-only' });
  const found = computed(() => data.value?.workspace.import);
  const undoing = computed(() => found.value?.undo && isUnderWay(found.value.undo));
  const moving = computed(
    () => found.value !== undefined && (isUnderWay(found.value) || undoing.value === true),
  );
  const sent = useSubscription({
    query: ImportProgressDocument,
    variables: { workspaceId, importId },
    pause: computed(() => !moving.value),
  });
  useLive(() => moving.value && askAgain(), 2000);
  return {
    /** What is known, the progress as it was sent last. */
    found: computed(() => {
      const latest = sent.data.value?.importProgress;
      if (!found.value || !latest || !moving.value) return found.value;
      return latest.progress.rowsRead >= found.value.progress.rowsRead
        ? { ...found.value, progress: latest.progress, state: found.value.state }
        : found.value;
    }),
    moving,
    undoing,
    error,
    askAgain,
  };
}
