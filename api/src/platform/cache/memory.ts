import type { Cache } from './cache.js';

interface Entry {
  value: Buffer;
  expires: number;
}

/**
 * A cache in this process that drops what was used longest ago.
 * @param mostBytes the size of all values together, at most.
 */
export function createMemoryCache(mostBytes = 64 * 1024 * 1024): Cache {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function remove(key: string): void {
    const entry = entries.get(key);
    if (!entry) return;
    bytes -= entry.value.length;
    entries.delete(key);
  }

  return {
    async get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      remove(key);
      if (entry.expires <= Date.now()) return undefined;
      // Put back at the end: a Map keeps the order of insertion.
      entries.set(key, entry);
      bytes += entry.value.length;
      return entry.value;
    },
    async set(key, value, seconds) {
      remove(key);
      if (value.length > mostBytes) return;
      entries.set(key, { value, expires: Date.now() + seconds * 1000 });
      bytes += value.length;
      for (const oldest of entries.keys()) {
        if (bytes <= mostBytes) break;
        remove(oldest);
      }
    },
    async delete(key) {
      remove(key);
    },
    isReady: () => true,
    async close() {
      entries.clear();
      bytes = 0;
    },
  };
}
