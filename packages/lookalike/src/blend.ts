import { likelihoodOf, ranksAmong } from './hold-out.js';

/** What models scored in a fold for those that were hidden from them: an array for each model. */
export interface HiddenScores {
  seed: Float64Array[];
  pool: Float64Array[];
  /** Of the hidden seed members. */
  weights: Float64Array;
}

/** Shares come in steps of one in so many. */
const steps = 6;

/** A mix of models: what share each has, and where hidden seed members came back. */
export interface Blend {
  /** By model; together 1. */
  shares: number[];
  /** Of every hidden seed member, the share of the hidden pool that ranked higher; and its weight. */
  ranks: Float64Array;
  weights: Float64Array;
}

/**
 * Mixes models by how well each mix brings hidden seed members to the top. Not the best mix is taken but the mean of all,
 * each counted by its likelihood: a small seed hardly tells them apart and gets something of each, a large one settles it.
 * @param members how many different seed members were hidden, however often.
 */
export function blend(folds: readonly HiddenScores[], members: number): Blend {
  const models = folds[0]!.seed.length;
  const scaled = folds.map(toScale);
  const mixes = mixesOf(models, steps);
  const found = mixes.map((shares) => {
    const { ranks, weights } = rankHidden(scaled, shares);
    return members * likelihoodOf(ranks, weights);
  });
  const best = Math.max(...found);
  const shares = new Array<number>(models).fill(0);
  let total = 0;
  for (const [index, mix] of mixes.entries()) {
    const counts = Math.exp(found[index]! - best);
    total += counts;
    for (const [model, share] of mix.entries()) shares[model]! += counts * share;
  }
  const mean = shares.map((share) => share / total);
  return { shares: mean, ...rankHidden(scaled, mean) };
}

/** The ranks of hidden seed members under a mix of scores that are to scale. */
function rankHidden(
  folds: readonly HiddenScores[],
  shares: readonly number[],
): { ranks: Float64Array; weights: Float64Array } {
  const ranks = folds.map(({ seed, pool }) => ranksAmong(mixed(seed, shares), mixed(pool, shares)));
  return { ranks: joined(ranks), weights: joined(folds.map(({ weights }) => weights)) };
}

/** Scores with the pool's deviation as their unit. */
function toScale({ seed, pool, weights }: HiddenScores): HiddenScores {
  const factors = pool.map((scores) => 1 / deviationOf(scores));
  const scale = (scores: Float64Array, model: number): Float64Array =>
    scores.map((score) => score * factors[model]!);
  return { seed: seed.map(scale), pool: pool.map(scale), weights };
}

/** Standard deviation; 1 where all are the same. */
export function deviationOf(scores: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const score of scores) sum += score;
  const mean = sum / scores.length;
  for (const score of scores) squares += (score - mean) ** 2;
  return Math.sqrt(squares / scores.length) || 1;
}

function mixed(scores: readonly Float64Array[], shares: readonly number[]): Float64Array {
  const sum = new Float64Array(scores[0]!.length);
  for (const [model, own] of scores.entries()) {
    const share = shares[model]!;
    if (share === 0) continue;
    for (let place = 0; place < sum.length; place += 1) sum[place]! += share * own[place]!;
  }
  return sum;
}

export function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((size, each) => size + each.length, 0));
  let at = 0;
  for (const each of arrays) {
    all.set(each, at);
    at += each.length;
  }
  return all;
}

/** All ways to share `left` steps out among so many models. */
function mixesOf(models: number, left: number): number[][] {
  if (models === 1) return [[left / steps]];
  return Array.from({ length: left + 1 }, (_, taken) => taken).flatMap((taken) =>
    mixesOf(models - 1, left - taken).map((rest) => [taken / steps, ...rest]),
  );
}
