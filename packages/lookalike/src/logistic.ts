import { minimise } from './lbfgs.js';
import type { Features } from './features.js';
import type { LinearModel } from './linear.js';
import type { Sample } from './sample.js';

/** Logistic regression whose weights are drawn towards 0, the more the greater `pull`. @param from where to start. */
export function logistic(
  features: Features,
  sample: Sample,
  { pull, from, turn }: { pull: number; from?: LinearModel | undefined; turn: () => void },
): LinearModel {
  const traits = features.traits.length;
  const numbers = features.numbers.length;
  const size = traits + numbers + 1;
  const point = new Float64Array(size);
  point[size - 1] = startOf(sample);
  if (from) {
    point.set(from.traits);
    point.set(from.numbers, traits);
    point[size - 1] = from.base;
  }
  const itemTraits = sample.items.map((feature) => features.traitOf[feature]!);
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let place = 0; place < sample.rows.length; place += 1) {
      const end = sample.starts[place + 1]!;
      let margin = at[size - 1]!;
      for (let item = sample.starts[place]!; item < end; item += 1) margin += at[itemTraits[item]!]!;
      for (let number = 0; number < numbers; number += 1)
        margin += at[traits + number]! * sample.numbers[number]![place]!;
      const label = sample.labels[place]!;
      const weight = sample.weights[place]!;
      loss += weight * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, margin) - label * margin);
      const slope = weight * (1 / (1 + Math.exp(-margin)) - label);
      for (let item = sample.starts[place]!; item < end; item += 1) gradient[itemTraits[item]!]! += slope;
      for (let number = 0; number < numbers; number += 1)
        gradient[traits + number]! += slope * sample.numbers[number]![place]!;
      gradient[size - 1]! += slope;
    }
    for (let index = 0; index < size - 1; index += 1) {
      loss += (pull / 2) * at[index]! ** 2;
      gradient[index]! += pull * at[index]!;
    }
    return loss;
  };
  minimise(objective, point, 60, turn);
  return {
    base: point[size - 1]!,
    traits: point.slice(0, traits),
    numbers: point.slice(traits, traits + numbers),
  };
}

/** The logarithm of the seed's weight against the pool's. */
function startOf({ labels, weights }: Sample): number {
  let [seed, pool] = [0, 0];
  for (let place = 0; place < labels.length; place += 1) {
    if (labels[place] === 1) seed += weights[place]!;
    else pool += weights[place]!;
  }
  return Math.log(seed / pool);
}
