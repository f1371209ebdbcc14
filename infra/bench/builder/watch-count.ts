import type { Page } from 'playwright-core';

/** What the page under measure keeps. */
interface Watched {
  coterieWaits: number[];
}

/**
 * Notes in the page, for each change of a rule, how long it took from the event that made it (a key, a click) until its
 * exact count was painted. Whatever the browser and the test need to find and press things is no part of it.
 */
export async function watchCount(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.coterieWaits = [];
    let last = 0;
    let begun: number | undefined;
    const note = (): void => {
      last = performance.now();
      // Of several keys that follow each other the last one counts.
      if (begun !== undefined) begun = last;
    };
    for (const kind of ['input', 'keydown', 'pointerup']) window.addEventListener(kind, note, true);
    const count = document.querySelector('[data-count]') as HTMLElement;
    new MutationObserver(() => {
      if (count.dataset['fresh'] === 'false') begun ??= last;
      else if (begun !== undefined) {
        const from = begun;
        begun = undefined;
        // The frame after this one is drawn with it.
        requestAnimationFrame(() => watched.coterieWaits.push(performance.now() - from));
      }
    }).observe(count, { attributeFilter: ['data-fresh'] });
  });
}

/** The waits so far, in milliseconds. */
export async function waitsOf(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as Watched).coterieWaits);
}
