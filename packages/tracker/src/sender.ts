import { isAllowed } from './gate.js';
import { settings } from './options.js';
import { nextEntries, type Entry } from './queue.js';
import { get, prefix, remove, set } from './storage.js';

/** Messages that come within this time travel together, in milliseconds. */
const gathering = 200;
/** An answer that takes longer is not waited for, in milliseconds. */
const patience = 30_000;
/** No wait is longer, whatever was asked for, in seconds: the clock may have been put back meanwhile. */
const longestWait = 3600;
const waitKey = `${prefix}wait`;

/**
 * How long to wait after so many failures in a row, in seconds: doubling up to five minutes, of which chance takes up to
 * half, so that the browsers which an outage has gathered do not all come back at once.
 * @param retryAfter what the server asks for, as its header says it: seconds or a date. It is never undercut.
 */
export function waitAfter(failures: number, retryAfter: string | null | undefined): number {
  const asked = Number(retryAfter) || (Date.parse(retryAfter!) - Date.now()) / 1000 || 0;
  const ours = Math.min(300, 2 ** failures) * (1 - Math.random() / 2);
  return Math.min(longestWait, Math.max(ours, asked));
}

/**
 * Whether the same may succeed later. A wrong key may be put right; any other refusal is for good.
 * @param status 0 when there was no answer.
 */
export function isWorthRetrying(status: number): boolean {
  return status < 200 || status > 499 || [401, 403, 408, 429].includes(status);
}

const underWay = new Set<string>();
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** What an earlier page has left is not sent either before there is consent on this one. */
const next = (): Entry[] => (isAllowed() ? nextEntries((key) => underWay.has(key)) : []);
const endpoint = (): string => `${settings.host ?? ''}/v1/b`;

/** `sentAt` lets the server correct the times of a clock that is wrong. */
function bodyOf(entries: readonly Entry[]): string {
  const envelope = JSON.stringify({ writeKey: settings.writeKey, sentAt: new Date() });
  return `${envelope.slice(0, -1)},"batch":[${entries.map(({ message }) => message)}]}`;
}

/** Sends what is in the queue, together with what comes within a moment. */
export function sendSoon(): void {
  if (!timer) sendIn(gathering);
}

function sendIn(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(send, milliseconds);
}

/** Of all tabs one sends at a time, where the browser has locks and grants them: where not, some is sent twice. */
async function send(): Promise<void> {
  timer = undefined;
  try {
    await navigator.locks.request(prefix, drain);
  } catch {
    await drain();
  }
}

async function drain(): Promise<void> {
  for (let entries = next(); entries.length > 0 && navigator.onLine; entries = next()) {
    const wait = waiting();
    if (wait > 0) return sendIn(wait);
    await deliver(entries);
  }
}

/** Milliseconds until something may be sent again. It holds for every tab, and after a reload. */
function waiting(): number {
  const left = Number(get(waitKey)) - Date.now();
  return left > longestWait * 1000 ? 0 : left;
}

/**
 * Sends messages, as text, which spares the browser a preflight. They leave the queue when the server has answered for
 * them and not before; what is sent twice is known by its id and stored once.
 */
async function deliver(entries: readonly Entry[]): Promise<void> {
  for (const { key } of entries) underWay.add(key);
  const answer = await fetch(endpoint(), {
    method: 'POST',
    body: bodyOf(entries),
    keepalive: true,
    credentials: 'omit',
    signal: AbortSignal.timeout?.(patience),
  }).catch(() => undefined);
  for (const { key } of entries) underWay.delete(key);
  // Meanwhile the visitor may have withdrawn their consent: then nothing may be stored, not even when to try again.
  if (isWorthRetrying(answer?.status ?? 0) && get(entries[0]!.key)) {
    const wait = waitAfter(failures++, answer?.headers.get('retry-after')) * 1000;
    set(waitKey, String(Date.now() + wait));
  } else {
    failures = 0;
    remove(waitKey);
    for (const { key } of entries) remove(key);
  }
}

/** Sends what fits into one request that outlives the page, because the page may be about to go. */
export function sendLast(): void {
  const entries = next();
  if (entries.length === 0 || waiting() > 0) return;
  if ('keepalive' in Request.prototype) void deliver(entries);
  // Nobody will hear what became of it: it stays in the queue.
  else navigator.sendBeacon(endpoint(), bodyOf(entries));
}

/** Goes on as soon as the browser is back online. */
export function watchConnection(): void {
  addEventListener('online', () => sendIn(0));
}
