import { describe, expect, it } from 'vitest';
import { Explainer, score, similarityBySize, train, traitLifts } from './index.js';
import { makePeople } from './testing/people.js';

const { features, kind, others } = makePeople(6000, 11, { city: 2, age: 1.5, together: 1 });
const seed = kind.slice(0, 500);
const pool = Uint32Array.from([...others, ...kind.slice(500)]).sort();
const model = train(features, { seed: { rows: seed }, pool });

describe('an explanation', () => {
  it('adds up to the score, for everybody', () => {
    const scores = score(model, features, pool);
    const explainer = new Explainer(model, features, pool);
    for (let place = 0; place < pool.length; place += 37) {
      const { score: own, base, contributions } = explainer.explain(pool[place]!);
      const sum = contributions.reduce((sum, { adds }) => sum + adds, base);
      expect(own).toBeCloseTo(scores[place]!, 4);
      expect(sum).toBeCloseTo(scores[place]!, 4);
    }
  });

  it('has as its base what the pool scores on average', () => {
    const scores = score(model, features, pool);
    const mean = scores.reduce((sum, own) => sum + own, 0) / scores.length;
    expect(new Explainer(model, features, pool).explain(pool[0]!).base).toBeCloseTo(mean, 0);
  });

  it('names what a contact has', () => {
    const explainer = new Explainer(model, features, pool);
    const { starts, items, traitOf } = features;
    const own = new Set(
      [...items.subarray(starts[pool[5]!], starts[pool[5]! + 1])].map((item) => traitOf[item]),
    );
    const named = explainer.explain(pool[5]!).contributions.filter(({ has }) => has);
    expect(named.length).toBeGreaterThan(2);
    expect(named.every(({ trait }) => own.has(features.traits.indexOf(trait!)))).toBe(true);
  });
});

describe('the traits that tell', () => {
  it('are counted, and those that the kind was made of come first', () => {
    const lifts = traitLifts(model, features, { seed, pool });
    expect(lifts[0]!.trait).toMatchObject({ column: 'city', value: { value: 'Berlin' } });
    for (const { inSeed, inPool, lift } of lifts) {
      expect(inSeed).toBeGreaterThanOrEqual(5);
      expect(lift).toBeCloseTo(inSeed / seed.length / (inPool / pool.length), 10);
    }
  });
});

describe('similarity by size', () => {
  it('falls as the lookalike grows, while more of the kind are in it', () => {
    const bySize = similarityBySize(model, pool.length);
    expect(bySize.map(({ percent }) => percent)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    for (let at = 1; at < bySize.length; at += 1) {
      expect(bySize[at]!.recall).toBeGreaterThanOrEqual(bySize[at - 1]!.recall);
      expect(bySize[at]!.similarity).toBeLessThanOrEqual(bySize[at - 1]!.similarity);
    }
    expect(bySize[9]!.lift).toBeGreaterThan(1.3);
    expect(bySize[9]!.size).toBe(Math.round(pool.length / 10));
  });
});
