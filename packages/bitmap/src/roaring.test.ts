import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { Bitmap, fromRoaring, largestOrdinal, readyToStore, toRoaring } from './index.js';

beforeAll(() => readyToStore());

it('reads what it has written', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000_000)), fc.nat(200_000), (some, length) => {
      for (const bitmap of [
        Bitmap.of(some),
        Bitmap.range(3, length),
        Bitmap.of(some).or(Bitmap.range(0, length)),
      ]) {
        expect(fromRoaring(toRoaring(bitmap)).equals(bitmap)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

/** Sets whose containers are of all three kinds, some of them nearly empty, and full to their last value. */
const mixed = fc
  .tuple(
    fc.array(fc.nat(400_000), { maxLength: 50 }),
    fc.array(fc.tuple(fc.nat(400_000), fc.nat(70_000), fc.integer({ min: 1, max: 40 })), { maxLength: 4 }),
  )
  .map(([single, stretches]) =>
    stretches.reduce((set, [from, length, step]) => {
      const every = Array.from({ length: Math.ceil(length / step) }, (_, index) => from + index * step);
      return set.or(Bitmap.of(every));
    }, Bitmap.of(single)),
  );

it('reads several as what is in any of them', () => {
  fc.assert(
    fc.property(fc.array(mixed, { maxLength: 4 }), (sets) => {
      const union = sets.reduce((one, other) => one.or(other), Bitmap.empty);
      expect(fromRoaring(...sets.map((set) => Buffer.from(toRoaring(set)))).equals(union)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

it('reads runs to the end of a container', () => {
  for (const set of [Bitmap.range(65_535, 65_536), Bitmap.range(0, 65_536), Bitmap.range(65_000, 140_000)])
    expect(fromRoaring(toRoaring(set)).equals(set)).toBe(true);
});

// https://github.com/RoaringBitmap/RoaringFormatSpec: the cookie without runs, one container, its key and cardinality
// less one, where it begins, and its values.
it('writes the portable format', () => {
  expect([...toRoaring(Bitmap.of([1, 3, 260]))]).toEqual(
    [
      [0x3a, 0x30, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 2, 0],
      [16, 0, 0, 0],
      [1, 0, 3, 0, 4, 1],
    ].flat(),
  );
});

it('reads the highest ordinal', () => {
  expect([...fromRoaring(toRoaring(Bitmap.of([0, largestOrdinal]))).ordinals()]).toEqual([0, largestOrdinal]);
});

it('takes few bytes for many neighbours', () => {
  expect(toRoaring(Bitmap.range(0, 1_000_000)).length).toBeLessThan(500);
});

it('refuses bytes that are something else', () => {
  for (const bytes of [Buffer.from('not a bitmap at all'), toRoaring(Bitmap.range(0, 5000)).slice(0, 10)]) {
    expect(() => fromRoaring(bytes)).toThrow(Error);
  }
});
