import { settings } from './options.js';
import { coterie, type Tracker } from './tracker.js';

/** What the snippet leaves in `window.coterie` until this script is there. */
interface Snippet extends Partial<Tracker> {
  /** The calls so far. */
  q?: [method: keyof Tracker, args: unknown[]][];
}

/** Puts the tag in the snippet's place and does what was called meanwhile, in order. A second script does nothing. */
function takeOver(page: { coterie?: Snippet }, script: HTMLScriptElement | null): void {
  const snippet = page.coterie?.load && page.coterie;
  const calls = snippet?.q;
  if (snippet && !calls) return;
  // Who has put the snippet's object into a variable goes on with it.
  page.coterie = Object.assign(snippet ?? {}, coterie, { q: undefined });
  for (const [name, value] of Object.entries(script?.dataset ?? {})) {
    (settings as Record<string, unknown>)[name] = value !== 'false' && value;
  }
  settings.host ??= script ? new URL(script.src).origin : undefined;
  if (settings.writeKey) coterie.load(settings.writeKey);
  for (const [method, args] of calls ?? []) (coterie[method] as (...args: unknown[]) => void)(...args);
}

takeOver(window as { coterie?: Snippet }, document.currentScript as HTMLScriptElement | null);
