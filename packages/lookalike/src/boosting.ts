import type { Features } from './features.js';
import type { Sample } from './sample.js';
import { bestSplit, type Histogram, type Split, type SplitRules } from './splits.js';
import { TreeList, type Trees } from './trees.js';

export interface BoostingOptions extends SplitRules {
  trees: number;
  leaves: number;
  /** Splits from root to leaf at most. */
  depth: number;
  /** How far each tree goes towards what it found. */
  rate: number;
  /** Called before each tree. */
  turn: () => void;
}

/** A node that may be split yet: the rows from `start` up to `end` of the order, and its best split. */
interface Open {
  node: number;
  start: number;
  end: number;
  depth: number;
  histogram: Histogram;
  split: Split | undefined;
}

/** Gradient boosting: each small tree, grown where it gains most, mends what the sum of those before got wrong. */
export function boost(features: Features, sample: Sample, options: BoostingOptions): Trees {
  const grower = new Grower(features, sample, options);
  for (let tree = 0; tree < options.trees; tree += 1) {
    options.turn();
    if (!grower.grow()) break;
  }
  return grower.list.build();
}

class Grower {
  readonly list = new TreeList();
  readonly #features: Features;
  readonly #sample: Sample;
  readonly #options: BoostingOptions;
  readonly #margins: Float64Array;
  readonly #slopes: Float64Array;
  readonly #curvatures: Float64Array;
  readonly #order: Uint32Array;
  readonly #aside: Uint32Array;

  constructor(features: Features, sample: Sample, options: BoostingOptions) {
    this.#features = features;
    this.#sample = sample;
    this.#options = options;
    const size = sample.rows.length;
    this.#slopes = new Float64Array(size);
    this.#curvatures = new Float64Array(size);
    this.#order = new Uint32Array(size);
    this.#aside = new Uint32Array(size);
    let [seed, pool] = [0, 0];
    for (let place = 0; place < size; place += 1) {
      if (sample.labels[place] === 1) seed += sample.weights[place]!;
      else pool += sample.weights[place]!;
    }
    this.#margins = new Float64Array(size).fill(Math.log(seed / pool));
  }

  /** One more tree; false where no split gains anything, so that none is added. */
  grow(): boolean {
    const { labels, weights } = this.#sample;
    for (let place = 0; place < labels.length; place += 1) {
      const share = 1 / (1 + Math.exp(-this.#margins[place]!));
      this.#slopes[place] = weights[place]! * (share - labels[place]!);
      this.#curvatures[place] = weights[place]! * share * (1 - share);
      this.#order[place] = place;
    }
    const first = this.#open(this.#histogram(0, labels.length), 0, labels.length, 0);
    if (!first.split) return false;
    this.list.root(first.node);
    const open = [first];
    while (open.length < this.#options.leaves) {
      const at = mostGaining(open);
      if (at < 0) break;
      open.splice(at, 1, ...this.#split(open[at]!));
    }
    for (const leaf of open) {
      const value = this.#valueOf(leaf.histogram);
      for (let index = leaf.start; index < leaf.end; index += 1) this.#margins[this.#order[index]!]! += value;
    }
    return true;
  }

  #open(histogram: Histogram, start: number, end: number, depth: number): Open {
    const node = this.list.leaf(this.#valueOf(histogram));
    const split =
      depth < this.#options.depth ? bestSplit(this.#features, histogram, this.#options) : undefined;
    return { node, start, end, depth, histogram, split };
  }

  #valueOf({ slope, curvature }: Histogram): number {
    return (-slope / (curvature + this.#options.shrink)) * this.#options.rate;
  }

  #split({ node, start, end, depth, histogram, split }: Open): [Open, Open] {
    const middle = this.#part(start, end, split!);
    // The smaller side is counted, the larger is what is left of both.
    const leftIsSmaller = middle - start <= end - middle;
    const small = leftIsSmaller ? this.#histogram(start, middle) : this.#histogram(middle, end);
    const byFeature = histogram.byFeature;
    for (let index = 0; index < byFeature.length; index += 1) byFeature[index]! -= small.byFeature[index]!;
    const large = {
      byFeature,
      slope: histogram.slope - small.slope,
      curvature: histogram.curvature - small.curvature,
    };
    const left = this.#open(leftIsSmaller ? small : large, start, middle, depth + 1);
    const right = this.#open(leftIsSmaller ? large : small, middle, end, depth + 1);
    this.list.split(node, split!.slot, split!.low, split!.high, left.node, right.node);
    return [left, right];
  }

  /** Puts the rows of the left side first, each side in its order. @returns where the right side begins. */
  #part(start: number, end: number, { low, high }: Split): number {
    const { starts, items } = this.#sample;
    let left = start;
    let right = 0;
    for (let index = start; index < end; index += 1) {
      const place = this.#order[index]!;
      let at = starts[place]!;
      const stop = starts[place + 1]!;
      while (at < stop && items[at]! < low) at += 1;
      if (at < stop && items[at]! <= high) this.#order[left++] = place;
      else this.#aside[right++] = place;
    }
    this.#order.set(this.#aside.subarray(0, right), left);
    return left;
  }

  #histogram(start: number, end: number): Histogram {
    const { starts, items } = this.#sample;
    const byFeature = new Float64Array(2 * this.#features.size);
    let [slope, curvature] = [0, 0];
    for (let index = start; index < end; index += 1) {
      const place = this.#order[index]!;
      const ownSlope = this.#slopes[place]!;
      const ownCurvature = this.#curvatures[place]!;
      slope += ownSlope;
      curvature += ownCurvature;
      const stop = starts[place + 1]!;
      for (let at = starts[place]!; at < stop; at += 1) {
        const cell = 2 * items[at]!;
        byFeature[cell]! += ownSlope;
        byFeature[cell + 1]! += ownCurvature;
      }
    }
    return { byFeature, slope, curvature };
  }
}

function mostGaining(open: readonly Open[]): number {
  let best = -1;
  for (const [index, { split }] of open.entries())
    if (split && (best < 0 || split.gain > open[best]!.split!.gain)) best = index;
  return best;
}
