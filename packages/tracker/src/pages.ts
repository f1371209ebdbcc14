import type { Properties } from './record.js';
import { pathOf, plainUrl } from './touch.js';

let path: string | undefined;
let url: string;
let referrer: string | undefined;
let onView: (() => void) | undefined;

/** The page that is open, as Segment's `context.page`; in a single-page app, the one that its router shows. */
export function describePage(): Properties {
  return {
    path: pathOf(location),
    title: document.title,
    referrer: referrer ?? plainUrl(document.referrer),
  };
}

/** Calls back if another page is open than at the last look. */
export function lookForView(): void {
  const now = pathOf(location);
  if (!onView || now === path) return;
  if (path !== undefined) referrer = url;
  path = now;
  url = plainUrl(location.href);
  onView();
}

/** Calls back for the page that is open and each that follows, once each. */
export function watchViews(callback: () => void): void {
  onView = callback;
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method];
    history[method] = function (...change) {
      original.apply(this, change);
      lookSoon();
    };
  }
  addEventListener('popstate', lookSoon);
  addEventListener('hashchange', lookSoon);
  addEventListener('pageshow', ({ persisted }) => {
    // The browser shows a page as it was left, without loading it again.
    if (persisted) path = '';
    lookSoon();
  });
  lookForView();
}

/** Routers change the address before the page; its title follows a little later. */
function lookSoon(): void {
  setTimeout(lookForView, 50);
}
