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
    const sums = new Float64Array(together);
    for (let start = 0; start < rows.length; start += together) {
      const end = Math.min(rows.length, start + together);
      this.#hold(rows, start, end, held);
      sums.fill(0);
      // Rows that are not there any more have no feature, and nobody reads their sums.
      this.#walk(held, sums);
      for (let at = start; at < end; at += 1) scores[at]! += sums[at - start]!;
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

  #walk(held: Int32Array, sums: Float64Array): void {
    for (let tree = 0; tree < this.#roots.length; tree += 1)
      walkTree(this.#nodes, this.#values, this.#roots[tree]!, this.#depths[tree]!, held, this.#slots, sums);
  }
}

/**
 * Adds what one tree scores for each of the rows together. Four rows walk side by side: each step waits for memory, and
 * the waits of four overlap. A function of its own with nothing but arrays and numbers, which compiles best.
 */
function walkTree(
  nodes: Int32Array,
  values: Float64Array,
  root: number,
  depth: number,
  held: Int32Array,
  slots: number,
  sums: Float64Array,
): void {
  let offset = 0;
  for (let at = 0; at < together; at += 4) {
    const second = offset + slots;
    const third = second + slots;
    const fourth = third + slots;
    let a = root;
    let b = root;
    let c = root;
    let d = root;
    for (let step = 0; step < depth; step += 1) {
      a = childOf(nodes, a * width, held, offset);
      b = childOf(nodes, b * width, held, second);
      c = childOf(nodes, c * width, held, third);
      d = childOf(nodes, d * width, held, fourth);
    }
    sums[at]! += values[a]!;
    sums[at + 1]! += values[b]!;
    sums[at + 2]! += values[c]!;
    sums[at + 3]! += values[d]!;
    offset += 4 * slots;
  }
}

/** Where a row goes from a node. The sign of either difference says that its feature is outside: the second child. */
function childOf(nodes: Int32Array, place: number, held: Int32Array, offset: number): number {
  const feature = held[offset + nodes[place]!]!;
  return (nodes[place + 3]! + (((feature - nodes[place + 1]!) | (nodes[place + 2]! - feature)) >>> 31)) | 0;
}
