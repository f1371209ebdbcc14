import type { GroupForm } from './features.js';
import type { Trait } from './traits.js';

/** A group of features before it has its place among all: features and traits are numbered from 0. */
export interface Part {
  column: string;
  form: GroupForm;
  /** Which rows have which of them: rows in rising order, within a row features in rising order. */
  rows: Uint32Array;
  features: Uint16Array;
  traits: Trait[];
  /** Of each feature, its trait. */
  traitOf: Uint32Array;
  /** Whether rows that are not listed have feature 0, which then means that there is no value. */
  missing: boolean;
  /** The column itself, scaled. */
  scaled?: Float32Array;
}

/** What is neither a common value nor one of enough rare ones. */
const unknown = 65_535;

/** Codes have to fit 16 bits, and more values than this tell nothing that a sample of the contacts could teach. */
const mostValues = 2000;

/** A missing value is a feature of its own unless most lack one: then having one is, and costs less room. */
export function marksMissing(filled: number, rows: number): boolean {
  return filled < rows && filled * 2 >= rows;
}

/** What writers have to know. */
export interface PartOptions {
  /** Of all contacts. */
  rows: number;
  /** Values that fewer have are one feature together. */
  rareBelow: number;
}

/**
 * A part of coded values, of which rare ones are grouped.
 * @param traitFor the trait of a value; none stands for the rare ones together.
 */
export function partOfCodes(
  { rows, codes }: { rows: Uint32Array; codes: Uint32Array },
  values: readonly string[],
  form: 'nominal' | 'items',
  base: Omit<Trait, 'value'>,
  options: PartOptions,
): Part {
  const counts = new Uint32Array(values.length);
  for (const code of codes) counts[code]! += 1;
  const common = Array.from(counts.keys())
    .filter((code) => counts[code]! >= options.rareBelow)
    .sort((one, other) => counts[other]! - counts[one]! || (values[one]! < values[other]! ? -1 : 1))
    .slice(0, mostValues);
  const missing = form === 'nominal' && marksMissing(rows.length, options.rows);
  const traits: Trait[] = missing ? [{ ...base, value: { is: 'missing' } }] : [];
  const featureOf = new Uint16Array(values.length).fill(unknown);
  for (const code of common) {
    featureOf[code] = traits.length;
    traits.push({ ...base, value: { is: 'value', value: values[code]! } });
  }
  const rare = codes.reduce((sum, code) => sum + (featureOf[code] === unknown ? 1 : 0), 0);
  const keepsRare = rare >= options.rareBelow;
  for (let code = 0; code < values.length; code += 1)
    if (featureOf[code] === unknown && keepsRare) featureOf[code] = traits.length;
  if (keepsRare) traits.push({ ...base, value: { is: 'other' } });
  const features = Uint16Array.from(codes, (code) => featureOf[code]!);
  const kept = form === 'items' ? sortItems(rows, features) : dropUnknown(rows, features);
  const traitOf = Uint32Array.from(traits.keys());
  return { column: base.column, form, ...kept, traits, traitOf, missing };
}

/** Without the rows whose value is too rare to be anything, once and in order within a row. */
function sortItems(rows: Uint32Array, features: Uint16Array): { rows: Uint32Array; features: Uint16Array } {
  let size = 0;
  const keptRows = new Uint32Array(rows.length);
  for (let start = 0, end = 0; start < rows.length; start = end) {
    while (end < rows.length && rows[end] === rows[start]) end += 1;
    const own = features.subarray(start, end).sort();
    let last = -1;
    for (let index = start; index < end; index += 1) {
      const feature = own[index - start]!;
      if (feature === last || feature === unknown) continue;
      last = feature;
      keptRows[size] = rows[start]!;
      features[size++] = feature;
    }
  }
  return { rows: keptRows.slice(0, size), features: features.slice(0, size) };
}

function dropUnknown(rows: Uint32Array, features: Uint16Array): { rows: Uint32Array; features: Uint16Array } {
  if (!features.includes(unknown)) return { rows: rows.slice(), features };
  return {
    rows: rows.filter((_, index) => features[index] !== unknown),
    features: features.filter((feature) => feature !== unknown),
  };
}
