import { blend, deviationOf, type HiddenScores } from './blend.js';
import type { Features } from './features.js';
import { foldsOf } from './hold-out.js';
import { addLinear, emptyLinear } from './linear.js';
import type { LookalikeModel, PartName } from './model.js';
import { countTraits, naiveBayes, type TraitCounts } from './naive-bayes.js';
import { settingsFor, trainFold, type TrainedFold } from './train-fold.js';
import { randomOf, sampled } from './random.js';
import type { Share } from './sample.js';
import { bestStrength, type TrainedPart } from './strength.js';
import { TreeList } from './trees.js';

/** Thrown when the signal says so. */
export class TrainingCancelled extends Error {
  override name = 'TrainingCancelled';
}

export interface TrainOptions {
  /** The seed's rows, and what each is worth; all the same unless given. Values that are not above 0 count as the least. */
  seed: { rows: Uint32Array; values?: ArrayLike<number> };
  /** The rows that it is told from: the workspace's other contacts. None of the seed may be among them. */
  pool: Uint32Array;
  /** The same number gives the same model. */
  random?: number;
  /** Told now and then what share is done, from 0 to 1. */
  onProgress?: (done: number) => void;
  /** Looked at many times a second: an AbortSignal, or anything that reads memory which another thread writes. */
  signal?: { readonly aborted: boolean };
}

/** A part with less of a say than this is dropped: it would cost time and change next to nothing. */
const leastShare = 0.05;
/** No member counts for more than ten ordinary ones, or for less than a tenth of one. */
const mostWeight = 10;
const leastWeight = 0.1;

/**
 * Learns what tells a seed from the pool. Several models are trained on parts of the seed and judged by whether they bring
 * the hidden rest of it to the top; how strongly each is held back and how much it has to say follows from that. Throws
 * {@link TrainingCancelled}, and RangeError for a seed or a pool without rows.
 */
export function train(features: Features, options: TrainOptions): LookalikeModel {
  const { onProgress, signal } = options;
  const { rows } = options.seed;
  if (rows.length < 2 || options.pool.length < 2) throw new RangeError('Nobody to learn from.');
  const random = randomOf(options.random ?? 1);
  const settings = settingsFor(rows.length);
  const seed: Share = { rows, weights: weightsOf(options.seed) };
  const some = sampled(options.pool, settings.poolSize, random);
  const poolCounts = countTraits(features, evenly(options.pool));
  const folds = foldsOf(seed, some, { ...settings, random });
  let turns = 0;
  const turn = (): void => {
    if (signal?.aborted) throw new TrainingCancelled('Training was cancelled.');
    turns += 1;
    onProgress?.(Math.min(0.99, turns / (folds.length * settings.turns)));
  };
  const trained = folds.map((fold, index) => {
    turns = index * settings.turns;
    return trainFold(features, fold, { poolCounts, settings, random, turn });
  });
  const model = combine(features, { seed, poolCounts, trained });
  onProgress?.(1);
  return model;
}

/** Picks strengths, mixes the parts, and puts all folds' models together into one. */
function combine(
  features: Features,
  { seed, poolCounts, trained }: { seed: Share; poolCounts: TraitCounts; trained: readonly TrainedFold[] },
): LookalikeModel {
  const bayes = bestStrength(trained.map((fold) => fold.bayes));
  const regression = bestStrength(trained.map((fold) => fold.regressions));
  const names: PartName[] = ['naiveBayes', 'logistic', 'trees'];
  const folds = trained.map((fold) => [fold.bayes[bayes]!, fold.regressions[regression]!, fold.trees]);
  const { shares, ranks } = blend(folds.map(toHidden), seed.rows.length);
  const kept = shares.map((share) => (share < leastShare ? 0 : share));
  const total = kept.reduce((sum, share) => sum + share, 0);
  const linear = emptyLinear(features);
  const trees = new TreeList();
  const mix: Record<PartName, number> = { naiveBayes: 0, logistic: 0, trees: 0 };
  for (const [index, name] of names.entries()) {
    const share = kept[index]! / total;
    mix[name] = share;
    if (share === 0) continue;
    const parts = folds.map((fold) => fold[index]!);
    // Every part was mixed with its deviation among the pool as the unit.
    const deviation = parts.reduce((sum, { hidden }) => sum + deviationOf(hidden.pool), 0) / parts.length;
    const times = share / deviation;
    if (name === 'naiveBayes') {
      const whole = naiveBayes(features, countTraits(features, seed), poolCounts, parts[0]!.strength);
      addLinear(linear, whole, times);
      continue;
    }
    // The mean of the folds' models: it has seen all of the seed, and its mistakes cancel out in part.
    for (const { model } of parts) {
      if ('roots' in model) trees.append(model, times / parts.length);
      else addLinear(linear, model, times / parts.length);
    }
  }
  return { linear, trees: trees.build(), mix, seedSize: seed.rows.length, hiddenRanks: ranks.sort() };
}

function toHidden(parts: readonly TrainedPart[]): HiddenScores {
  return {
    seed: parts.map(({ hidden }) => hidden.seed),
    pool: parts.map(({ hidden }) => hidden.pool),
    weights: parts[0]!.hidden.weights,
  };
}

/** What each member counts for: on average 1, whatever the values' unit, and at most ten times that. */
function weightsOf({ rows, values }: TrainOptions['seed']): Float64Array {
  if (!values) return new Float64Array(rows.length).fill(1);
  const known = Float64Array.from(rows, (_, place) => Math.max(0, values[place] ?? 0) || 0);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (!(mean > 0) || !Number.isFinite(mean)) return new Float64Array(rows.length).fill(1);
  const capped = known.map((value) => Math.min(mostWeight, Math.max(leastWeight, value / mean)));
  const all = capped.reduce((sum, value) => sum + value, 0);
  return capped.map((value) => (value * capped.length) / all);
}

function evenly(rows: Uint32Array): Share {
  return { rows, weights: new Float64Array(rows.length).fill(1) };
}
