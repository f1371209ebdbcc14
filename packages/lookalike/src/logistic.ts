import { minimise } from './lbfgs.js';
import type { Features } from './features.js';
import type { LinearModel } from './linear.js';
import type { Sample } from './sample.js';

/** Past these many steps a weight moves by less than it is uncertain. */
const mostSteps = 30;

/** Logistic regression whose weights are drawn towards 0, the more the greater `pull`. @param from where to start. */
export function logistic(
  features: Features,
  sample: Sample,
  { pull, from, turn }: { pull: number; from?: LinearModel | undefined; turn: () => void },
): LinearModel {
  const traits = features.traits.length;
  const columns = features.numbers.length;
  const size = traits + columns + 1;
  const point = new Float64Array(size);
  point[size - 1] = startOf(sample);
  if (from) {
    point.set(from.traits);
    point.set(from.numbers, traits);
    point[size - 1] = from.base;
  }
  const { labels, weights, starts, numbers } = sample;
  const items = sample.items.map((feature) => features.traitOf[feature]!);
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let place = 0; place < labels.length; place += 1) {
      const start = starts[place]!;
      const end = starts[place + 1]!;
      const own = place * columns;
      let margin = at[size - 1]!;
      for (let item = start; item < end; item += 1) margin += at[items[item]!]!;
      for (let column = 0; column < columns; column += 1)
        margin += at[traits + column]! * numbers[own + column]!;
      const odds = Math.exp(-Math.abs(margin));
      const share = margin >= 0 ? 1 / (1 + odds) : odds / (1 + odds);
      loss += weights[place]! * (Math.log1p(odds) + Math.max(0, margin) - labels[place]! * margin);
      const slope = weights[place]! * (share - labels[place]!);
      for (let item = start; item < end; item += 1) gradient[items[item]!]! += slope;
      for (let column = 0; column < columns; column += 1)
        gradient[traits + column]! += slope * numbers[own + column]!;
      gradient[size - 1]! += slope;
    }
    for (let index = 0; index < size - 1; index += 1) {
      loss += (pull / 2) * at[index]! ** 2;
      gradient[index]! += pull * at[index]!;
    }
    return loss;
  };
  minimise(objective, point, mostSteps, turn);
  return {
    base: point[size - 1]!,
    traits: point.slice(0, traits),
    numbers: point.slice(traits, traits + columns),
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
