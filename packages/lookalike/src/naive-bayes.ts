import type { Features } from './features.js';
import type { LinearModel } from './linear.js';
import type { Share } from './sample.js';

/** How much weight of some rows has each trait, and how much all of them have. */
export interface TraitCounts {
  traits: Float64Array;
  total: number;
}

export function countTraits(features: Features, { rows, weights }: Share): TraitCounts {
  const { starts, items, traitOf } = features;
  const byFeature = new Float64Array(features.size);
  let total = 0;
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place]!;
    const weight = weights[place]!;
    total += weight;
    const end = starts[row + 1]!;
    for (let at = starts[row]!; at < end; at += 1) byFeature[items[at]!]! += weight;
  }
  const traits = new Float64Array(features.traits.length);
  for (let feature = 0; feature < features.size; feature += 1)
    traits[traitOf[feature]!]! += byFeature[feature]!;
  return { traits, total };
}

/**
 * Naive Bayes: for each trait the logarithm of how much more often the seed has it than the pool. What the seed's share is
 * taken for is drawn towards the pool's, as if `shrink` more seed members were there who are like the pool: a trait that
 * the seed is too small to say anything about says nothing.
 */
export function naiveBayes(
  features: Features,
  seed: TraitCounts,
  pool: TraitCounts,
  shrink: number,
): LinearModel {
  const traits = new Float64Array(features.traits.length);
  let base = 0;
  const ratio = (ofSeed: number, ofPool: number): number => {
    const poolShare = (ofPool + 0.5) / (pool.total + 1);
    return Math.log((ofSeed + shrink * poolShare) / (seed.total + shrink) / poolShare);
  };
  for (const { form, first, end } of features.groups) {
    const start = features.traitOf[first]!;
    const stop = features.traitOf[end - 1]! + 1;
    if (form === 'items') {
      for (let trait = start; trait < stop; trait += 1) {
        const without = ratio(seed.total - seed.traits[trait]!, pool.total - pool.traits[trait]!);
        traits[trait] = ratio(seed.traits[trait]!, pool.traits[trait]!) - without;
        base += without;
      }
      continue;
    }
    let [seedWith, poolWith] = [0, 0];
    for (let trait = start; trait < stop; trait += 1) {
      seedWith += seed.traits[trait]!;
      poolWith += pool.traits[trait]!;
    }
    // Rows that have none of the group's traits say something as well: the base does, and each trait takes it back.
    const poolWithout = Math.max(0, pool.total - poolWith);
    const without = poolWithout < 0.5 ? 0 : ratio(Math.max(0, seed.total - seedWith), poolWithout);
    base += without;
    for (let trait = start; trait < stop; trait += 1)
      traits[trait] = ratio(seed.traits[trait]!, pool.traits[trait]!) - without;
  }
  return { base, traits, numbers: new Float64Array(features.numbers.length) };
}
