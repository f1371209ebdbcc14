import { PreviewSegmentDocument, type PreviewSegmentQuery } from '@coterie/client';
import { useClientHandle, type CombinedError } from '@urql/vue';
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import { codeOf, messageOf, problemsOf } from '../../../ui/failure.js';
import { useLive } from '../../../ui/useLive.js';
import { nodeAt, type NodeId } from './tree.js';

export type Preview = PreviewSegmentQuery['previewSegment'];

/** A rule that is worth counting, and where its nodes stand in it. */
export interface Counted {
  text: string;
  paths: ReadonlyMap<NodeId, string>;
}

interface Answer extends Counted {
  preview: Preview | undefined;
  error: CombinedError | undefined;
}

/** How long after a question the next one may be asked, in milliseconds: whoever types faster is asked for once. */
const pause = 80;
/** How many members to show. */
const sampleSize = 5;

/**
 * Counts a rule while it is built: at once, and a moment after the last of several keys that follow each other closely.
 * A count that is not wanted any more is abandoned, and the last one stays in view while the next one is on its way.
 */
export function useRuleCount(workspaceId: string, counted: Ref<Counted>) {
  const { client } = useClientHandle();
  const answer = shallowRef<Answer>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAsked = 0;
  let abandon = (): void => {};

  function stop(): void {
    clearTimeout(timer);
    abandon();
  }
  function ask(): void {
    stop();
    const asked = counted.value;
    if (asked.text === '') return;
    lastAsked = Date.now();
    const variables = { workspaceId, text: asked.text, sampleSize };
    const { unsubscribe } = client
      .query(PreviewSegmentDocument, variables, { requestPolicy: 'network-only' })
      .subscribe(({ data, error }) => {
        answer.value = { ...asked, error, preview: error ? undefined : data?.previewSegment };
      });
    abandon = unsubscribe;
  }
  watch(
    () => counted.value.text,
    (text) => {
      stop();
      const wait = lastAsked + pause - Date.now();
      if (text === '') answer.value = undefined;
      else if (wait > 0) timer = setTimeout(ask, wait);
      else ask();
    },
    { immediate: true },
  );
  useLive(ask);
  onScopeDispose(stop);

  const isCurrent = computed(() => answer.value?.text === counted.value.text);
  const counts = computed(() => {
    const byPath = new Map(answer.value?.preview?.nodes.map(({ path, count }) => [path, count]));
    const paths = isCurrent.value ? counted.value.paths : answer.value?.paths;
    return new Map([...(paths ?? [])].map(([id, path]) => [id, byPath.get(path)]));
  });
  const isRefused = computed(() => (codeOf(answer.value?.error) ?? 'INTERNAL') in refusals);

  return {
    preview: computed(() => answer.value?.preview),
    /** How many contacts meet each node by itself. */
    counts,
    isCurrent,
    /** What the API finds wrong, at the condition that it is about. */
    refused: computed(() => {
      const { error, paths } = answer.value ?? {};
      if (!error || !paths || !isRefused.value || !isCurrent.value) return new Map<NodeId, string>();
      const found = problemsOf(error).map(({ path, message }) => [nodeAt(paths, path), message] as const);
      return new Map(found.filter((entry): entry is [NodeId, string] => entry[0] !== undefined));
    }),
    /** Why there is no count, where it is nothing about a condition. */
    trouble: computed(() => {
      const { error } = answer.value ?? {};
      return error && !isRefused.value ? messageOf(error) : '';
    }),
    askAgain: ask,
  };
}

/** What is wrong with a rule, rather than with the way to the API. */
const refusals = { INVALID_RULE: true, SEGMENT_CYCLE: true } as const;
