import type { Features } from './features.js';

/** Some rows of the features, close together, as models are trained on them. */
export interface Sample {
  rows: Uint32Array;
  /** 1 for the seed, 0 for the pool. */
  labels: Uint8Array;
  /** What each counts for. */
  weights: Float64Array;
  starts: Uint32Array;
  items: Uint32Array;
  /** The scaled numbers of the first place, then of the next: as many each as there are number columns. */
  numbers: Float32Array;
}

/** Who is in a sample: rows, and what each counts for. */
export interface Share {
  rows: Uint32Array;
  weights: Float64Array;
}

/** Gathers seed rows, then pool rows. */
export function gather(features: Features, seed: Share, pool: Share): Sample {
  const rows = new Uint32Array(seed.rows.length + pool.rows.length);
  rows.set(seed.rows);
  rows.set(pool.rows, seed.rows.length);
  const weights = new Float64Array(rows.length);
  weights.set(seed.weights);
  weights.set(pool.weights, seed.rows.length);
  const starts = new Uint32Array(rows.length + 1);
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place]!;
    starts[place + 1] = starts[place]! + features.starts[row + 1]! - features.starts[row]!;
  }
  const items = new Uint32Array(starts[rows.length]!);
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place]!;
    items.set(features.items.subarray(features.starts[row]!, features.starts[row + 1]!), starts[place]!);
  }
  const columns = features.numbers.length;
  const numbers = new Float32Array(rows.length * columns);
  for (const [column, { values }] of features.numbers.entries())
    for (let place = 0; place < rows.length; place += 1)
      numbers[place * columns + column] = values[rows[place]!]!;
  return {
    rows,
    labels: new Uint8Array(rows.length).fill(1, 0, seed.rows.length),
    weights,
    starts,
    items,
    numbers,
  };
}
