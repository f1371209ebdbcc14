import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaUnderCurve, liftAt, randomOf, recallAt } from './index.js';

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.boolean()), { minLength: 2, maxLength: 60 })
  .filter((all) => all.some(([, sought]) => sought) && all.some(([, sought]) => !sought));

describe('the area under the curve', () => {
  it('is how often a sought one is above another, when all pairs are counted', () => {
    fc.assert(
      fc.property(scored, (all) => {
        let [above, pairs] = [0, 0];
        for (const [own, isSought] of all)
          for (const [other, isOther] of all) {
            if (!isSought || isOther) continue;
            pairs += 1;
            above += own > other ? 1 : own === other ? 0.5 : 0;
          }
        const area = areaUnderCurve(
          all.map(([score]) => score),
          all.map(([, sought]) => sought),
        );
        expect(area).toBeCloseTo(above / pairs, 12);
      }),
    );
  });

  it('is a half where scores know nothing, and nothing where nobody is sought', () => {
    expect(areaUnderCurve([1, 1, 1, 1], [1, 0, 0, 1])).toBe(0.5);
    expect(areaUnderCurve([1, 2], [0, 0])).toBeNaN();
  });
});

describe('lift', () => {
  it('is the share of the sought at the top against their share of all', () => {
    const scores = Float32Array.from({ length: 100 }, (_, index) => 100 - index);
    const sought = scores.map((_, index) => (index < 5 || index >= 95 ? 1 : 0));
    expect(recallAt(scores, sought, 0.1)).toBe(0.5);
    expect(liftAt(scores, sought, 0.1)).toBe(5);
  });

  it('is about 1 for chance', () => {
    const random = randomOf(5);
    const scores = Float64Array.from({ length: 20_000 }, () => random.share());
    const sought = scores.map(() => (random.share() < 0.2 ? 1 : 0));
    expect(liftAt(scores, sought, 0.1)).toBeGreaterThan(0.85);
    expect(liftAt(scores, sought, 0.1)).toBeLessThan(1.15);
  });
});
