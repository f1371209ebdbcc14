import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap, largestOrdinal } from './index.js';

/** Sets of every density, with gaps: single ordinals, and runs of them. */
const ordinals = fc
  .array(
    fc.oneof(
      fc.nat(5000).map((ordinal) => [ordinal]),
      fc
        .tuple(fc.nat(5000), fc.integer({ min: 1, max: 300 }))
        .map(([start, length]) => Array.from({ length }, (_, index) => start + index)),
    ),
    { maxLength: 40 },
  )
  .map((runs) => new Set(runs.flat()));

const pair = [ordinals, ordinals] as const;
const sorted = (set: Iterable<number>): number[] => [...set].toSorted((one, other) => one - other);
const list = (bitmap: Bitmap): number[] => [...bitmap.ordinals()];

/** The same set as PostgreSQL packs it. */
function packed(values: Iterable<number>): Uint8Array {
  const numbers = [...values];
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, ordinal] of numbers.entries()) bytes.writeUInt32BE(ordinal, index * 4);
  return bytes;
}

/** Whether something is so for any two sets. */
function assertForAll(law: (one: Set<number>, other: Set<number>) => void): void {
  fc.assert(fc.property(...pair, law), { numRuns: 300 });
}

describe('a bitmap', () => {
  it('holds what it was made of, in order, however it came', () =>
    assertForAll((set) => {
      expect(list(Bitmap.of(set))).toEqual(sorted(set));
      expect(list(Bitmap.fromPacked(packed(set)))).toEqual(sorted(set));
      expect(Bitmap.of(set).size).toBe(set.size);
    }));

  it('knows whether it holds an ordinal', () =>
    assertForAll((set, others) => {
      const bitmap = Bitmap.of(set);
      for (const ordinal of [...set, ...others]) expect(bitmap.has(ordinal)).toBe(set.has(ordinal));
      expect(bitmap.has(largestOrdinal)).toBe(false);
    }));

  it('is intersected', () =>
    assertForAll((one, other) => {
      const common = Bitmap.of(one).and(Bitmap.of(other));
      expect(list(common)).toEqual(sorted(one.intersection(other)));
      expect(common.size).toBe(one.intersection(other).size);
      expect(Bitmap.of(one).andSize(Bitmap.of(other))).toBe(common.size);
    }));

  it('is united', () =>
    assertForAll((one, other) => {
      const all = Bitmap.of(one).or(Bitmap.of(other));
      expect(list(all)).toEqual(sorted(one.union(other)));
      expect(all.size).toBe(one.union(other).size);
    }));

  it('is taken from another', () =>
    assertForAll((one, other) => {
      const rest = Bitmap.of(one).andNot(Bitmap.of(other));
      expect(list(rest)).toEqual(sorted(one.difference(other)));
      expect(rest.size).toBe(one.difference(other).size);
    }));

  it('is never changed by what is done with it', () =>
    assertForAll((one, other) => {
      const [left, right] = [Bitmap.of(one), Bitmap.of(other)];
      left.or(right);
      left.andNot(right);
      left.and(right);
      left.ordinals().fill(0);
      expect(list(left)).toEqual(sorted(one));
      expect(list(right)).toEqual(sorted(other));
    }));

  it('equals what holds the same', () =>
    assertForAll((one, other) => {
      expect(Bitmap.of(one).equals(Bitmap.fromPacked(packed([...one, ...one].toReversed())))).toBe(true);
      expect(Bitmap.of(one).equals(Bitmap.of(other))).toBe(one.symmetricDifference(other).size === 0);
    }));

  it('gives its ordinals page by page', () => {
    fc.assert(
      fc.property(ordinals, fc.integer({ min: 1, max: 50 }), (set, limit) => {
        const bitmap = Bitmap.of(set);
        const pages: number[] = [];
        for (let page = bitmap.next(-1, limit); page.length > 0; page = bitmap.next(page.at(-1)!, limit)) {
          expect(page.length).toBeLessThanOrEqual(limit);
          pages.push(...page);
        }
        expect(pages).toEqual(sorted(set));
      }),
    );
  });

  it('holds those that come as often as is asked for', () =>
    assertForAll((one, other) => {
      const twice = packed([...one, ...other]);
      expect(list(Bitmap.fromPacked(twice, (times) => times === 2))).toEqual(sorted(one.intersection(other)));
    }));

  it('is mended for some ordinals', () =>
    assertForAll((one, other) => {
      const some = new Set([...other].filter((ordinal) => ordinal % 2 === 0));
      const fresh = new Set([...some].filter((ordinal) => ordinal % 3 === 0));
      const mended = Bitmap.of(one).patched(Bitmap.of(some), Bitmap.of(fresh));
      expect(list(mended)).toEqual(sorted(one.difference(some).union(fresh)));
    }));

  it('holds a range', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (start, end) => {
        const numbers = Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
        expect(list(Bitmap.range(start, end))).toEqual(numbers);
      }),
    );
  });

  it('takes no more room than bits do, and less where it is sparse', () => {
    expect(Bitmap.range(0, 32_000).bytes).toBe(4000);
    expect(Bitmap.of([5, 1_000_000]).bytes).toBe(8);
    expect(Bitmap.range(0, 32_000).and(Bitmap.of([7, 31_000])).bytes).toBe(8);
    expect(Bitmap.range(0, 320_000).andNot(Bitmap.range(100, 320_000)).bytes).toBeLessThanOrEqual(16);
  });

  it('refuses what is no ordinal', () => {
    for (const wrong of [-1, 0.5, Number.NaN, largestOrdinal + 1])
      expect(() => Bitmap.of([wrong])).toThrow(RangeError);
    expect(() => Bitmap.of(Uint32Array.of(largestOrdinal + 1))).toThrow(RangeError);
    expect(() => Bitmap.fromPacked(new Uint8Array(5))).toThrow(RangeError);
    expect(() => Bitmap.fromPacked(Uint8Array.of(255, 255, 255, 255))).toThrow(RangeError);
  });
});
