import type { Random } from './random.js';
import { shuffled } from './random.js';
import type { Share } from './sample.js';

/** A part of the seed and of the pool that models do not see, to find out how they do on it, and the rest, which they see. */
export interface Fold {
  seen: { seed: Share; pool: Uint32Array };
  hidden: { seed: Share; pool: Uint32Array };
}

/** Parts seed and pool so that each row is hidden once; `repeats` times over, each time otherwise. */
export function foldsOf(
  seed: Share,
  pool: Uint32Array,
  { parts, repeats, random }: { parts: number; repeats: number; random: Random },
): Fold[] {
  const folds: Fold[] = [];
  const weightOf = new Map(Array.from(seed.rows, (row, place) => [row, seed.weights[place]!]));
  const shareOf = (rows: Uint32Array): Share => ({
    rows,
    weights: Float64Array.from(rows, (row) => weightOf.get(row)!),
  });
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const seedRows = shuffled(seed.rows, random);
    const poolRows = shuffled(pool, random);
    for (let part = 0; part < parts; part += 1) {
      const hides = (_: number, place: number): boolean => place % parts === part;
      const sees = (_: number, place: number): boolean => place % parts !== part;
      folds.push({
        seen: { seed: shareOf(seedRows.filter(sees)), pool: poolRows.filter(sees) },
        hidden: { seed: shareOf(seedRows.filter(hides)), pool: poolRows.filter(hides) },
      });
    }
  }
  return folds;
}

/**
 * Of each seed member, the share of the pool that scores higher, ties counting half: near 0 for those that a ranking
 * brings to the top, evenly spread where it knows nothing. Never 0.
 */
export function ranksAmong(seedScores: Float64Array, poolScores: Float64Array): Float64Array {
  const sorted = poolScores.slice().sort();
  return seedScores.map((score) => {
    const above = sorted.length - placeAfter(sorted, score);
    const same = placeAfter(sorted, score) - placeOf(sorted, score);
    return (above + same / 2 + 0.5) / (sorted.length + 1);
  });
}

/**
 * How well a ranking brings hidden members to the top, as a likelihood each: the density of their ranks is taken for a
 * power of the rank, which counts what happens at the top of the list and not only on average over all of it.
 */
export function likelihoodOf(ranks: Float64Array, weights: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let place = 0; place < ranks.length; place += 1) {
    sum -= weights[place]! * Math.log(ranks[place]!);
    total += weights[place]!;
  }
  const mean = sum / total;
  return mean <= 1 ? 0 : mean - 1 - Math.log(mean);
}

function placeOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeAfter(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
