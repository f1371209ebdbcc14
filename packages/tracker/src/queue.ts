import { get, keysFrom, prefix, remove, set } from './storage.js';

/** One message that waits to be sent. */
export interface Entry {
  key: string;
  /** JSON. */
  message: string;
}

/** Messages that wait at most. */
export const mostMessages = 100;
/** Characters of all messages: a small part of what a site may store. */
const mostCharacters = 500_000;
/** What was not sent within this time is dropped, in milliseconds. */
const longestAge = 7 * 864e5;
/** Bytes of the messages of a request: of requests that outlive their page browsers take 64 KB at a time, two of ours. */
export const requestBytes = 31.5 * 1024;

const start = `${prefix}q:`;
let count = 1e6;

const bytesOf = (text: string): number => new Blob([text]).size;

/**
 * Adds a message; the oldest make room. Each has a key of its own in storage, so tabs that add and remove at the same
 * time never write over each other, as they would with one list. Keys begin with the time and are in its order.
 * Throws when the message is larger than what a request may have.
 */
export function enqueue(message: string, id: string): void {
  if (bytesOf(message) > requestBytes) throw new Error('This is too large.');
  set(`${start}${Date.now()}${count++}-${id}`, message);
  const keys = queued();
  let size = 0;
  for (let index = keys.length - 1; index >= 0; index -= 1) {
    const key = keys[index]!;
    size += get(key)?.length ?? 0;
    const isOld = Date.now() - +key.slice(start.length, start.length + 13) > longestAge;
    if (isOld || keys.length - index > mostMessages || size > mostCharacters) remove(key);
  }
}

const queued = (): string[] => keysFrom(start);

/** The oldest messages that fit into one request. */
export function nextEntries(isUnderWay: (key: string) => boolean): Entry[] {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const key of queued()) {
    const message = get(key);
    if (!message || isUnderWay(key)) continue;
    bytes += bytesOf(message) + 1;
    if (bytes > requestBytes + 1) break;
    entries.push({ key, message });
  }
  return entries;
}
