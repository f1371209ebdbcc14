/**
 * Sets of ordinals as bits of 32-bit words. Over a universe of a million these are 31,250 words: every operation is one
 * pass, counts included, and takes some tens of microseconds.
 */
export type Words = Uint32Array;

/** Words that hold the ordinals below `end`. */
export const wordsFor = (end: number): number => (end + 31) >>> 5;

/** Bits that are set in a word, counted in parallel within it. */
export function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits that are set in all words. */
export function countBits(words: Words): number {
  let count = 0;
  for (let index = 0; index < words.length; index += 1) count += bitsOf(words[index]!);
  return count;
}

export const hasBit = (words: Words, ordinal: number): boolean =>
  ((words[ordinal >>> 5] ?? 0) & (1 << (ordinal & 31))) !== 0;

export function setBit(words: Words, ordinal: number): void {
  words[ordinal >>> 5]! |= 1 << (ordinal & 31);
}

export function clearBit(words: Words, ordinal: number): void {
  words[ordinal >>> 5]! &= ~(1 << (ordinal & 31));
}

/** The ordinals of the bits that are set, in order. @param count how many there are. */
export function ordinalsOf(words: Words, count: number): Uint32Array {
  const ordinals = new Uint32Array(count);
  let next = 0;
  for (let index = 0; index < words.length; index += 1) {
    let word = words[index]!;
    while (word !== 0) {
      const lowest = word & -word;
      ordinals[next++] = (index << 5) + 31 - Math.clz32(lowest);
      word ^= lowest;
    }
  }
  return ordinals;
}
