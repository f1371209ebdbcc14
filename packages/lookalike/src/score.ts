import { topSize } from './evaluate.js';
import type { Features } from './features.js';
import { scoreLinear } from './linear.js';
import type { LookalikeModel } from './model.js';
import { PackedTrees } from './packed-trees.js';

/** Of each of the rows, how alike it is to the seed: the higher, the more. */
export function score(model: LookalikeModel, features: Features, rows: Uint32Array): Float32Array {
  const scores = scoreLinear(model.linear, features, rows);
  new PackedTrees(model.trees, features).addTo(scores, rows);
  return Float32Array.from(scores);
}

/** The rows from the most alike to the least; of equal scores, the lower ordinal comes first. */
export function ranked(rows: Uint32Array, scores: Float32Array): Uint32Array {
  const keys = new BigUint64Array(rows.length);
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  for (let place = 0; place < rows.length; place += 1) {
    // Floats in the order of their bits, turned round so that the greatest comes first.
    // Minus zero is as much as zero.
    const own = bits[place] === 0x80000000 ? 0 : bits[place]!;
    const rising = own >>> 31 === 1 ? ~own >>> 0 : (own | 0x80000000) >>> 0;
    keys[place] = (BigInt(~rising >>> 0) << 32n) | BigInt(rows[place]!);
  }
  keys.sort();
  const low = new Uint32Array(keys.buffer);
  return Uint32Array.from({ length: rows.length }, (_, place) => low[2 * place]!);
}

/** Whole percents that a lookalike can be as large as. */
export const sizes: readonly number[] = Array.from({ length: 20 }, (_, index) => index + 1);

/** How large the best so many percent are, and what the last of them scores. */
export interface CutPoint {
  percent: number;
  size: number;
  score: number;
}

/** Where the best 1 to 20 % end. Equal scores can be on both sides of a cut: their ordinals decide. */
export function cutPoints(scores: Float32Array): CutPoint[] {
  if (scores.length === 0) return [];
  const sorted = scores.slice().sort();
  return sizes.map((percent) => {
    const size = topSize(scores.length, percent / 100);
    return { percent, size, score: sorted[sorted.length - size]! };
  });
}
