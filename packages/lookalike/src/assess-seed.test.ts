import { describe, expect, it } from 'vitest';
import { assessModel, assessSeed, FeatureBuilder, train } from './index.js';
import { makePeople } from './testing/people.js';

const { features, kind, others } = makePeople(4000, 3, { city: 2, sport: 1 });
const all = Uint32Array.from({ length: 4000 }, (_, row) => row);
const codeOf = (seed: Uint32Array, pool: Uint32Array): string | undefined =>
  assessSeed(features, seed, pool).refusal?.code;

describe('a seed', () => {
  it('is taken when it can be learnt from', () => {
    const { refusal, warnings } = assessSeed(features, kind.slice(0, 200), others);
    expect(refusal).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('is refused when it is empty, too small or nearly everybody', () => {
    expect(codeOf(new Uint32Array(0), all)).toBe('empty');
    expect(codeOf(all.slice(0, 19), all.slice(19))).toBe('tooFew');
    expect(codeOf(all.slice(0, 20), all.slice(20))).toBeUndefined();
    expect(codeOf(all, new Uint32Array(0))).toBe('everybody');
    expect(codeOf(all.slice(0, 3700), all.slice(3700))).toBe('everybody');
  });

  it('is refused when nothing is known of anybody in it', () => {
    const builder = new FeatureBuilder({ rows: 200 });
    const city = builder.category('city');
    for (let row = 50; row < 200; row += 1) city.add(row, row % 2 ? 'Rome' : 'Oslo');
    const known = builder.build();
    expect(assessSeed(known, all.slice(0, 50), all.slice(50, 200)).refusal?.code).toBe('noFeatures');
  });

  it('is refused when a single trait is the seed, and warned of when it nearly is', () => {
    const builder = new FeatureBuilder({ rows: 1000 });
    const plan = builder.category('plan');
    for (let row = 0; row < 1000; row += 1) plan.add(row, row < 100 ? 'gold' : `plan ${row % 3}`);
    const points = builder.number('points');
    for (let row = 0; row < 1000; row += 1) points.add(row, row % 97);
    const planned = builder.build();
    const { refusal } = assessSeed(planned, all.slice(0, 100), all.slice(100, 1000));
    expect(refusal).toMatchObject({ code: 'oneTrait', trait: { column: 'plan', value: { value: 'gold' } } });
    expect(refusal!.message).toContain('plan: gold');
    const near = assessSeed(planned, all.slice(0, 70), all.slice(70, 1000));
    expect(near.refusal).toBeUndefined();
    expect(near.warnings.map(({ code }) => code)).toContain('nearlyOneTrait');
  });

  it('is refused when a range of a number is the seed', () => {
    const builder = new FeatureBuilder({ rows: 1000 });
    const points = builder.number('points');
    for (let row = 0; row < 1000; row += 1) points.add(row, row);
    const seed = all.slice(750, 1000);
    const { refusal } = assessSeed(builder.build(), seed, all.slice(0, 750));
    expect(refusal).toMatchObject({
      code: 'oneTrait',
      trait: { column: 'points', value: { is: 'range', to: null } },
    });
  });

  it('is warned of when it is small, or more than half of everybody', () => {
    const codes = (seed: Uint32Array, pool: Uint32Array): string[] =>
      assessSeed(features, seed, pool).warnings.map(({ code }) => code);
    expect(codes(kind.slice(0, 60), others)).toEqual(['few']);
    expect(codes(all.slice(0, 2500), all.slice(2500))).toEqual(['most']);
  });

  it('is called mixed when its members have nothing in common, and not when they have', () => {
    const mixed = train(features, {
      seed: { rows: all.filter((row) => row % 13 === 0) },
      pool: all.filter((row) => row % 13 !== 0),
    });
    expect(assessModel(mixed).map(({ code }) => code)).toEqual(['veryMixed']);
    const alike = train(features, { seed: { rows: kind.slice(0, 250) }, pool: others });
    expect(assessModel(alike)).toEqual([]);
  });
});
