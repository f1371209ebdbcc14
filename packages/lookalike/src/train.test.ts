import { describe, expect, it } from 'vitest';
import {
  areaUnderCurve,
  checkHoldOut,
  cutPoints,
  FeatureBuilder,
  liftAt,
  randomOf,
  ranked,
  sampled,
  score,
  shuffled,
  train,
  TrainingCancelled,
  traitLifts,
  type Features,
} from './index.js';
import { makePeople, type Draws } from './testing/people.js';

const given = Number(process.env['SEED'] ?? Date.now() % 100_000);
console.info(`Random people of SEED=${given}.`);

interface Task {
  features: Features;
  seed: Uint32Array;
  pool: Uint32Array;
  /** By place in the pool, whether somebody of the kind was left there. */
  sought: Uint8Array;
}

/** A seed of so many of the kind; the rest of them are in the pool. */
function makeTask(size: number, seedSize: number, draws: Draws): Task {
  const { features, kind, others } = makePeople(size, given, draws);
  const mixed = shuffled(kind, randomOf(given));
  const seed = mixed.slice(0, seedSize).sort();
  const hidden = new Set(mixed.slice(seedSize));
  const pool = Uint32Array.from([...others, ...hidden]).sort();
  return { features, seed, pool, sought: Uint8Array.from(pool, (row) => (hidden.has(row) ? 1 : 0)) };
}

const draws: Draws = { city: 2, age: 1.5, sport: 1 };

describe('a model', () => {
  it('brings people of the kind to the top, with a large seed and with a small one', () => {
    for (const seedSize of [400, 40]) {
      const { features, seed, pool, sought } = makeTask(8000, seedSize, draws);
      const scores = score(train(features, { seed: { rows: seed }, pool }), features, pool);
      expect(areaUnderCurve(scores, sought)).toBeGreaterThan(seedSize === 400 ? 0.74 : 0.68);
      expect(liftAt(scores, sought, 0.1)).toBeGreaterThan(seedSize === 400 ? 2 : 1.6);
    }
  });

  it('is the same for the same random number, and another for another', () => {
    const { features, seed, pool } = makeTask(3000, 100, draws);
    const scoresOf = (random: number): Float32Array =>
      score(train(features, { seed: { rows: seed }, pool, random }), features, pool);
    expect(scoresOf(3)).toEqual(scoresOf(3));
    expect(scoresOf(3)).not.toEqual(scoresOf(4));
  });

  it('finds what only goes together, once the seed can carry it', () => {
    const { features, seed, pool, sought } = makeTask(20_000, 800, { together: 2.5 });
    const model = train(features, { seed: { rows: seed }, pool });
    expect(model.mix.trees).toBeGreaterThan(0.5);
    expect(areaUnderCurve(score(model, features, pool), sought)).toBeGreaterThan(0.62);
  });

  it('finds the one trait that all is about', () => {
    const { features, seed, pool } = makeTask(6000, 200, { sport: 4 });
    const model = train(features, { seed: { rows: seed }, pool });
    const [first] = traitLifts(model, features, { seed, pool });
    expect(first!.trait).toMatchObject({ column: 'sport', value: { value: 'true' } });
    expect(first!.lift).toBeGreaterThan(2);
    expect(first!.weight).toBeGreaterThan(0);
  });

  it('goes after what the valuable members have', () => {
    const rows = 4000;
    const builder = new FeatureBuilder({ rows });
    const colour = builder.category('colour');
    for (let row = 0; row < rows; row += 1) colour.add(row, ['red', 'blue', 'green', 'grey'][row % 4]!);
    const features = builder.build();
    // As many red ones as blue ones.
    const seed = Uint32Array.from({ length: 200 }, (_, place) => place * 8 + (place % 2));
    const members = new Set(seed);
    const pool = Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => !members.has(row));
    const meansOf = (values: number[] | undefined): number => {
      const model = train(features, { seed: values ? { rows: seed, values } : { rows: seed }, pool });
      const [red, blue] = score(model, features, Uint32Array.of(2000, 2001));
      return blue! - red!;
    };
    const even = Math.abs(meansOf(undefined));
    expect(meansOf([...seed].map((row) => (row % 2 === 1 ? 500 : 100)))).toBeGreaterThan(even + 0.1);
    expect(meansOf([...seed].map((row) => (row % 2 === 0 ? 500 : 100)))).toBeLessThan(-even - 0.1);
  });

  it('tells how far it is, and stops when it is told to', () => {
    const { features, seed, pool } = makeTask(3000, 60, draws);
    const told: number[] = [];
    train(features, { seed: { rows: seed }, pool, onProgress: (done) => told.push(done) });
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    expect(told.at(-1)).toBe(1);
    const signal = { aborted: false };
    const stop = (): unknown =>
      train(features, {
        seed: { rows: seed },
        pool,
        signal,
        onProgress: (done) => void (signal.aborted = done > 0.3),
      });
    expect(stop).toThrow(TrainingCancelled);
  });

  it('learns from a seed of twenty and a pool of thirty, and where nothing is known of anybody', () => {
    const { features, seed, pool } = makeTask(1500, 20, draws);
    const few = pool.slice(0, 30);
    expect(score(train(features, { seed: { rows: seed }, pool: few }), features, few)).toHaveLength(30);
    const unknown = new FeatureBuilder({ rows: 1500 }).build();
    const scores = score(train(unknown, { seed: { rows: seed }, pool }), unknown, pool);
    expect(new Set(scores).size).toBe(1);
  });

  it('refuses to learn from nobody', () => {
    const { features, seed } = makeTask(500, 10, draws);
    expect(() => train(features, { seed: { rows: seed }, pool: new Uint32Array(0) })).toThrow(RangeError);
  });
});

describe('a check with a part of the seed hidden', () => {
  it('brings far more of it back than chance', () => {
    const { features, seed, pool } = makeTask(8000, 400, draws);
    const found = checkHoldOut(features, { seed: { rows: seed }, pool });
    expect(found.hidden).toBe(80);
    expect(found.at10).toBeGreaterThan(0.15);
    expect(found.area).toBeGreaterThan(0.68);
  });

  it('brings back as much as chance where the seed has nothing in common', () => {
    const { features, seed, pool } = makeTask(20_000, 800, {});
    const found = checkHoldOut(features, { seed: { rows: seed }, pool });
    expect(Math.abs(found.area - 0.5)).toBeLessThan(0.13);
  });
});

describe('a ranking', () => {
  it('goes from the highest score down, and by ordinal where scores are the same', () => {
    const rows = Uint32Array.of(3, 5, 8, 9, 12, 20);
    expect([...ranked(rows, Float32Array.of(-1, 2, 0, 2, -3.5, 0))]).toEqual([5, 9, 8, 20, 3, 12]);
  });

  it('is the one that a plain sort gives', () => {
    const random = randomOf(given);
    const rows = sampled(
      Uint32Array.from({ length: 900 }, (_, row) => row),
      500,
      random,
    );
    const scores = Float32Array.from(rows, () => Math.round((random.share() - 0.5) * 40) / 4);
    const plain = [...rows.keys()].sort((one, other) => scores[other]! - scores[one]! || one - other);
    expect([...ranked(rows, scores)]).toEqual(plain.map((place) => rows[place]!));
  });

  it('is cut at each whole percent up to 20', () => {
    const cuts = cutPoints(Float32Array.from({ length: 1000 }, (_, place) => place));
    expect(cuts).toHaveLength(20);
    expect(cuts[0]).toEqual({ percent: 1, size: 10, score: 990 });
    expect(cuts[19]).toEqual({ percent: 20, size: 200, score: 800 });
    expect(cutPoints(new Float32Array(0))).toEqual([]);
  });
});
