import type { Features } from './features.js';

/** A way to part the rows of a node: those with a feature from `low` up to `high` of the slot, and the others. */
export interface Split {
  gain: number;
  slot: number;
  low: number;
  high: number;
}

/** What splits have to keep to. */
export interface SplitRules {
  /** Added to the curvature of each side: small leaves say less. */
  shrink: number;
  /** Curvature that each side needs. */
  least: number;
}

/** Sums over the rows of a node: slope and curvature of the loss, by feature in turn and of all rows. */
export interface Histogram {
  byFeature: Float64Array;
  slope: number;
  curvature: number;
}

/** The split that gains most; undefined where none gains anything. */
export function bestSplit(features: Features, histogram: Histogram, rules: SplitRules): Split | undefined {
  const { byFeature, slope, curvature } = histogram;
  const whole = (slope * slope) / (curvature + rules.shrink);
  let best: Split | undefined;
  let most = 1e-6;
  const consider = (inSlope: number, inCurvature: number, slot: number, low: number, high: number): void => {
    const outCurvature = curvature - inCurvature;
    if (inCurvature < rules.least || outCurvature < rules.least) return;
    const outSlope = slope - inSlope;
    const gain =
      (inSlope * inSlope) / (inCurvature + rules.shrink) +
      (outSlope * outSlope) / (outCurvature + rules.shrink) -
      whole;
    if (gain <= most) return;
    most = gain;
    best = { gain, slot, low, high };
  };
  for (const { form, first, end, missing } of features.groups) {
    if (form !== 'ordered') {
      for (let feature = first; feature < end; feature += 1) {
        const slot = form === 'items' ? feature : first;
        consider(byFeature[2 * feature]!, byFeature[2 * feature + 1]!, slot, feature, feature);
      }
      continue;
    }
    // Up to each bin: once with those that have no value on the side of the low ones, once on the other.
    const lowest = missing ? first + 1 : first;
    const [noSlope, noCurvature] = missing ? [byFeature[2 * first]!, byFeature[2 * first + 1]!] : [0, 0];
    let [sumSlope, sumCurvature] = [0, 0];
    if (missing) consider(noSlope, noCurvature, first, first, first);
    for (let feature = lowest; feature < end; feature += 1) {
      sumSlope += byFeature[2 * feature]!;
      sumCurvature += byFeature[2 * feature + 1]!;
      consider(sumSlope, sumCurvature, first, lowest, feature);
      if (missing) consider(sumSlope + noSlope, sumCurvature + noCurvature, first, first, feature);
    }
  }
  return best;
}
