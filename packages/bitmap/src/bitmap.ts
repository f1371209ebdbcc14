import { eachCommon, hasOrdinal, merged, placeOf, sortOnce, type Sorted } from './sorted.js';
import { bitsOf, clearBit, countBits, hasBit, ordinalsOf, setBit, wordsFor, type Words } from './words.js';

/** Ordinals go up to here, as far as PostgreSQL's integer. */
export const largestOrdinal = 2 ** 31 - 1;

/**
 * A set of ordinals: whole numbers from 0 to {@link largestOrdinal}. It never changes. While it is sparse it is a sorted
 * array, else bits, whichever takes less room; nobody outside has to know which.
 */
export class Bitmap {
  static readonly empty = new Bitmap(new Uint32Array(0), undefined, 0);

  /** How many ordinals it holds. */
  readonly size: number;
  /** Exactly one of the two is there. */
  readonly #sorted: Sorted | undefined;
  readonly #words: Words | undefined;

  private constructor(sorted: Sorted | undefined, words: Words | undefined, size: number) {
    this.#sorted = sorted;
    this.#words = words;
    this.size = size;
  }

  /** The set of these ordinals, in any order, each as often as it likes. Throws RangeError for what is none. */
  static of(ordinals: Iterable<number>): Bitmap {
    const given = ordinals instanceof Uint32Array ? ordinals.slice() : toUint32(ordinals);
    return Bitmap.#fromOrdinals(given);
  }

  /** All ordinals from `start` up to but without `end`. */
  static range(start: number, end: number): Bitmap {
    if (end <= start) return Bitmap.empty;
    const words = new Uint32Array(wordsFor(end));
    words.fill(0xffffffff, start >>> 5);
    words[start >>> 5]! &= 0xffffffff << (start & 31);
    if ((end & 31) !== 0) words[words.length - 1]! &= ~(0xffffffff << (end & 31));
    return Bitmap.#fromWords(words, end - start);
  }

  /** The ordinals whose bits are set, bit n of word m for 32 m + n; takes the array over. */
  static ofWords(words: Uint32Array): Bitmap {
    return Bitmap.#fromWords(words, countBits(words));
  }

  /**
   * Reads ordinals as PostgreSQL packs them with `string_agg(int4send(ordinal), '')`: four bytes each, the highest
   * first, in any order, each as often as it likes. Throws RangeError for bytes that are not that.
   * @param holds by how often an ordinal is there, whether it is meant; without, all are.
   */
  static fromPacked(bytes: Uint8Array, holds?: (times: number) => boolean): Bitmap {
    const ordinals = readPacked(bytes);
    return holds ? Bitmap.#fromTimes(ordinals, holds) : Bitmap.#fromOrdinals(ordinals);
  }

  /** Takes the array over, whatever its order. Where it is dense, bits are set, which takes no sorting. */
  static #fromOrdinals(ordinals: Uint32Array): Bitmap {
    const highest = highestOf(ordinals);
    if (highest > largestOrdinal) throw new RangeError(`${highest} is no ordinal.`);
    if (ordinals.length < wordsFor(highest + 1)) return Bitmap.#fromSorted(sortOnce(ordinals));
    const words = new Uint32Array(wordsFor(highest + 1));
    for (let index = 0; index < ordinals.length; index += 1) setBit(words, ordinals[index]!);
    return Bitmap.#fromWords(words, countBits(words));
  }

  static #fromTimes(ordinals: Uint32Array, holds: (times: number) => boolean): Bitmap {
    const highest = highestOf(ordinals);
    if (highest > largestOrdinal) throw new RangeError(`${highest} is no ordinal.`);
    const times = new Uint32Array(highest + 1);
    for (let index = 0; index < ordinals.length; index += 1) times[ordinals[index]!]! += 1;
    const words = new Uint32Array(wordsFor(times.length));
    // Most are there a few times: whether those are meant is asked once.
    const few = Uint8Array.from({ length: 64 }, (_, often) => (often > 0 && holds(often) ? 1 : 0));
    for (let ordinal = 0; ordinal < times.length; ordinal += 1) {
      const often = times[ordinal]!;
      if (often < few.length ? few[often] === 1 : holds(often)) setBit(words, ordinal);
    }
    return Bitmap.#fromWords(words, countBits(words));
  }

  /** Takes the array over; it is sorted and has no duplicates. */
  static #fromSorted(sorted: Sorted): Bitmap {
    if (sorted.length === 0) return Bitmap.empty;
    const length = wordsFor(sorted.at(-1)! + 1);
    if (sorted.length < length) return new Bitmap(sorted, undefined, sorted.length);
    const words = new Uint32Array(length);
    for (const ordinal of sorted) setBit(words, ordinal);
    return new Bitmap(undefined, words, sorted.length);
  }

  /** Takes the words over. @param size how many bits of them are set. */
  static #fromWords(words: Words, size: number): Bitmap {
    if (size === 0) return Bitmap.empty;
    let length = words.length;
    while (words[length - 1] === 0) length -= 1;
    if (size < length) return new Bitmap(ordinalsOf(words, size), undefined, size);
    // A copy only where much would be held on to for nothing.
    const own = length < words.length * 0.75 ? words.slice(0, length) : words.subarray(0, length);
    return new Bitmap(undefined, own, size);
  }

  /** Bytes of memory that its ordinals take. */
  get bytes(): number {
    return (this.#sorted ?? this.#words)!.byteLength;
  }

  has(ordinal: number): boolean {
    return this.#sorted ? hasOrdinal(this.#sorted, ordinal) : hasBit(this.#words!, ordinal);
  }

  /** What is in both. */
  and(other: Bitmap): Bitmap {
    if (this.#words && other.#words) {
      const [one, two] = [this.#words, other.#words];
      const words = new Uint32Array(Math.min(one.length, two.length));
      let size = 0;
      for (let index = 0; index < words.length; index += 1) {
        const word = one[index]! & two[index]!;
        words[index] = word;
        size += bitsOf(word);
      }
      return Bitmap.#fromWords(words, size);
    }
    const common = new Uint32Array(Math.min(this.size, other.size));
    let size = 0;
    this.#eachCommon(other, (ordinal) => (common[size++] = ordinal));
    return Bitmap.#fromSorted(common.slice(0, size));
  }

  /** How much is in both; no set is made for it. */
  andSize(other: Bitmap): number {
    let size = 0;
    if (this.#words && other.#words) {
      const [one, two] = [this.#words, other.#words];
      const length = Math.min(one.length, two.length);
      for (let index = 0; index < length; index += 1) size += bitsOf(one[index]! & two[index]!);
    } else this.#eachCommon(other, () => (size += 1));
    return size;
  }

  /** What is in either. */
  or(other: Bitmap): Bitmap {
    if (this.size === 0) return other;
    if (other.size === 0) return this;
    if (this.#sorted && other.#sorted) return Bitmap.#fromSorted(merged(this.#sorted, other.#sorted));
    const [larger, smaller] = this.#span >= other.#span ? [this, other] : [other, this];
    const words = larger.#toWords(larger.#span);
    return Bitmap.#fromWords(words, larger.size + smaller.#putInto(words));
  }

  /** What is in this one and not in the other. */
  andNot(other: Bitmap): Bitmap {
    if (this.size === 0 || other.size === 0) return this;
    if (this.#sorted) return Bitmap.#fromSorted(this.#sorted.filter((ordinal) => !other.has(ordinal)));
    const words = this.#toWords(this.#span);
    return Bitmap.#fromWords(words, this.size - other.#takeFrom(words));
  }

  /** The same but for some of its ordinals: of those, it is to hold just the ones that are in `fresh`. */
  patched(some: Bitmap, fresh: Bitmap): Bitmap {
    return some.size === 0 ? this : this.andNot(some).or(fresh);
  }

  /** Whether both hold the same. */
  equals(other: Bitmap): boolean {
    return this.size === other.size && this.andSize(other) === this.size;
  }

  /** All ordinals in order: a copy. */
  ordinals(): Uint32Array {
    return this.#sorted ? this.#sorted.slice() : ordinalsOf(this.#words!, this.size);
  }

  /** The first `limit` ordinals that are greater than `after`, in order. */
  next(after: number, limit: number): number[] {
    if (this.#sorted) {
      const start = placeOf(this.#sorted, after + 1);
      return [...this.#sorted.subarray(start, start + limit)];
    }
    const found: number[] = [];
    const end = this.#span * 32;
    for (let ordinal = after + 1; ordinal < end && found.length < limit; ordinal += 1) {
      // Words without a bit are passed over whole.
      if ((ordinal & 31) === 0 && this.#words![ordinal >>> 5] === 0) ordinal += 31;
      else if (hasBit(this.#words!, ordinal)) found.push(ordinal);
    }
    return found;
  }

  /** Words that it takes, or would take, as bits. */
  get #span(): number {
    return this.#words?.length ?? wordsFor((this.#sorted!.at(-1) ?? -1) + 1);
  }

  /** A copy of it as bits. */
  #toWords(length: number): Words {
    const words = new Uint32Array(length);
    if (this.#words) words.set(this.#words);
    else for (const ordinal of this.#sorted!) setBit(words, ordinal);
    return words;
  }

  /** Sets its bits in words that are long enough. @returns how many of them were not set before. */
  #putInto(words: Words): number {
    let fresh = 0;
    if (this.#sorted) {
      for (const ordinal of this.#sorted) {
        if (hasBit(words, ordinal)) continue;
        setBit(words, ordinal);
        fresh += 1;
      }
      return fresh;
    }
    for (let index = 0; index < this.#words!.length; index += 1) {
      const own = this.#words![index]!;
      fresh += bitsOf(own & ~words[index]!);
      words[index]! |= own;
    }
    return fresh;
  }

  /** Clears its bits in the words. @returns how many of them were set before. */
  #takeFrom(words: Words): number {
    let gone = 0;
    if (this.#sorted) {
      for (const ordinal of this.#sorted) {
        if (!hasBit(words, ordinal)) continue;
        clearBit(words, ordinal);
        gone += 1;
      }
      return gone;
    }
    const length = Math.min(words.length, this.#words!.length);
    for (let index = 0; index < length; index += 1) {
      const own = this.#words![index]!;
      gone += bitsOf(own & words[index]!);
      words[index]! &= ~own;
    }
    return gone;
  }

  /** Calls for each ordinal of both, in order; one of the two is sparse. */
  #eachCommon(other: Bitmap, call: (ordinal: number) => void): void {
    if (this.#sorted && other.#sorted) return eachCommon(this.#sorted, other.#sorted, call);
    const [sparse, dense] = this.#sorted ? [this, other] : [other, this];
    for (const ordinal of sparse.#sorted!) if (dense.has(ordinal)) call(ordinal);
  }
}

function readPacked(bytes: Uint8Array): Uint32Array {
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes are no whole number of ordinals.`);
  // A copy of its own, so that numbers lie where a typed array can have them.
  const swapped = Buffer.from(bytes).swap32();
  return new Uint32Array(swapped.buffer, swapped.byteOffset, swapped.length / 4);
}

/** The highest of the ordinals; -1 when there are none. */
function highestOf(ordinals: Uint32Array): number {
  let highest = -1;
  for (let index = 0; index < ordinals.length; index += 1) {
    if (ordinals[index]! > highest) highest = ordinals[index]!;
  }
  return highest;
}

function toUint32(ordinals: Iterable<number>): Uint32Array {
  const given = [...ordinals];
  const wrong = given.find((each) => !Number.isInteger(each) || each < 0 || each > largestOrdinal);
  if (wrong !== undefined) throw new RangeError(`${wrong} is no ordinal.`);
  return Uint32Array.from(given);
}
