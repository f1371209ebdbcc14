import type { Features } from './features.js';

/**
 * Trees whose scores are added up. Nodes of all trees lie in the same arrays. At an inner node a row goes left when it has,
 * in the slot, a feature from `low` up to `high`: a slot is a group of features of which a row has at most one, or one
 * item of a list by itself.
 */
export interface Trees {
  /** The root of each tree. */
  roots: Uint32Array;
  /** -1 at a leaf. */
  slots: Int32Array;
  low: Int32Array;
  high: Int32Array;
  left: Uint32Array;
  right: Uint32Array;
  /** What a row scores that stays at the node: at leaves the score, above them what is known so far. */
  values: Float64Array;
}

/** Of each feature, the slot that holds it: the first feature of its group, or itself where it is an item. */
export function slotsOf(features: Features): Uint32Array {
  const slots = new Uint32Array(features.size);
  for (const { form, first, end } of features.groups)
    for (let feature = first; feature < end; feature += 1)
      slots[feature] = form === 'items' ? feature : first;
  return slots;
}

/** Walks the trees for one row after another to say why; keeps the scratch that this takes. */
export class TreeWalker {
  readonly #trees: Trees;
  readonly #features: Features;
  readonly #slotOf: Uint32Array;
  /** By slot, the feature that the row at hand has there; -1 for none. */
  readonly #held: Int32Array;

  constructor(trees: Trees, features: Features) {
    this.#trees = trees;
    this.#features = features;
    this.#slotOf = slotsOf(features);
    this.#held = new Int32Array(features.size).fill(-1);
  }

  /**
   * What each split on a row's way adds to its score, with the slot that it asked for and the feature that the row has
   * there, or -1. Together with the roots' values they are the score.
   */
  explain(row: number, note: (slot: number, feature: number, adds: number) => void): number {
    const { roots, slots, low, high, left, right, values } = this.#trees;
    this.#hold(row);
    let base = 0;
    for (const root of roots) {
      base += values[root]!;
      let node = root;
      for (let slot = slots[node]!; slot >= 0; slot = slots[node]!) {
        const feature = this.#held[slot]!;
        const next = feature >= low[node]! && feature <= high[node]! ? left[node]! : right[node]!;
        note(slot, feature, values[next]! - values[node]!);
        node = next;
      }
    }
    this.#release(row);
    return base;
  }

  #hold(row: number): void {
    const { starts, items } = this.#features;
    for (let at = starts[row]!; at < starts[row + 1]!; at += 1)
      this.#held[this.#slotOf[items[at]!]!] = items[at]!;
  }

  #release(row: number): void {
    const { starts, items } = this.#features;
    for (let at = starts[row]!; at < starts[row + 1]!; at += 1) this.#held[this.#slotOf[items[at]!]!] = -1;
  }
}

/** Collects nodes, and puts trees together. */
export class TreeList {
  readonly #roots: number[] = [];
  readonly #slots: number[] = [];
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #values: number[] = [];

  /** A leaf, until it is split. @returns its number. */
  leaf(value: number): number {
    this.#slots.push(-1);
    this.#low.push(0);
    this.#high.push(0);
    this.#left.push(0);
    this.#right.push(0);
    return this.#values.push(value) - 1;
  }

  root(node: number): void {
    this.#roots.push(node);
  }

  split(node: number, slot: number, low: number, high: number, left: number, right: number): void {
    this.#slots[node] = slot;
    this.#low[node] = low;
    this.#high[node] = high;
    this.#left[node] = left;
    this.#right[node] = right;
  }

  /** The trees of another list, each score so many times. */
  append(trees: Trees, times: number): void {
    const offset = this.#values.length;
    for (let node = 0; node < trees.values.length; node += 1) {
      this.leaf(trees.values[node]! * times);
      if (trees.slots[node]! < 0) continue;
      const [left, right] = [offset + trees.left[node]!, offset + trees.right[node]!];
      this.split(offset + node, trees.slots[node]!, trees.low[node]!, trees.high[node]!, left, right);
    }
    for (const root of trees.roots) this.root(offset + root);
  }

  build(): Trees {
    return {
      roots: Uint32Array.from(this.#roots),
      slots: Int32Array.from(this.#slots),
      low: Int32Array.from(this.#low),
      high: Int32Array.from(this.#high),
      left: Uint32Array.from(this.#left),
      right: Uint32Array.from(this.#right),
      values: Float64Array.from(this.#values),
    };
  }
}
