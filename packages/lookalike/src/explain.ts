import { topSize } from './evaluate.js';
import type { Features } from './features.js';
import type { LookalikeModel } from './model.js';
import { countTraits } from './naive-bayes.js';
import { sizes } from './score.js';
import type { Trait } from './traits.js';
import { slotsOf, TreeWalker } from './trees.js';

/** How a trait tells the seed from the pool. */
export interface TraitLift {
  trait: Trait;
  /** How many of the seed have it, and of the pool. */
  inSeed: number;
  inPool: number;
  /** The seed's share against the pool's: 2 is twice as common. Infinity where nobody of the pool has it. */
  lift: number;
  /** By how much the score of a seed member who has it is above that of the pool on average because of it; 0 where the model makes nothing of it. */
  weight: number;
}

/** How many seed members are looked at to say what traits weigh. */
const mostExplained = 2000;

/**
 * What makes the seed the seed: traits that at least `least` of its members have, from the most typical to the least, by
 * how unlikely it is that chance alone made them so common, or so rare.
 */
export function traitLifts(
  model: LookalikeModel,
  features: Features,
  { seed, pool, least = 5 }: { seed: Uint32Array; pool: Uint32Array; least?: number },
): TraitLift[] {
  const evenly = (rows: Uint32Array): { rows: Uint32Array; weights: Float64Array } => ({
    rows,
    weights: new Float64Array(rows.length).fill(1),
  });
  const [ofSeed, ofPool] = [countTraits(features, evenly(seed)), countTraits(features, evenly(pool))];
  const weights = meanWeights(model, features, seed, pool);
  const found = features.traits.map((trait, index) => {
    const [inSeed, inPool] = [ofSeed.traits[index]!, ofPool.traits[index]!];
    const lift = inSeed / seed.length / (inPool / pool.length);
    const told = information(inSeed / seed.length, (inPool + 0.5) / (pool.length + 1)) * seed.length;
    return { told: lift >= 1 ? told : -told, lift: { trait, inSeed, inPool, lift, weight: weights[index]! } };
  });
  return found
    .filter(({ lift }) => lift.inSeed >= least)
    .sort((one, other) => other.told - one.told)
    .map(({ lift }) => lift);
}

/** How surprising a share is where another is expected: Kullback and Leibler's divergence of the two. */
function information(share: number, expected: number): number {
  const part = (own: number, other: number): number => (own === 0 ? 0 : own * Math.log(own / other));
  return part(share, expected) + part(1 - share, 1 - expected);
}

/** What a trait adds for seed members who have it, less what its column adds for the pool on average. */
function meanWeights(
  model: LookalikeModel,
  features: Features,
  seed: Uint32Array,
  pool: Uint32Array,
): Float64Array {
  const sums = new Float64Array(features.traits.length);
  const counts = new Float64Array(features.traits.length);
  const explainer = new Explainer(model, features, pool);
  for (const row of thinned(seed))
    for (const { trait, adds } of explainer.parts(row)) {
      if (trait < 0) continue;
      sums[trait]! += adds;
      counts[trait]! += 1;
    }
  return sums.map((sum, trait) => (counts[trait]! > 0 ? sum / counts[trait]! : 0));
}

function thinned(rows: Uint32Array): Uint32Array {
  const step = Math.ceil(rows.length / mostExplained);
  return step <= 1 ? rows : rows.filter((_, place) => place % step === 0);
}

/** What something about a contact adds to its score, against the pool on average. */
export interface Contribution {
  /** The column, as the caller named it. */
  column: string;
  /** What the contact has there, or lacks; undefined where the column tells nothing of the contact. */
  trait: Trait | undefined;
  /** Whether the contact has the trait: an item of a list counts by being absent as well. */
  has: boolean;
  adds: number;
}

/** Why a contact scores what it does: `base` and what all contributions add are the score. */
export interface ScoreExplanation {
  score: number;
  /** What the pool scores on average. */
  base: number;
  /** Those that add or take most come first. */
  contributions: Contribution[];
}

/** Takes scores apart. Making one looks at some of the pool, so one serves for many contacts. */
export class Explainer {
  readonly #model: LookalikeModel;
  readonly #features: Features;
  readonly #walker: TreeWalker;
  /** By slot: what it adds for the pool on average. */
  readonly #usual: Float64Array;
  readonly #slotOf: Uint32Array;
  /** By slot, its column. */
  readonly #columnOf: Int32Array;
  readonly #adds: Float64Array;
  readonly #base: number;

  constructor(model: LookalikeModel, features: Features, pool: Uint32Array) {
    this.#model = model;
    this.#features = features;
    this.#walker = new TreeWalker(model.trees, features);
    this.#slotOf = slotsOf(features);
    this.#columnOf = new Int32Array(features.size);
    for (const { column, first, end } of features.groups) this.#columnOf.fill(column, first, end);
    this.#adds = new Float64Array(features.size);
    const usual = new Float64Array(features.size);
    const some = thinned(pool);
    let base = 0;
    for (const row of some) {
      base += this.#collect(row) / some.length;
      for (let slot = 0; slot < usual.length; slot += 1) usual[slot]! += this.#adds[slot]! / some.length;
    }
    this.#usual = usual;
    this.#base = base + usual.reduce((sum, each) => sum + each, 0);
  }

  /** Why a contact scores what it does. */
  explain(row: number): ScoreExplanation {
    const parts = this.parts(row).filter(({ adds }) => adds !== 0);
    const contributions = parts
      .map(({ slot, trait, adds }) => ({
        column: this.#features.columns[this.#columnOf[slot]!]!,
        trait: trait >= 0 ? this.#features.traits[trait] : this.#itemAt(slot),
        has: trait >= 0,
        adds,
      }))
      .sort((one, other) => Math.abs(other.adds) - Math.abs(one.adds));
    const score = contributions.reduce((sum, { adds }) => sum + adds, this.#base);
    return { score, base: this.#base, contributions };
  }

  /** The trait of a list's item, which has a slot by itself. */
  #itemAt(slot: number): Trait | undefined {
    const trait = this.#features.traits[this.#features.traitOf[slot]!]!;
    return trait.kind === 'list' ? trait : undefined;
  }

  /** By slot that the model knows: the trait that the row has there (-1 for none), and what it adds against the pool. */
  parts(row: number): { slot: number; trait: number; adds: number }[] {
    this.#collect(row);
    const { starts, items, traitOf, size } = this.#features;
    const held = new Map<number, number>();
    for (const item of items.subarray(starts[row], starts[row + 1]))
      held.set(this.#slotOf[item]!, traitOf[item]!);
    const found: { slot: number; trait: number; adds: number }[] = [];
    for (let slot = 0; slot < size; slot += 1) {
      const adds = this.#adds[slot]! - this.#usual[slot]!;
      if (held.has(slot) || adds !== 0) found.push({ slot, trait: held.get(slot) ?? -1, adds });
    }
    return found;
  }

  /** Fills in by slot what it adds to the row's score. @returns what is left: the bases of the parts. */
  #collect(row: number): number {
    const { starts, items, traitOf, numbers } = this.#features;
    const { linear } = this.#model;
    this.#adds.fill(0);
    for (const item of items.subarray(starts[row], starts[row + 1]))
      this.#adds[this.#slotOf[item]!]! += linear.traits[traitOf[item]!]!;
    for (const [number, { group, values }] of numbers.entries())
      this.#adds[this.#features.groups[group]!.first]! += linear.numbers[number]! * values[row]!;
    return linear.base + this.#walker.explain(row, (slot, _, adds) => void (this.#adds[slot]! += adds));
  }
}

/** What a lookalike of a size is expected to be like. */
export interface SizeExpectation {
  percent: number;
  /** Contacts in it. */
  size: number;
  /** The share of people like the seed who are in it: of seed members that were hidden, so many came back. */
  recall: number;
  /** How many times as common such people are in it as in all of the pool. */
  lift: number;
  /** How alike the least alike of it are, from 0 to 1: the share of the seed's own members that rank no higher. */
  similarity: number;
}

/** The similarity by size: what lookalikes of 1 to 20 % are expected to be like, by the seed members that were hidden. */
export function similarityBySize(model: LookalikeModel, poolSize: number): SizeExpectation[] {
  const { hiddenRanks } = model;
  return sizes.map((percent) => {
    const share = percent / 100;
    let within = 0;
    while (within < hiddenRanks.length && hiddenRanks[within]! <= share) within += 1;
    const recall = within / hiddenRanks.length;
    return { percent, size: topSize(poolSize, share), recall, lift: recall / share, similarity: 1 - recall };
  });
}
