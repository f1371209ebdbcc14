import { siteDomain } from './cookie.js';
import { guard, isAllowed, isBrowser, openGate, pass, shutGate } from './gate.js';
import { settings, type Consent, type Options } from './options.js';
import { lookForView, watchViews } from './pages.js';
import { objects } from './privacy.js';
import { dated, record, type Call, type Properties, type Traits } from './record.js';
import { sendLast, sendSoon, watchConnection } from './sender.js';
import { keysFrom, prefix, remove } from './storage.js';
import { isEmpty, touchOf } from './touch.js';
import { anonymousId, forget, remember, renew, touchKey } from './visitor.js';
import { watchClicks, watchForms } from './watch-elements.js';

/** The tag. Its calls never throw. Before `load` and until there is consent they wait; on a server they do nothing. */
export interface Tracker {
  /**
   * Starts: tells the page view, and sends what an earlier page left behind. Only the first call counts.
   * @param writeKey an API key of the workspace with the scope `events:write` alone: everybody can read it.
   */
  load(writeKey: string, options?: Options): void;
  /** Tells a page view that the tag does not see by itself. */
  page(name?: string, properties?: Properties): void;
  /** Tells what the visitor did. */
  track(event: string, properties?: Properties): void;
  /** Tells who the visitor is; what they did so far in this browser becomes theirs. */
  identify(userId: string, traits?: Traits): void;
  /** Tells something about the visitor, whoever they are. */
  identify(traits: Traits): void;
  /** Tells which company the visitor belongs to. */
  group(groupId: string, traits?: Traits): void;
  /** Tells that the visitor has another id from now on. */
  alias(userId: string, previousId?: string): void;
  /** Forgets the visitor, for when they sign out: the next one is somebody else. */
  reset(): void;
  /**
   * Tells what the visitor decided. `granted` lets through what waited. `denied` drops it, removes all that was stored
   * and lets nothing through any more. The decision is not stored: tell it on every page.
   */
  consent(decision: Consent): void;
  /** The id that the visitor has in this browser; undefined while nothing may be stored. */
  anonymousId(): string | undefined;
}

/** How long what brought the visitor here is told with what they do, in days. */
const touchDays = 30;

let isLoaded = false;
let landing: URL | undefined;
let decision: Consent | undefined;

/** The tag of this page. On a server it may be imported, and does nothing. */
export const coterie: Tracker = {
  load(writeKey, options) {
    if (!isBrowser || isLoaded) return;
    isLoaded = true;
    Object.assign(settings, options, { writeKey });
    whenShown(() => guard(start));
  },
  page: (name, properties) => tell({ type: 'page', name, properties }),
  track: (event, properties) => tell({ type: 'track', event, properties }),
  identify(who: string | Traits, traits?: Traits) {
    if (typeof who === 'object') tell({ type: 'identify', traits: who });
    else tell({ type: 'identify', userId: textOf(who), traits });
  },
  group: (groupId, traits) => tell({ type: 'group', groupId: textOf(groupId), traits }),
  alias: (userId, previousId) =>
    tell({ type: 'alias', userId: textOf(userId), previousId: textOf(previousId) }),
  reset: () => pass(forget),
  consent(next) {
    decision = next;
    guard(decide);
  },
  anonymousId: () => (isAllowed() ? anonymousId() : undefined),
};

/** Takes down what was told as it is now, and passes it on when it may be. */
function tell(call: Call): void {
  if (!isBrowser) return;
  guard(() => {
    const taken = dated(call);
    pass(() => record(taken));
  });
}

/** Pages in JavaScript hand over numbers, and nothing at all for somebody who is not signed in. */
function textOf(id: unknown): string | undefined {
  return id ? String(id) : undefined;
}

function start(): void {
  landing = new URL(location.href);
  decide();
  if (settings.pageViews !== false) watchViews(() => coterie.page());
  // Both may lead away from the page, and browsers give one that is left little time: what is told is sent at once.
  if (settings.clicks !== false) {
    watchClicks((event, properties) => {
      coterie.track(event, properties);
      sendLast();
    });
  }
  if (settings.forms !== false) {
    watchForms((event, properties, traits) => {
      if (!isEmpty(traits)) coterie.identify(traits);
      coterie.track(event, properties);
      sendLast();
    });
  }
  watchConnection();
  // The first is the last thing that the browser of a phone is sure to say; the other comes where it does not.
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
  addEventListener('pagehide', leave);
}

function leave(): void {
  lookForView();
  sendLast();
}

/** Opens or shuts the gate, as soon as it is known which. */
function decide(): void {
  if (!landing) return;
  if (decision === 'denied' || (settings.privacySignals !== false && objects(navigator))) {
    shutGate();
    forget();
    keysFrom(prefix).forEach(remove);
  } else if (!isAllowed() && (decision ?? settings.consent) !== 'denied') {
    renew();
    const touch = touchOf(landing, document.referrer, siteDomain() || location.hostname);
    if (touch) remember(touchKey, touch, touchDays);
    openGate();
    sendSoon();
  }
}

/** A page that the browser loads ahead, in case the visitor goes there, has not been visited yet. */
function whenShown(act: () => void): void {
  if ((document as { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', act, { once: true });
  } else act();
}
