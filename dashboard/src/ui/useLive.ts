import { useDocumentVisibility, useIntervalFn } from '@vueuse/core';
import { watch } from 'vue';

/** How often what moves is asked for anew, in milliseconds. */
const refreshEveryMs = 10_000;

/** Asks again every few seconds while the page is in view, and at once when it comes back into view. */
export function useLive(ask: () => void, everyMs = refreshEveryMs): void {
  const visibility = useDocumentVisibility();
  const { pause, resume } = useIntervalFn(ask, everyMs);
  watch(visibility, (state) => {
    if (state === 'hidden') return pause();
    ask();
    return resume();
  });
}
