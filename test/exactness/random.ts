/** Draws that a seed repeats. */
export interface Random {
  /** From 0 up to but without 1. */
  share(): number;
  /** From 0 up to but without `end`. */
  below(end: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** So many different ones, or all if there are no more. */
  some<Item>(items: readonly Item[], many: number): Item[];
  /** Whether something happens that happens this often. */
  chance(share: number): boolean;
}

/** Mulberry32: 32 bits of state, enough for a test. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(share() * end);
  const random: Random = {
    share,
    below,
    pick: (items) => items[below(items.length)]!,
    some(items, many) {
      const left = [...items];
      return Array.from(
        { length: Math.min(many, left.length) },
        () => left.splice(below(left.length), 1)[0]!,
      );
    },
    chance: (wanted) => share() < wanted,
  };
  return random;
}
