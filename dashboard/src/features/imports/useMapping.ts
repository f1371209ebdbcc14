import {
  ImportTargetsDocument,
  SuggestedColumnsDocument,
  type ImportColumnInput,
  type ImportDateFormat,
  type ImportKind,
} from '@coterie/client';
import { useQuery } from '@urql/vue';
import { computed, reactive, watch, type Ref } from 'vue';
import { messageOf } from '../../ui/failure.js';
import type { Beginning } from './read-beginning.js';

/** What somebody decided about a column. */
export interface Decision {
  target?: string | null;
  dateFormat?: ImportDateFormat;
}

/** Where the columns of a file go: as the API suggests, and as was decided by hand. */
export function useMapping(
  workspaceId: string,
  kind: Ref<ImportKind>,
  beginning: Ref<Beginning | undefined>,
) {
  const decided = reactive(new Map<string, Decision>());
  watch([beginning, kind], () => decided.clear());

  const asked = computed(() => ({
    kind: kind.value,
    headers: beginning.value?.headers ?? [],
    rows: beginning.value?.rows ?? [],
    columns: [...decided].map(([header, { target, dateFormat }]): ImportColumnInput => ({
      header,
      leftOut: target === null,
      ...(target ? { target } : {}),
      ...(dateFormat ? { dateFormat } : {}),
    })),
  }));
  const suggested = useQuery({
    query: SuggestedColumnsDocument,
    variables: computed(() => ({ workspaceId, file: asked.value })),
    pause: computed(() => beginning.value === undefined),
    requestPolicy: 'network-only',
  });
  const known = useQuery({
    query: ImportTargetsDocument,
    variables: computed(() => ({ workspaceId, kind: kind.value })),
  });
  const answer = computed(() => suggested.data.value?.workspace.suggestedColumns);

  return {
    decided,
    targets: computed(() => known.data.value?.workspace.importTargets ?? []),
    columns: computed(() => {
      const found = answer.value?.columns ?? [];
      // While an answer to an earlier file is still there, nothing of it is shown.
      const headers = beginning.value?.headers ?? [];
      return found.length === headers.length && found.every(({ header }, index) => header === headers[index])
        ? found
        : [];
    }),
    fetching: suggested.fetching,
    /** Why the file would not be taken, in words. */
    problems: computed(() => {
      if (suggested.error.value) return [{ header: '', message: messageOf(suggested.error.value) }];
      return (answer.value?.problems ?? []).map(({ path, message }) => ({
        header: path.startsWith('mapping.') ? path.slice('mapping.'.length) : '',
        // How to say it in the address of the upload is not for people.
        message: message.replace(/ Say which in the mapping:.*$/u, ' Choose how they are written.'),
      }));
    }),
    /** What the upload is told: formats are written small there, and large in GraphQL. */
    mapping: computed(() =>
      Object.fromEntries(
        [...decided].map(([header, { dateFormat, ...rest }]) => [
          header,
          { ...rest, ...(dateFormat ? { dateFormat: dateFormat.toLowerCase() } : {}) },
        ]),
      ),
    ),
    decide(header: string, decision: Decision): void {
      const next = { ...decided.get(header), ...decision };
      decided.set(header, next);
    },
  };
}
