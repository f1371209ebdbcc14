import { readId, writeId } from './cookie.js';
import { settings } from './options.js';
import { attempt, get, keysFrom, prefix, remove, set } from './storage.js';

/** What is kept of the visitor. It is read anew each time: another tab may have changed it. */
const start = `${prefix}v:`;
const anonymousKey = `${start}id`;
export const userKey = `${start}user`;
export const touchKey = `${start}touch`;

const days = (): number => settings.expiryDays ?? 365;

/** What was kept under a key, unless it has expired. */
export function recall<Value>(key: string): Value | undefined {
  const [until, value] = attempt(() => JSON.parse(get(key)!)) ?? [];
  return until > Date.now() ? value : undefined;
}

/** Keeps a value for so many days. */
export function remember(key: string, value: unknown, lasting = days()): void {
  set(key, JSON.stringify([Date.now() + lasting * 864e5, value]));
}

/** An id that nobody else has: 128 random bits. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}

/** Who this is as long as they have not said so. Made when it is first asked for. */
export function anonymousId(): string {
  return readId() ?? recall(anonymousKey) ?? keep(newId());
}

function keep(id: string): string {
  writeId(id, days());
  remember(anonymousKey, id);
  return id;
}

/** Who this is by their own words. */
export const userId = (): string | undefined => recall(userKey);

/** Takes the visitor to be this user. After another, a new visitor begins: two people on one device stay two. */
export function becomeUser(id: string): void {
  if ((userId() ?? id) !== id) forget();
  remember(userKey, id);
}

/** Begins the time until the visitor is forgotten anew. */
export function renew(): void {
  keep(anonymousId());
  const user = userId();
  if (user) remember(userKey, user);
}

/** Forgets the visitor. */
export function forget(): void {
  if (readId()) writeId('', 0);
  keysFrom(start).forEach(remove);
}
