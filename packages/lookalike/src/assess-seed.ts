import type { Features, ScaledNumber } from './features.js';
import type { LookalikeModel } from './model.js';
import { countTraits } from './naive-bayes.js';
import { printTrait, type Trait } from './traits.js';

/** A seed below this teaches nothing that holds. */
export const leastSeed = 20;
/** Below this, what it teaches is uncertain. */
const fewSeed = 100;
/** Of all contacts, a seed of more than this leaves too few others to be like it. */
const nearlyAll = 0.9;
/** More than half of everybody is worth a word. */
const most = 0.5;
/** A trait that so many of the seed have and so few of the pool is as good as its definition. */
const definition = { ofSeed: 0.99, ofPool: 0.01 };
/** A trait that tells as much as this is worth a word. */
const nearDefinition = { ofSeed: 0.9, ofPool: 0.05 };
/** A ranking that brings hidden members up no better than this has found nothing that they share. */
const mixedArea = 0.55;

/** Why no lookalike can be grown from a seed. */
export type SeedRefusal =
  | { code: 'empty'; message: string }
  | { code: 'tooFew'; message: string; members: number; least: number }
  | { code: 'everybody'; message: string; members: number; others: number }
  | { code: 'noFeatures'; message: string }
  /** A single trait is the seed: a segment of it does better than any lookalike. */
  | { code: 'oneTrait'; message: string; trait: Trait };

/** What to know before trusting a lookalike. */
export type SeedWarning =
  | { code: 'few'; message: string; members: number }
  | { code: 'most'; message: string; share: number }
  | { code: 'nearlyOneTrait'; message: string; trait: Trait }
  | { code: 'someWithoutFeatures'; message: string; members: number }
  | { code: 'veryMixed'; message: string };

export interface SeedAssessment {
  /** Undefined where it can be trained on. */
  refusal: SeedRefusal | undefined;
  warnings: SeedWarning[];
}

/** Whether a lookalike can be grown from a seed, and what to know about it. Before training; {@link assessModel} is for after. */
export function assessSeed(features: Features, seed: Uint32Array, pool: Uint32Array): SeedAssessment {
  const refused = (refusal: SeedRefusal): SeedAssessment => ({ refusal, warnings: [] });
  const members = seed.length;
  const everybody = members + pool.length;
  if (members === 0)
    return refused({ code: 'empty', message: 'Nobody in the seed is a contact of this workspace.' });
  if (members < leastSeed)
    return refused({
      code: 'tooFew',
      message: `The seed has ${members} contacts; a lookalike needs at least ${leastSeed}, better some hundreds.`,
      members,
      least: leastSeed,
    });
  if (members > nearlyAll * everybody || pool.length < leastSeed)
    return refused({
      code: 'everybody',
      message: `The seed is nearly everybody: only ${pool.length} other contacts are left to be like it.`,
      members,
      others: pool.length,
    });
  const without = seed.filter((row) => !tells(features, row)).length;
  if (without === members)
    return refused({
      code: 'noFeatures',
      message: 'Nothing is known of anybody in the seed: no attributes and no events that could be compared.',
    });
  const one = definingTrait(features, seed, pool, definition);
  if (one)
    return refused({
      code: 'oneTrait',
      message: `The seed is just who has “${printTrait(one)}”: make that a segment, or leave the column out.`,
      trait: one,
    });
  const warnings: SeedWarning[] = [];
  if (members < fewSeed)
    warnings.push({
      code: 'few',
      message: `With ${members} contacts the result is uncertain; from ${fewSeed} on it becomes steady.`,
      members,
    });
  if (members > most * everybody) {
    const share = members / everybody;
    const message = `The seed is ${Math.round(share * 100)} % of all contacts: there is little left to find.`;
    warnings.push({ code: 'most', message, share });
  }
  const near = definingTrait(features, seed, pool, nearDefinition);
  if (near)
    warnings.push({
      code: 'nearlyOneTrait',
      message: `“${printTrait(near)}” nearly is the seed. If that is how it was chosen, leave the column out.`,
      trait: near,
    });
  if (without > members / 2)
    warnings.push({
      code: 'someWithoutFeatures',
      message: `Nothing is known of ${without} of ${members} contacts in the seed.`,
      members: without,
    });
  return { refusal: undefined, warnings };
}

/** What training showed about the seed: whether its members have anything in common. */
export function assessModel({ hiddenRanks }: LookalikeModel): SeedWarning[] {
  // The mean rank of hidden members is 1 less the area under the curve.
  const area = 1 - hiddenRanks.reduce((sum, rank) => sum + rank, 0) / hiddenRanks.length;
  if (area >= mixedArea) return [];
  const message = 'The seed is very mixed: its members have hardly anything in common that others lack.';
  return [{ code: 'veryMixed', message }];
}

/** Whether a row has any feature but missing values. */
function tells({ starts, items, traitOf, traits }: Features, row: number): boolean {
  for (let at = starts[row]!; at < starts[row + 1]!; at += 1)
    if (traits[traitOf[items[at]!]!]!.value.is !== 'missing') return true;
  return false;
}

/**
 * The trait that nearly all of the seed have and nearly nobody else, neighbouring ranges of a number taken together; the
 * most telling if there are several.
 */
function definingTrait(
  features: Features,
  seed: Uint32Array,
  pool: Uint32Array,
  limits: { ofSeed: number; ofPool: number },
): Trait | undefined {
  const shares = (rows: Uint32Array): Float64Array =>
    countTraits(features, { rows, weights: new Float64Array(rows.length).fill(1) }).traits.map(
      (count) => count / rows.length,
    );
  const [ofSeed, ofPool] = [shares(seed), shares(pool)];
  let found: Trait | undefined;
  let gap = -Infinity;
  for (const { form, first, end, missing } of features.groups) {
    const start = features.traitOf[first]!;
    const stop = features.traitOf[end - 1]! + 1;
    for (let low = start; low < stop; low += 1) {
      let [inSeed, inPool] = [0, 0];
      const single = form !== 'ordered' || (missing && low === start);
      for (let high = low; high < (single ? low + 1 : stop); high += 1) {
        inSeed += ofSeed[high]!;
        inPool += ofPool[high]!;
        if (inSeed < limits.ofSeed || inPool > limits.ofPool || inSeed - inPool <= gap) continue;
        gap = inSeed - inPool;
        found = joinedTrait(features.traits[low]!, features.traits[high]!);
      }
    }
  }
  for (const number of features.numbers) {
    const { low, high, inPool } = rangeOf(number.values, seed, pool);
    if (inPool > limits.ofPool || limits.ofSeed - inPool <= gap) continue;
    const [lowest, highest] = [traitIn(features, number, low), traitIn(features, number, high)];
    if (!lowest || !highest) continue;
    gap = limits.ofSeed - inPool;
    found = joinedTrait(lowest, highest);
  }
  return found;
}

/**
 * Rules about numbers seldom end where bins do, so that the numbers themselves are looked at: the rows at both ends of the
 * range that 99 of 100 of the seed are in, and the share of the pool that is in it.
 */
function rangeOf(
  values: Float32Array,
  seed: Uint32Array,
  pool: Uint32Array,
): { low: number; high: number; inPool: number } {
  const order = seed.slice().sort((one, other) => values[one]! - values[other]!);
  const beyond = Math.floor(seed.length / 200);
  const [low, high] = [order[beyond]!, order[order.length - 1 - beyond]!];
  let within = 0;
  for (const row of pool) if (values[row]! >= values[low]! && values[row]! <= values[high]!) within += 1;
  return { low, high, inPool: within / pool.length };
}

/** The trait that a row has of a number column; undefined where it has no value there. */
function traitIn(features: Features, { group }: ScaledNumber, row: number): Trait | undefined {
  const { first, end } = features.groups[group]!;
  const own = features.items.subarray(features.starts[row], features.starts[row + 1]);
  const item = own.find((each) => each >= first && each < end);
  const trait = item === undefined ? undefined : features.traits[features.traitOf[item]!];
  return trait?.value.is === 'missing' ? undefined : trait;
}

function joinedTrait(low: Trait, high: Trait): Trait {
  if (low.value.is !== 'range' || high.value.is !== 'range') return low;
  return { ...low, value: { is: 'range', from: low.value.from, to: high.value.to } };
}
