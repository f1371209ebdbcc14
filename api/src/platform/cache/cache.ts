/**
 * Remembers values for a while. A cache is never a record: an entry may be gone at any time, and when the cache is out
 * of reach every look-up is a miss and every write is dropped. Nothing here throws or waits long.
 */
export interface Cache {
  /** The value, or undefined when there is none. */
  get(key: string): Promise<Buffer | undefined>;
  /** Keeps the value for at most so many seconds. */
  set(key: string, value: Buffer, seconds: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Whether the cache answers; an in-process one always does. */
  isReady(): boolean;
  close(): Promise<void>;
}
