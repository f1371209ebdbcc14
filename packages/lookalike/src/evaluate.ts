/**
 * How likely a random one of the sought is ranked above a random one of the others, ties counting half: 0.5 is chance.
 * NaN where one of the two is empty.
 */
export function areaUnderCurve(scores: ArrayLike<number>, sought: ArrayLike<number | boolean>): number {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index);
  order.sort((one, other) => scores[one]! - scores[other]!);
  let ranks = 0;
  let found = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    let inTie = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) {
      if (sought[order[end]!]) inTie += 1;
      end += 1;
    }
    ranks += inTie * ((start + end + 1) / 2);
    found += inTie;
  }
  return (ranks - (found * (found + 1)) / 2) / (found * (order.length - found));
}

/**
 * The share of the sought in the best `share` of all, against their share of all: 1 is chance. Of equal scores, those
 * that come first are taken. NaN where nobody is sought.
 */
export function liftAt(
  scores: ArrayLike<number>,
  sought: ArrayLike<number | boolean>,
  share: number,
): number {
  return recallAt(scores, sought, share) / (topSize(scores.length, share) / scores.length);
}

/** The share of all the sought that is in the best `share` of all. NaN where nobody is sought. */
export function recallAt(
  scores: ArrayLike<number>,
  sought: ArrayLike<number | boolean>,
  share: number,
): number {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index);
  order.sort((one, other) => scores[other]! - scores[one]! || one - other);
  let all = 0;
  for (let index = 0; index < sought.length; index += 1) if (sought[index]) all += 1;
  let found = 0;
  for (const index of order.subarray(0, topSize(order.length, share))) if (sought[index]) found += 1;
  return found / all;
}

/** How many the best `share` of so many are: never none. */
export function topSize(size: number, share: number): number {
  return Math.min(size, Math.max(1, Math.round(size * share)));
}
