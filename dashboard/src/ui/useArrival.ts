import { onMounted, type Ref } from 'vue';

let pagesShown = 0;

/**
 * Moves the focus to a new page's heading, so that a screen reader says where one has come to and the keyboard goes on
 * from there. The first page after loading keeps the browser's own start.
 */
export function useArrival(heading: Ref<HTMLElement | null>): void {
  onMounted(() => {
    pagesShown += 1;
    const elsewhere = document.activeElement?.closest('[role="dialog"], form') ?? null;
    if (pagesShown > 1 && elsewhere === null) heading.value?.focus({ preventScroll: true });
  });
}
