import { Bitmap, fromRoaring, readyToStore, toRoaring } from '@coterie/bitmap';
import { LRUCache } from 'lru-cache';
import type { Cache } from '../../../platform/cache/cache.js';

/** A set as it was at a version of the workspace and at the places of its edges then, in milliseconds since 1970. */
export interface KeptSet {
  version: number;
  edges: readonly number[];
  set: Bitmap;
}

/** Seconds that other processes find a set; it is brought forward from whatever version it has. */
const secondsShared = 24 * 60 * 60;

/**
 * Milliseconds between two times that a process shares a set which is brought forward all the time: a set that lags
 * behind costs its next reader little, and storing one at each change would cost all writers much.
 */
const sharingPauseMs = 60_000;

interface Entry extends KeptSet {
  sharedAt: number;
}

/**
 * Keeps sets: those used last in this process, and beside it in a cache that processes share, in Roaring's portable
 * format. Neither is a record: an entry says which version it is of, so it may be old, or be gone.
 */
export class LeafCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #shared: Cache | undefined;

  /** @param mostBytes of all sets in this process together. @param shared absent where each process keeps its own. */
  constructor(mostBytes: number, shared: Cache | undefined) {
    this.#entries = new LRUCache({
      maxSize: mostBytes,
      sizeCalculation: ({ set }, key) => set.bytes + 2 * key.length + 200,
    });
    this.#shared = shared;
  }

  /** Bytes that the sets of this process take. */
  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  /** How many sets this process holds. */
  get size(): number {
    return this.#entries.size;
  }

  /** What this process keeps. */
  own(workspaceId: string, key: string): KeptSet | undefined {
    return this.#entries.get(placeOf(workspaceId, key));
  }

  /** What this process keeps, or else the shared cache. */
  async find(workspaceId: string, key: string): Promise<KeptSet | undefined> {
    const own = this.own(workspaceId, key);
    if (own || !this.#shared) return own;
    const place = placeOf(workspaceId, key);
    const stored = await this.#shared.get(place);
    const kept = stored && (await read(stored));
    if (kept) this.#keep(place, { ...kept, sharedAt: Date.now() });
    return kept;
  }

  /**
   * @param isNew whether the set was found anew, which other processes are spared then.
   * @param replaces whether it takes the place of one of a later version: of a version that nobody else has ever seen, as
   * after a restore of the database.
   */
  put(
    workspaceId: string,
    key: string,
    kept: KeptSet,
    { isNew, replaces }: { isNew: boolean; replaces: boolean },
  ): void {
    const place = placeOf(workspaceId, key);
    const sharedAt = this.#entries.peek(place)?.sharedAt ?? -Infinity;
    const isDue = this.#shared !== undefined && (isNew || Date.now() - sharedAt > sharingPauseMs);
    if (replaces) this.#entries.delete(place);
    this.#keep(place, { ...kept, sharedAt: isDue ? Date.now() : sharedAt });
    if (isDue) void this.#share(place, kept);
  }

  /** Forgets what this process keeps. */
  clear(): void {
    this.#entries.clear();
  }

  /** Of two that were found at the same time, the later version stays. */
  #keep(place: string, entry: Entry): void {
    const known = this.#entries.peek(place);
    if (!known || known.version <= entry.version) this.#entries.set(place, entry);
  }

  async #share(place: string, kept: KeptSet): Promise<void> {
    await readyToStore();
    await this.#shared?.set(place, write(kept), secondsShared);
  }
}

/** The workspace's id is the hash tag: in a Redis cluster everything of a workspace lies in one place. */
function placeOf(workspaceId: string, key: string): string {
  return `{${workspaceId}}:leaf:${key}`;
}

/** The version, how many edges there are, each of them, and the set. */
function write({ version, edges, set }: KeptSet): Buffer {
  const head = Buffer.alloc(12 + 8 * edges.length);
  head.writeBigInt64BE(BigInt(version));
  head.writeUInt32BE(edges.length, 8);
  for (const [index, edge] of edges.entries()) head.writeDoubleBE(edge, 12 + 8 * index);
  return Buffer.concat([head, toRoaring(set)]);
}

async function read(stored: Buffer): Promise<KeptSet | undefined> {
  await readyToStore();
  try {
    const version = Number(stored.readBigInt64BE());
    const count = stored.readUInt32BE(8);
    const edges = Array.from({ length: count }, (_, index) => stored.readDoubleBE(12 + 8 * index));
    return { version, edges, set: fromRoaring(stored.subarray(12 + 8 * count)) };
  } catch {
    // None of ours, or of a release that wrote them differently.
    return undefined;
  }
}
