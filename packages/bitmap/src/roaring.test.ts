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
