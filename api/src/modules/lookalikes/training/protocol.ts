import type { Contribution, HoldOut, LeftOut, SizeExpectation } from '@coterie/lookalike';
import type { Ranking } from '../lookalike.repository.js';
import type { TypicalTrait } from '../lookalike.js';

/** What a column holds, as the builder of features takes it. */
export type ColumnForm =
  | { form: 'category' | 'list' | 'boolean' | 'number'; column: string }
  | { form: 'event'; column: string; target?: string; windows: readonly number[] };

/** Some cells of the column that was begun last, in the order of their ordinals. */
export interface Cells {
  ordinals: readonly number[];
  /** Of texts the texts, of numbers the numbers, of events the days since the last. */
  values: readonly (string | number | boolean)[];
  /** Of events, how often within each window, one after the other. */
  times?: readonly number[];
}

/** What the thread is told. */
export type ToThread =
  | { kind: 'begin'; rows: number; definesSeed: readonly string[] }
  | { kind: 'column'; column: ColumnForm }
  | { kind: 'cells'; cells: Cells }
  | { kind: 'train'; seed: Uint32Array; values: Float64Array | undefined; pool: Uint32Array; random: number };

/** What the thread found. */
export interface Grown {
  warnings: string[];
  leftOut: readonly LeftOut[];
  traits: TypicalTrait[];
  sizes: SizeExpectation[];
  holdOut: HoldOut;
  /** What the ranking's reasons name by their place. */
  reasons: NonNullable<Contribution['trait']>[];
  ranking: Ranking;
}

/** What the thread says. */
export type FromThread =
  | { kind: 'progress'; done: number }
  /** Why nothing can be grown from this seed, in words. */
  | { kind: 'refused'; message: string }
  | { kind: 'grown'; grown: Grown };
