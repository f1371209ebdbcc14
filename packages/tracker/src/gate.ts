/** On a server nothing is done, nor kept: many people share its memory. */
export const isBrowser = typeof document !== 'undefined';

/** Calls that wait at most; then the oldest are dropped. */
const mostWaiting = 100;

const waiting: (() => void)[] = [];
/** Calls are carried out (true), dropped (false), or wait until one or the other is decided. */
let isOpen: boolean | undefined;

/** Carries it out now, later, or never. */
export function pass(act: () => void): void {
  if (isOpen) guard(act);
  else if (isBrowser && isOpen === undefined && waiting.push(act) > mostWaiting) waiting.shift();
}

/** Carries out what waits, in order, and whatever comes. */
export function openGate(): void {
  isOpen = true;
  waiting.splice(0).forEach(guard);
}

/** Drops what waits, and whatever comes. */
export function shutGate(): void {
  isOpen = false;
  waiting.length = 0;
}

/** Whether there is consent. */
export const isAllowed = (): boolean => isOpen === true;

/** Does it without ever throwing: a page must not suffer from what it tells. */
export function guard(act: () => void): void {
  try {
    act();
  } catch (error) {
    console.warn('coterie:', error);
  }
}
