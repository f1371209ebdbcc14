import { assemble } from './assemble-features.js';
import type { Features, LeftOut } from './features.js';
import { Cells } from './growing.js';
import { partOfNumbers, partOfSteps } from './number-parts.js';
import { partOfCodes, type Part, type PartOptions } from './parts.js';
import type { ColumnKind } from './traits.js';

/** Takes the cells of one column, in the order of their ordinals. Throws RangeError when they are in another order. */
export interface ColumnWriter<Cell extends unknown[]> {
  add(ordinal: number, ...cell: Cell): void;
}

export interface FeatureOptions {
  /** How many rows there are: the highest ordinal and one. Ordinals without a contact may be among them. */
  rows: number;
  /** Columns that define the seed, by the names that they are added under: they are left out, for a model would learn nothing but the rule. */
  definesSeed?: Iterable<string>;
  /** Values that fewer contacts have are taken together. 20 unless given. */
  rareBelow?: number;
}

/** Ends of the steps in which the days since an event are told apart; longer ago is one more. */
const recencySteps = Float64Array.of(1, 3, 7, 14, 30, 60, 90, 180, 365);
/** Ends of the steps in which numbers of events are told apart; more is one more. */
const frequencySteps = Float64Array.of(1, 2, 4, 9, 24);

/** Which events an event column is about, and how far back they are counted. */
export interface EventColumn {
  /** What they were done to, where each target has a column of its own. */
  target?: string;
  /** Days of each window in which they are counted. */
  windows?: readonly number[];
}

/**
 * Makes features of contacts, column by column: `builder.category('city')` begins a column, its `add` takes the cells in
 * ordinals' order, and the next column ends it. Between columns only what is left after coding is kept, a few bytes a cell.
 */
export class FeatureBuilder {
  readonly #options: PartOptions;
  readonly #definesSeed: ReadonlySet<string>;
  readonly #parts: Part[] = [];
  readonly #leftOut: LeftOut[] = [];
  #open: (() => void) | undefined;
  /** Whether the column that is open is left out. */
  #skips = false;

  constructor({ rows, definesSeed = [], rareBelow = 20 }: FeatureOptions) {
    this.#options = { rows, rareBelow };
    this.#definesSeed = new Set(definesSeed);
  }

  /** A text that each contact has at most one of. */
  category(column: string): ColumnWriter<[value: string]> {
    return this.#texts(column, 'category');
  }

  /** Texts that a contact can have several of: one `add` each. */
  list(column: string): ColumnWriter<[item: string]> {
    return this.#texts(column, 'list');
  }

  /** Yes or no. */
  boolean(column: string): ColumnWriter<[value: boolean]> {
    const writer = this.#texts(column, 'boolean');
    return { add: (ordinal, value) => writer.add(ordinal, value ? 'true' : 'false') };
  }

  /** A number, or a date as one, such as days since then. What is not finite counts as missing. */
  number(column: string): ColumnWriter<[value: number]> {
    const cells = this.#begin(column, (length) => new Float64Array(length));
    this.#open = () => {
      const base = { column, kind: 'number' as const };
      if (cells.size > 0)
        this.#parts.push(partOfNumbers({ rows: cells.rows, numbers: cells.values }, base, this.#options));
    };
    return { add: (ordinal, value) => void (Number.isFinite(value) && cells.add(ordinal, value)) };
  }

  /**
   * What contacts did: of each who did it ever, the days since the last time, and how often within each of the windows.
   * @param column the event's name.
   */
  event(
    column: string,
    { target, windows = [] }: EventColumn = {},
  ): ColumnWriter<[daysAgo: number, times: ArrayLike<number>]> {
    const kind = 'event' as const;
    const base = target === undefined ? { column, kind } : { column, kind, target };
    const make = (length: number): Float64Array => new Float64Array(length);
    const recency = this.#begin(column, make);
    const counts = windows.map(() => new Cells(make, this.#options.rows, false));
    this.#open = () => {
      const add = (
        cells: Cells<Float64Array>,
        steps: Float64Array,
        measure: NonNullable<Part['traits'][0]['measure']>,
      ): void => {
        if (cells.size > 0)
          this.#parts.push(
            partOfSteps({ rows: cells.rows, numbers: cells.values }, steps, { ...base, measure }),
          );
      };
      add(recency, recencySteps, { is: 'recency' });
      for (const [index, days] of windows.entries())
        add(counts[index]!, frequencySteps, { is: 'frequency', days });
    };
    return {
      add: (ordinal, daysAgo, times) => {
        recency.add(ordinal, daysAgo);
        for (let index = 0; index < counts.length; index += 1)
          if (times[index]! > 0) counts[index]!.add(ordinal, times[index]!);
      },
    };
  }

  /** Ends the last column and puts all of them together. The builder is of no use afterwards. */
  build(): Features {
    this.#end();
    return assemble(this.#parts.splice(0), this.#leftOut, this.#options);
  }

  #begin<Values extends Uint32Array | Float64Array>(
    column: string,
    make: (length: number) => Values,
    repeats = false,
  ): Cells<Values> {
    this.#end();
    this.#skips = this.#definesSeed.has(column);
    if (this.#skips && !this.#leftOut.some((each) => each.column === column))
      this.#leftOut.push({ column, reason: 'definesSeed' });
    return new Cells(make, this.#options.rows, repeats);
  }

  #end(): void {
    const end = this.#open;
    this.#open = undefined;
    if (!this.#skips) end?.();
  }

  #texts(
    column: string,
    kind: ColumnKind & ('category' | 'list' | 'boolean'),
  ): ColumnWriter<[value: string]> {
    const cells = this.#begin(column, (length) => new Uint32Array(length), kind === 'list');
    const codes = new Map<string, number>();
    const form = kind === 'list' ? 'items' : 'nominal';
    this.#open = () => {
      const coded = { rows: cells.rows, codes: cells.values };
      this.#parts.push(partOfCodes(coded, [...codes.keys()], form, { column, kind }, this.#options));
    };
    return {
      add: (ordinal, value) => {
        let code = codes.get(value);
        if (code === undefined) codes.set(value, (code = codes.size));
        cells.add(ordinal, code);
      },
    };
  }
}
