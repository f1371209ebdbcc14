import { areaUnderCurve, recallAt } from './evaluate.js';
import type { Features } from './features.js';
import { randomOf, shuffled } from './random.js';
import { score } from './score.js';
import { train, type TrainOptions } from './train.js';

/** How much of a hidden part of a seed came back. */
export interface HoldOut {
  /** How many seed members were hidden. */
  hidden: number;
  /** The share of them in the best 1, 5 and 10 % of everybody else and them: chance brings back as much as the share. */
  at1: number;
  at5: number;
  at10: number;
  area: number;
}

/**
 * Hides a fifth of the seed among the pool, trains on the rest and looks how many of the hidden come back: a check of the
 * whole way from seed to ranking that anybody can repeat. Trains once. Takes what `train` takes, and throws what it throws.
 */
export function checkHoldOut(features: Features, options: TrainOptions): HoldOut {
  const random = randomOf((options.random ?? 1) + 1);
  const { rows, values } = options.seed;
  const order = shuffled(Uint32Array.from(rows.keys()), random);
  const hidden = Math.max(1, Math.round(rows.length / 5));
  const pick = (places: Uint32Array): Uint32Array => places.map((place) => rows[place]!);
  const [away, kept] = [order.subarray(0, hidden), order.subarray(hidden)];
  const candidates = new Uint32Array(options.pool.length + hidden);
  candidates.set(options.pool);
  candidates.set(pick(away), options.pool.length);
  // The model must not know which of the pool were put there, not even by their order.
  candidates.sort();
  const seed = values
    ? { rows: pick(kept), values: Float64Array.from(kept, (place) => values[place]!) }
    : { rows: pick(kept) };
  const model = train(features, { ...options, seed, pool: candidates });
  const scores = score(model, features, candidates);
  const awayRows = new Set(pick(away));
  const sought = Uint8Array.from(candidates, (row) => (awayRows.has(row) ? 1 : 0));
  const recall = (share: number): number => recallAt(scores, sought, share);
  return {
    hidden,
    at1: recall(0.01),
    at5: recall(0.05),
    at10: recall(0.1),
    area: areaUnderCurve(scores, sought),
  };
}
