import { joined, type HiddenScores } from './blend.js';
import { likelihoodOf, ranksAmong } from './hold-out.js';
import type { LinearModel } from './linear.js';
import type { Trees } from './trees.js';

/** A model as one fold trained it, and what it scored for those that were hidden from it. */
export interface TrainedPart {
  model: LinearModel | Trees;
  /** How strongly it was held back. */
  strength: number;
  hidden: { seed: Float64Array; pool: Float64Array; weights: HiddenScores['weights'] };
}

/** Of the strengths that every fold tried in the same order, the one that brings hidden members up best. @returns its index. */
export function bestStrength(folds: readonly (readonly TrainedPart[])[]): number {
  let best = 0;
  let most = -Infinity;
  for (let index = 0; index < folds[0]!.length; index += 1) {
    const parts = folds.map((fold) => fold[index]!);
    const ranks = joined(parts.map(({ hidden }) => ranksAmong(hidden.seed, hidden.pool)));
    const found = likelihoodOf(ranks, joined(parts.map(({ hidden }) => hidden.weights)));
    if (found <= most) continue;
    most = found;
    best = index;
  }
  return best;
}
