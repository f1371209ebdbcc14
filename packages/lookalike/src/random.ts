/** Whole numbers and shares that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** From 0 up to but without 1. */
  share(): number;
  /** A whole number from 0 up to but without `end`. */
  below(end: number): number;
}

/** A generator of 32 bits of state (mulberry32): plenty for drawing samples, and nothing for secrets. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { share, below: (end) => Math.floor(share() * end) };
}

/** The rows in random order: a copy. */
export function shuffled(rows: Uint32Array, random: Random): Uint32Array {
  const mixed = rows.slice();
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    const kept = mixed[index]!;
    mixed[index] = mixed[other]!;
    mixed[other] = kept;
  }
  return mixed;
}

/** So many of the rows, each as likely as any other, in their order; all of them where there are no more. */
export function sampled(rows: Uint32Array, size: number, random: Random): Uint32Array {
  if (rows.length <= size) return rows;
  const taken = new Uint32Array(size);
  let left = rows.length;
  let wanted = size;
  for (let index = 0; wanted > 0; index += 1, left -= 1) {
    if (random.share() * left >= wanted) continue;
    taken[size - wanted] = rows[index]!;
    wanted -= 1;
  }
  return taken;
}
