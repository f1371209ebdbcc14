import type { Features } from './features.js';

/** A score that is a sum: of a base, a weight for each trait that a contact has, and one times each scaled number. */
export interface LinearModel {
  base: number;
  /** By trait. */
  traits: Float64Array;
  /** By number column. */
  numbers: Float64Array;
}

/** Scores of some rows. */
export function scoreLinear(model: LinearModel, features: Features, rows: Uint32Array): Float64Array {
  const { starts, items } = features;
  const byFeature = Float64Array.from(features.traitOf, (trait) => model.traits[trait]!);
  const scores = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place]!;
    const end = starts[row + 1]!;
    let score = model.base;
    for (let at = starts[row]!; at < end; at += 1) score += byFeature[items[at]!]!;
    scores[place] = score;
  }
  for (const [index, { values }] of features.numbers.entries()) {
    const weight = model.numbers[index]!;
    if (weight === 0) continue;
    for (let place = 0; place < rows.length; place += 1) scores[place]! += weight * values[rows[place]!]!;
  }
  return scores;
}

/** A model that scores everybody 0. */
export function emptyLinear(features: Features): LinearModel {
  return {
    base: 0,
    traits: new Float64Array(features.traits.length),
    numbers: new Float64Array(features.numbers.length),
  };
}

/** Adds another model to one, so many times. */
export function addLinear(to: LinearModel, what: LinearModel, times: number): void {
  to.base += times * what.base;
  for (let trait = 0; trait < to.traits.length; trait += 1) to.traits[trait]! += times * what.traits[trait]!;
  for (let number = 0; number < to.numbers.length; number += 1)
    to.numbers[number]! += times * what.numbers[number]!;
}
