import { describe, expect, it } from 'vitest';
import { FeatureBuilder, printTrait, type Features } from './index.js';

/** The traits of a row, in words. */
function traitsOf({ starts, items, traitOf, traits }: Features, row: number): string[] {
  return [...items.subarray(starts[row], starts[row + 1])].map((item) => printTrait(traits[traitOf[item]!]!));
}

describe('features', () => {
  it('tell categories apart, take rare ones together and mark who has none', () => {
    const builder = new FeatureBuilder({ rows: 100 });
    const city = builder.category('city');
    for (let row = 0; row < 90; row += 1)
      city.add(row, row < 40 ? 'Berlin' : row < 65 ? 'Paris' : `town ${row}`);
    const features = builder.build();
    expect(traitsOf(features, 0)).toEqual(['city: Berlin']);
    expect(traitsOf(features, 50)).toEqual(['city: Paris']);
    expect(traitsOf(features, 80)).toEqual(['city: something rare']);
    expect(traitsOf(features, 95)).toEqual(['city: nothing']);
  });

  it('leave a rare value out where all rare ones together are rare', () => {
    const builder = new FeatureBuilder({ rows: 100 });
    const city = builder.category('city');
    for (let row = 0; row < 100; row += 1) city.add(row, row < 95 ? `big ${row % 2}` : 'hamlet');
    expect(traitsOf(builder.build(), 97)).toEqual([]);
  });

  it('cut numbers where as many people are on either side, and mark who has none', () => {
    const builder = new FeatureBuilder({ rows: 3300 });
    const age = builder.number('age');
    for (let row = 0; row < 3200; row += 1) age.add(row, row);
    const features = builder.build();
    const ranges = features.traits.filter(({ value }) => value.is === 'range');
    expect(ranges).toHaveLength(16);
    expect(traitsOf(features, 0)).toEqual([expect.stringMatching(/^age: up to (199|200|249)/)]);
    expect(traitsOf(features, 3250)).toEqual(['age: nothing']);
    const [scaled] = features.numbers;
    expect(scaled!.values[3250]).toBe(0);
    expect(scaled!.values[0]).toBeCloseTo(-1.73, 2);
    expect(scaled!.values[3199]).toBeCloseTo(1.73, 2);
  });

  it('tell the other values apart where most are the same', () => {
    const builder = new FeatureBuilder({ rows: 2000 });
    const gain = builder.number('gain');
    for (let row = 0; row < 2000; row += 1) gain.add(row, row < 1800 ? 0 : row);
    const features = builder.build();
    expect(features.traits.length).toBeGreaterThan(4);
    expect(traitsOf(features, 0)).not.toEqual(traitsOf(features, 1800));
    expect(traitsOf(features, 1800)).not.toEqual(traitsOf(features, 1999));
  });

  it('have each item of a list once', () => {
    const builder = new FeatureBuilder({ rows: 60, rareBelow: 10 });
    const tags = builder.list('tags');
    for (let row = 0; row < 40; row += 1)
      for (const tag of ['music', row < 20 ? 'food' : 'cars', 'music']) tags.add(row, tag);
    const features = builder.build();
    expect(traitsOf(features, 3).sort()).toEqual(['tags: food', 'tags: music']);
    expect(traitsOf(features, 50)).toEqual([]);
  });

  it('say how long ago and how often something was done', () => {
    const builder = new FeatureBuilder({ rows: 100 });
    const bought = builder.event('bought', { target: 'shoes', windows: [7, 30] });
    for (let row = 0; row < 50; row += 1) bought.add(row, row, [row < 7 ? 1 : 0, row < 30 ? 3 : 0]);
    const features = builder.build();
    expect(traitsOf(features, 5)).toEqual([
      'bought (shoes), days ago: above 3 up to 7',
      'bought (shoes), times in 7 days: up to 1',
      'bought (shoes), times in 30 days: above 2 up to 4',
    ]);
    expect(traitsOf(features, 60)).toEqual([]);
  });

  it('leave out and name the columns that define the seed, and those that are the same for all', () => {
    const builder = new FeatureBuilder({ rows: 50, definesSeed: ['plan', 'bought'] });
    const plan = builder.category('plan');
    const country = builder.category('country');
    expect(() => plan.add(0, 'paid')).not.toThrow();
    for (let row = 0; row < 50; row += 1) country.add(row, 'Norway');
    const member = builder.boolean('member');
    for (let row = 0; row < 50; row += 1) member.add(row, row % 2 === 0);
    builder.event('bought').add(3, 1, []);
    builder.category('nickname').add(3, 'Bo');
    const features = builder.build();
    expect(features.columns).toEqual(['member']);
    expect(features.leftOut).toEqual([
      { column: 'plan', reason: 'definesSeed' },
      { column: 'bought', reason: 'definesSeed' },
      { column: 'country', reason: 'sameForAll' },
      { column: 'nickname', reason: 'tooRare' },
    ]);
  });

  it('refuse cells out of order', () => {
    const builder = new FeatureBuilder({ rows: 10 });
    const city = builder.category('city');
    city.add(4, 'Rome');
    expect(() => city.add(3, 'Rome')).toThrow(RangeError);
    expect(() => city.add(4, 'Rome')).toThrow(RangeError);
    expect(() => city.add(10, 'Rome')).toThrow(RangeError);
  });
});
