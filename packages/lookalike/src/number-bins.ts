/** Numbers in order, each once, and how often it is there. */
interface Counted {
  values: Float64Array;
  counts: Float64Array;
}

/** How the numbers of a column are cut into bins. */
export interface NumberBins {
  /** The highest value of each bin but the last, in order: a value is in the first bin whose bound is no less. */
  bounds: Float64Array;
  /** Of each bin, which coarser one it is part of; those are numbered in order. */
  coarse: Uint32Array;
}

/** Trees see bins as fine as this; what adds up evidence bin by bin sees the coarse ones, which hold enough contacts. */
const mostFine = 64;
const mostCoarse = 16;

/** Cuts numbers (none of them NaN; the array is sorted in place). @param least contacts in a coarse bin. */
export function binsOf(numbers: Float64Array, least: number): NumberBins {
  const distinct = countDistinct(numbers.sort());
  const fine = cut(distinct, mostFine, 1);
  const bounds = new Float64Array(Math.max(0, fine.length - 1));
  for (let bin = 0; bin < bounds.length; bin += 1) {
    // Halfway, so that values which were not seen fall to the nearer side.
    const end = fine[bin]!;
    bounds[bin] = (distinct.values[end - 1]! + distinct.values[end]!) / 2;
  }
  const counts = new Float64Array(fine.length);
  for (let bin = 0, start = 0; bin < fine.length; start = fine[bin]!, bin += 1)
    for (let index = start; index < fine[bin]!; index += 1) counts[bin]! += distinct.counts[index]!;
  const coarse = new Uint32Array(fine.length);
  const ends = cut({ values: Float64Array.from(fine), counts }, mostCoarse, least);
  for (let bin = 0, part = 0; bin < fine.length; bin += 1) {
    if (bin >= ends[part]!) part += 1;
    coarse[bin] = part;
  }
  return { bounds, coarse };
}

/** The bin of a value. */
export function binFor(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= bounds[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function countDistinct(sorted: Float64Array): Counted {
  const values = new Float64Array(sorted.length);
  const counts = new Float64Array(sorted.length);
  let size = 0;
  for (const value of sorted) {
    if (size === 0 || values[size - 1] !== value) values[size++] = value;
    counts[size - 1]! += 1;
  }
  return { values: values.subarray(0, size), counts: counts.subarray(0, size) };
}

/**
 * Cuts distinct values into at most so many bins of like size. A value that would fill a bin gets one for itself, so that
 * a column of mostly zeros still has its other values told apart.
 * @returns where each bin ends, as indexes into the distinct values.
 */
function cut({ counts }: Counted, most: number, least: number): number[] {
  const total = sum(counts, 0, counts.length);
  const heavy = Array.from(counts, (count) => count >= total / most);
  const light = counts.reduce((sum, count, index) => (heavy[index] ? sum : sum + count), 0);
  const bins = Math.max(1, most - heavy.filter(Boolean).length);
  const size = counts.length <= most ? 0 : light / bins;
  const ends: number[] = [];
  let inBin = 0;
  for (let index = 0; index < counts.length; index += 1) {
    inBin += counts[index]!;
    const full = inBin >= size || heavy[index];
    if (!full && !(heavy[index + 1] && inBin >= size / 2)) continue;
    ends.push(index + 1);
    inBin = 0;
  }
  if (ends.at(-1) !== counts.length) ends.push(counts.length);
  return joinSmall(counts, ends, least);
}

/** Joins bins with fewer than `least` to the smaller neighbour. */
function joinSmall(counts: Float64Array, ends: number[], least: number): number[] {
  const sizes = ends.map((end, bin) => sum(counts, bin === 0 ? 0 : ends[bin - 1]!, end));
  const joined = ends.slice();
  for (;;) {
    const small = sizes.findIndex((size) => size < least);
    if (small < 0 || sizes.length === 1) return joined;
    const down = small > 0 && (small === sizes.length - 1 || sizes[small - 1]! <= sizes[small + 1]!);
    const first = down ? small - 1 : small;
    sizes.splice(first, 2, sizes[first]! + sizes[first + 1]!);
    joined.splice(first, 1);
  }
}

function sum(counts: Float64Array, start: number, end: number): number {
  let total = 0;
  for (let index = start; index < end; index += 1) total += counts[index]!;
  return total;
}
