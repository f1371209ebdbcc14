import { boost } from './boosting.js';
import type { Features } from './features.js';
import type { Fold } from './hold-out.js';
import { scoreLinear, type LinearModel } from './linear.js';
import { logistic } from './logistic.js';
import { countTraits, naiveBayes, type TraitCounts } from './naive-bayes.js';
import { PackedTrees } from './packed-trees.js';
import { sampled, type Random } from './random.js';
import { gather, type Share } from './sample.js';
import type { TrainedPart } from './strength.js';
import type { Trees } from './trees.js';

/** How a seed of a size is learnt from. */
export interface Settings {
  /** Into how many parts seed and pool are parted, and how many times over. */
  parts: number;
  repeats: number;
  /** Of the pool, so many are learnt from at most. */
  poolSize: number;
  /** Of each tree. */
  leaves: number;
  /** Steps that a fold takes, roughly: for progress. */
  turns: number;
}

/** Of a seed, so many are learnt from in a fold at most: more would take longer and teach no more. */
const mostSeed = 8_000;
/** What the pool weighs together, against the seed. */
const poolWeight = 2;
/** Seed members' worth of doubt in naive Bayes, weakest last: of equally good ones the first is taken. */
const bayesStrengths = [500, 100, 20];
/** How strongly regression is held back, in the same order. */
const pulls = [60, 15, 4, 1];
const growth = { trees: 60, rate: 0.15, depth: 6, least: 1, shrink: 10 };

/** Few seed members are parted more often, since luck has more to say; trees of some size need several hundred. */
export function settingsFor(seedSize: number): Settings {
  return {
    // Each part more is a model more to train and to score with: it pays while the seed is small.
    parts: seedSize < 1000 ? 4 : 3,
    repeats: seedSize < 150 ? 3 : 1,
    poolSize: Math.min(24_000, Math.max(8_000, 100 * seedSize)),
    leaves: seedSize < 400 ? 4 : 10,
    turns: growth.trees + 60,
  };
}

/** Everything that one fold trained. */
export interface TrainedFold {
  bayes: TrainedPart[];
  regressions: TrainedPart[];
  trees: TrainedPart;
}

/** Trains every kind of model, each in several strengths, on what a fold shows, and scores what it hides. */
export function trainFold(
  features: Features,
  { seen, hidden }: Fold,
  {
    poolCounts,
    settings,
    random,
    turn,
  }: { poolCounts: TraitCounts; settings: Settings; random: Random; turn: () => void },
): TrainedFold {
  const withLinear = (model: LinearModel, strength: number): TrainedPart => ({
    model,
    strength,
    hidden: {
      seed: scoreLinear(model, features, hidden.seed.rows),
      pool: scoreLinear(model, features, hidden.pool),
      weights: hidden.seed.weights,
    },
  });
  const seedCounts = countTraits(features, seen.seed);
  const bayes = bayesStrengths.map((shrink) =>
    withLinear(naiveBayes(features, seedCounts, poolCounts, shrink), shrink),
  );
  const seed = fewer(seen.seed, random);
  const each = (poolWeight * sum(seed.weights)) / seen.pool.length;
  const sample = gather(features, seed, {
    rows: seen.pool,
    weights: new Float64Array(seen.pool.length).fill(each),
  });
  let last: LinearModel | undefined;
  const regressions = pulls.map((pull) => {
    last = logistic(features, sample, { pull, from: last, turn });
    return withLinear(last, pull);
  });
  const model = boost(features, sample, { ...growth, leaves: settings.leaves, turn });
  const scores = (rows: Uint32Array): Float64Array => scoreTrees(model, features, rows);
  const { rows, weights } = hidden.seed;
  const trees: TrainedPart = {
    model,
    strength: growth.shrink,
    hidden: { seed: scores(rows), pool: scores(hidden.pool), weights },
  };
  return { bayes, regressions, trees };
}

function scoreTrees(model: Trees, features: Features, rows: Uint32Array): Float64Array {
  const scores = new Float64Array(rows.length);
  new PackedTrees(model, features).addTo(scores, rows);
  return scores;
}

function fewer({ rows, weights }: Share, random: Random): Share {
  const places = sampled(Uint32Array.from(rows.keys()), mostSeed, random);
  return {
    rows: Uint32Array.from(places, (place) => rows[place]!),
    weights: Float64Array.from(places, (place) => weights[place]!),
  };
}

function sum(weights: Float64Array): number {
  return weights.reduce((total, weight) => total + weight, 0);
}
