import { binFor, binsOf } from './number-bins.js';
import { marksMissing, type Part, type PartOptions } from './parts.js';
import type { Trait, TraitValue } from './traits.js';

/** Where bins end is found from so many numbers: more would take long to sort and move the ends by next to nothing. */
const mostForBins = 100_000;
/** Scaled numbers further out than this many deviations are drawn in, so that no single contact decides anything. */
const mostDeviations = 10;

/** A part of numbers: a feature for each fine bin, a trait for each coarse one, and the numbers themselves, scaled. */
export function partOfNumbers(
  { rows, numbers }: { rows: Uint32Array; numbers: Float64Array },
  base: Omit<Trait, 'value'>,
  options: PartOptions,
): Part {
  const step = Math.max(1, Math.floor(numbers.length / mostForBins));
  const some = Float64Array.from(
    { length: Math.ceil(numbers.length / step) },
    (_, at) => numbers[at * step]!,
  );
  const { bounds, coarse } = binsOf(some, Math.max(1, options.rareBelow / step));
  const missing = marksMissing(rows.length, options.rows);
  const offset = missing ? 1 : 0;
  const features = Uint16Array.from(numbers, (value) => offset + binFor(bounds, value));
  const traits: Trait[] = missing ? [{ ...base, value: { is: 'missing' } }] : [];
  for (const value of rangesOf(bounds, coarse)) traits.push({ ...base, value });
  const traitOf = new Uint32Array(offset + coarse.length);
  for (let bin = 0; bin < coarse.length; bin += 1) traitOf[offset + bin] = offset + coarse[bin]!;
  return {
    column: base.column,
    form: 'ordered',
    rows: rows.slice(),
    features,
    traits,
    traitOf,
    missing,
    scaled: scale(rows, numbers, options.rows),
  };
}

/** The ranges of the coarse bins. */
function rangesOf(bounds: Float64Array, coarse: Uint32Array): TraitValue[] {
  const ranges: TraitValue[] = [];
  let from: number | null = null;
  for (let bin = 0; bin < coarse.length; bin += 1) {
    if (coarse[bin] === coarse[bin + 1]) continue;
    const to: number | null = bin < bounds.length ? bounds[bin]! : null;
    ranges.push({ is: 'range', from, to });
    from = to;
  }
  return ranges;
}

function scale(rows: Uint32Array, numbers: Float64Array, all: number): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of numbers) sum += value;
  const mean = sum / numbers.length;
  for (const value of numbers) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / numbers.length) || 1;
  const scaled = new Float32Array(all);
  for (let index = 0; index < rows.length; index += 1) {
    const out = (numbers[index]! - mean) / deviation;
    scaled[rows[index]!] = Math.max(-mostDeviations, Math.min(mostDeviations, out));
  }
  return scaled;
}

/** A part of numbers that are cut at given bounds, the same for fine and coarse. */
export function partOfSteps(
  { rows, numbers }: { rows: Uint32Array; numbers: Float64Array },
  bounds: Float64Array,
  base: Omit<Trait, 'value'>,
): Part {
  const features = Uint16Array.from(numbers, (value) => binFor(bounds, value));
  const traitOf = Uint32Array.from({ length: bounds.length + 1 }, (_, bin) => bin);
  const traits = rangesOf(bounds, traitOf).map((value) => ({ ...base, value }));
  return {
    column: base.column,
    form: 'ordered',
    rows: rows.slice(),
    features,
    traits,
    traitOf,
    missing: false,
  };
}
