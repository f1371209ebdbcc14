import { Bitmap } from '@coterie/bitmap';
import type { ListRow } from './read-postings.js';

/** What is asked of chains: as many steps, from the first to the last within so many microseconds. */
interface ChainsAsked {
  steps: number;
  within: number;
  /** All ordinals are below. */
  end: number;
}

/** Events that are steps, by contact: those of contact n lie from `starts[n]` up to `starts[n + 1]`. */
interface Steps {
  starts: Uint32Array;
  /** In microseconds, in order within a contact. */
  instants: Float64Array;
  steps: Uint8Array;
}

/**
 * Who did one after the other: the same pass over the events of each contact as {@link sequenceSet} has it in SQL. At an
 * event that is one of step n, the chain with the latest start is kept that reaches the step before strictly earlier.
 */
export function matchChains(rows: readonly ListRow[], asked: ChainsAsked): Bitmap {
  const { starts, instants, steps } = byContact(rows, asked);
  const found: number[] = [];
  for (let ordinal = 0; ordinal < asked.end; ordinal += 1) {
    const [from, to] = [starts[ordinal]!, starts[ordinal + 1]!];
    if (to > from && hasChain(instants.subarray(from, to), steps.subarray(from, to), asked))
      found.push(ordinal);
  }
  return Bitmap.of(Uint32Array.from(found));
}

/** @param instants in order. */
function hasChain(instants: Float64Array, steps: Uint8Array, { steps: count, within }: ChainsAsked): boolean {
  // The latest start of a chain that has come to each step; what happens at one instant counts only after it.
  const latest = new Array<number>(count).fill(-Infinity);
  const before = latest.slice();
  for (let place = 0; place < instants.length; place += 1) {
    const instant = instants[place]!;
    if (place === 0 || instants[place - 1]! < instant) {
      for (let step = 0; step < count; step += 1) before[step] = latest[step]!;
    }
    const step = steps[place]!;
    const start = step === 0 ? instant : before[step - 1]!;
    if (step === count - 1 && start >= instant - within) return true;
    if (start > latest[step]!) latest[step] = start;
  }
  return false;
}

/** Sorts events by contact: counts, then places; and those of each contact by time. */
function byContact(rows: readonly ListRow[], { end, steps: count }: ChainsAsked): Steps {
  // Nobody who did not do all of it has to be looked at.
  const stepsOf = new Uint8Array(end);
  const counts = new Uint32Array(end);
  const read = rows.flatMap(({ list, instants, step }) =>
    list && instants ? [{ step: step!, ordinals: ordinalsOf(list), instants }] : [],
  );
  for (let step = 0; step < count; step += 1) {
    for (const part of read) {
      if (part.step !== step) continue;
      const { ordinals } = part;
      for (let index = 0; index < ordinals.length; index += 1) {
        if (stepsOf[ordinals[index]!] === step) stepsOf[ordinals[index]!] = step + 1;
      }
    }
  }
  for (const { ordinals } of read) {
    for (let index = 0; index < ordinals.length; index += 1) {
      if (stepsOf[ordinals[index]!] === count) counts[ordinals[index]!]! += 1;
    }
  }
  const starts = new Uint32Array(end + 1);
  for (let ordinal = 0; ordinal < end; ordinal += 1)
    starts[ordinal + 1] = starts[ordinal]! + counts[ordinal]!;
  const next = starts.slice();
  const instants = new Float64Array(starts[end]!);
  const steps = new Uint8Array(starts[end]!);
  for (const part of read) {
    for (let index = 0; index < part.ordinals.length; index += 1) {
      const ordinal = part.ordinals[index]!;
      if (stepsOf[ordinal] !== count) continue;
      const place = next[ordinal]!++;
      instants[place] = instantAt(part.instants, 8 * index);
      steps[place] = part.step;
    }
  }
  for (let ordinal = 0; ordinal < end; ordinal += 1) {
    if (starts[ordinal + 1]! - starts[ordinal]! > 1)
      sortBetween(instants, steps, starts[ordinal]!, starts[ordinal + 1]!);
  }
  return { starts, instants, steps };
}

/** Few of a contact are put in order one by one; of many, that would take the square of them. */
const few = 24;

function sortBetween(instants: Float64Array, steps: Uint8Array, from: number, to: number): void {
  if (to - from > few) {
    const order = Array.from({ length: to - from }, (_, index) => from + index);
    order.sort((one, other) => instants[one]! - instants[other]!);
    const sorted = order.map((place) => [instants[place]!, steps[place]!] as const);
    for (const [index, [instant, step]] of sorted.entries()) {
      instants[from + index] = instant;
      steps[from + index] = step;
    }
    return;
  }
  for (let place = from + 1; place < to; place += 1) {
    const [instant, step] = [instants[place]!, steps[place]!];
    let free = place;
    for (; free > from && instants[free - 1]! > instant; free -= 1) {
      instants[free] = instants[free - 1]!;
      steps[free] = steps[free - 1]!;
    }
    instants[free] = instant;
    steps[free] = step;
  }
}

function ordinalsOf(packed: Buffer): Uint32Array {
  const swapped = Buffer.from(packed).swap32();
  return new Uint32Array(swapped.buffer, swapped.byteOffset, swapped.length / 4);
}

/** Whole microseconds since 2000 in eight bytes, the highest first: a double holds them exactly for centuries. */
function instantAt(packed: Buffer, offset: number): number {
  return packed.readInt32BE(offset) * 2 ** 32 + packed.readUInt32BE(offset + 4);
}
