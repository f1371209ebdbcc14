import type { Features } from './features.js';
import { slotsOf, type Trees } from './trees.js';

/** Rows that walk a tree one after the other before the next tree: as many as keep what they have in the fast cache. */
const together = 64;
/** Numbers that each node takes: slot, low, high, and the first of its two children. */
const width = 4;

/**
 * Trees laid out for scoring many rows: the two children of a node lie next to each other, a leaf leads to itself, and so
 * each step is the same few operations without a branch that could be guessed wrong.
 */
export class PackedTrees {
  readonly #features: Features;
  /** Of each feature, which of the slots in use holds it; -1 where no tree asks for it. */
  readonly #placeOf: Int32Array;
  readonly #slots: number;
  readonly #roots: Uint32Array;
  readonly #depths: Uint32Array;
  readonly #nodes: Int32Array;
  readonly #values: Float64Array;

  constructor(trees: Trees, features: Features) {
    this.#features = features;
    const used = [...new Set(trees.slots)].filter((slot) => slot >= 0).sort((one, other) => one - other);
    const placeOf = new Map(used.map((slot, place) => [slot, place]));
    this.#slots = Math.max(1, used.length);
    this.#placeOf = Int32Array.from(slotsOf(features), (slot) => placeOf.get(slot) ?? -1);
    this.#roots = new Uint32Array(trees.roots.length);
    this.#depths = new Uint32Array(trees.roots.length);
    this.#nodes = new Int32Array(trees.values.length * width);
    this.#values = new Float64Array(trees.values.length);
    let size = 0;
    for (const [tree, root] of trees.roots.entries()) {
      this.#roots[tree] = size;
      const queue = [{ node: root, place: size++, depth: 0 }];
      for (const { node, place, depth } of queue) {
        this.#values[place] = trees.values[node]!;
        this.#depths[tree] = Math.max(this.#depths[tree]!, depth);
        const slot = trees.slots[node]!;
        const leaf = slot < 0;
        const children = leaf ? place : size;
        this.#nodes.set(
          leaf
            ? [0, -1, features.size, children]
            : [placeOf.get(slot)!, trees.low[node]!, trees.high[node]!, children],
          place * width,
        );
        if (leaf) continue;
        size += 2;
        queue.push({ node: trees.left[node]!, place: children, depth: depth + 1 });
        queue.push({ node: trees.right[node]!, place: children + 1, depth: depth + 1 });
      }
    }
  }

  /** Adds the trees' scores of rows to what is there. */
  addTo(scores: Float64Array, rows: Uint32Array): void {
    if (this.#roots.length === 0) return;
    const held = new Int32Array(together * this.#slots);
    for (let start = 0; start < rows.length; start += together) {
      const end = Math.min(rows.length, start + together);
      this.#hold(rows, start, end, held);
      this.#walk(scores, start, end, held);
    }
  }

  #hold(rows: Uint32Array, start: number, end: number, held: Int32Array): void {
    const { starts, items } = this.#features;
    const placeOf = this.#placeOf;
    held.fill(-1);
    for (let at = start, offset = 0; at < end; at += 1, offset += this.#slots) {
      const row = rows[at]!;
      const stop = starts[row + 1]!;
      for (let item = starts[row]!; item < stop; item += 1) {
        const feature = items[item]!;
        const place = placeOf[feature]!;
        if (place >= 0) held[offset + place] = feature;
      }
    }
  }

  #walk(scores: Float64Array, start: number, end: number, held: Int32Array): void {
    const nodes = this.#nodes;
    const values = this.#values;
    const slots = this.#slots;
    for (let tree = 0; tree < this.#roots.length; tree += 1) {
      const root = this.#roots[tree]!;
      const depth = this.#depths[tree]!;
      for (let at = start, offset = 0; at < end; at += 1, offset += slots) {
        let node = root;
        for (let step = 0; step < depth; step += 1) {
          const place = node * width;
          const feature = held[offset + nodes[place]!]!;
          // The sign of either difference says that the feature is outside, and takes the second child.
          const outside = ((feature - nodes[place + 1]!) | (nodes[place + 2]! - feature)) >>> 31;
          node = nodes[place + 3]! + outside;
        }
        scores[at]! += values[node]!;
      }
    }
  }
}
