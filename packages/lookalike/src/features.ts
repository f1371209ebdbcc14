import type { Trait } from './traits.js';

/**
 * How features of one kind lie together. `ordered`: a row has at most one of them, and their order means something;
 * `nominal`: at most one, in no order; `items`: any number of them.
 */
export type GroupForm = 'ordered' | 'nominal' | 'items';

/** Features next to each other that come from one column. */
export interface Group {
  form: GroupForm;
  /** Index of the column it is of. */
  column: number;
  first: number;
  /** After the last. */
  end: number;
  /** Whether the first of them stands for no value. */
  missing: boolean;
}

/** A number column as such, besides its bins: by row, scaled to mean 0 and deviation 1; 0 where there is none. */
export interface ScaledNumber {
  column: number;
  /** The group of its bins. */
  group: number;
  values: Float32Array;
}

/** A column that takes no part, and why. */
export interface LeftOut {
  column: string;
  /** `definesSeed`: the caller said so; `sameForAll`: it tells nobody apart; `tooRare`: too few have any value of it. */
  reason: 'definesSeed' | 'sameForAll' | 'tooRare';
}

/**
 * What is known of a workspace's contacts, as numbers: by row (a contact's ordinal) the features that it has, in rising
 * order, and some columns as scaled numbers. Several fine features, such as bins of a number, are one trait to people.
 */
export interface Features {
  rows: number;
  /** Where each row's features begin in `items`; one more than there are rows. */
  starts: Uint32Array;
  items: Uint32Array;
  /** How many features there are. */
  size: number;
  /** Of each feature, the index of its trait. */
  traitOf: Uint32Array;
  traits: readonly Trait[];
  /** In the order of their features; together they hold all of them. */
  groups: readonly Group[];
  columns: readonly string[];
  numbers: readonly ScaledNumber[];
  leftOut: readonly LeftOut[];
}
