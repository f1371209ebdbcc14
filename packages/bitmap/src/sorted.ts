/** Sets of ordinals as arrays, sorted and without duplicates: what is small takes little room and little time. */
export type Sorted = Uint32Array;

/** Where the ordinal is, or would be, at or after `from`: by steps that double, then by halves. */
export function placeOf(sorted: Sorted, ordinal: number, from = 0): number {
  let step = 1;
  let low = from;
  while (low + step < sorted.length && sorted[low + step]! < ordinal) {
    low += step;
    step *= 2;
  }
  let high = Math.min(sorted.length, low + step + 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const hasOrdinal = (sorted: Sorted, ordinal: number): boolean =>
  sorted[placeOf(sorted, ordinal)] === ordinal;

/** Calls for each ordinal of both. What is much smaller leaps through the other. */
export function eachCommon(one: Sorted, other: Sorted, call: (ordinal: number) => void): void {
  const [small, large] = one.length <= other.length ? [one, other] : [other, one];
  let place = 0;
  for (const ordinal of small) {
    place = placeOf(large, ordinal, place);
    if (place === large.length) return;
    if (large[place] === ordinal) call(ordinal);
  }
}

/** Sorts, unless it is sorted, and drops duplicates, in place. */
export function sortOnce(ordinals: Uint32Array): Sorted {
  if (isStrictlySorted(ordinals)) return ordinals;
  ordinals.sort();
  let kept = 0;
  for (let index = 0; index < ordinals.length; index += 1) {
    if (index === 0 || ordinals[index] !== ordinals[index - 1]) ordinals[kept++] = ordinals[index]!;
  }
  return kept === ordinals.length ? ordinals : ordinals.slice(0, kept);
}

function isStrictlySorted(ordinals: Uint32Array): boolean {
  for (let index = 1; index < ordinals.length; index += 1) {
    if (ordinals[index]! <= ordinals[index - 1]!) return false;
  }
  return true;
}

/** What is in either, each once. */
export function merged(one: Sorted, other: Sorted): Sorted {
  const all = new Uint32Array(one.length + other.length);
  let [left, right, next] = [0, 0, 0];
  while (left < one.length && right < other.length) {
    const [a, b] = [one[left]!, other[right]!];
    all[next++] = Math.min(a, b);
    if (a <= b) left += 1;
    if (b <= a) right += 1;
  }
  while (left < one.length) all[next++] = one[left++]!;
  while (right < other.length) all[next++] = other[right++]!;
  return next === all.length ? all : all.slice(0, next);
}
