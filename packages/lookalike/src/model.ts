import type { LinearModel } from './linear.js';
import type { Trees } from './trees.js';

/** The parts that a model can be a mix of. */
export type PartName = 'naiveBayes' | 'logistic' | 'trees';

/** How much each part had to say, from 0 to 1; together 1. */
export type Mix = Readonly<Record<PartName, number>>;

/** What scores contacts by how alike they are to a seed. A score is a plain sum; only the order of scores means anything. */
export interface LookalikeModel {
  linear: LinearModel;
  trees: Trees;
  mix: Mix;
  /** How many seed members it learnt from. */
  seedSize: number;
  /**
   * Of seed members that were hidden, each by its turn, the share of the pool that ranked higher, in rising order: what
   * the model is worth, and how alike the best are.
   */
  hiddenRanks: Float64Array;
}
