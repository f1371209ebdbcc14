/** Cells of one column as they come in: a row and a number each, in two arrays that grow. */
export class Cells<Values extends Uint32Array | Float64Array> {
  #rows = new Uint32Array(1024);
  #values: Values;
  readonly #make: (length: number) => Values;
  size = 0;

  readonly #end: number;
  /** The last row that came. */
  #after = -1;
  readonly #repeats: boolean;

  /** @param end rows are below this. @param repeats whether a row can have several cells. */
  constructor(make: (length: number) => Values, end: number, repeats: boolean) {
    this.#make = make;
    this.#values = make(1024);
    this.#end = end;
    this.#repeats = repeats;
  }

  /** Throws RangeError for a row out of order. */
  add(row: number, value: number): void {
    if (row < this.#after || (row === this.#after && !this.#repeats) || row >= this.#end)
      throw new RangeError(`Row ${row} cannot come after row ${this.#after}, of ${this.#end} rows.`);
    this.#after = row;
    if (this.size === this.#rows.length) {
      const rows = new Uint32Array(this.size * 2);
      rows.set(this.#rows);
      this.#rows = rows;
      const values = this.#make(this.size * 2);
      values.set(this.#values);
      this.#values = values;
    }
    this.#rows[this.size] = row;
    this.#values[this.size] = value;
    this.size += 1;
  }

  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.size);
  }

  get values(): Values {
    return this.#values.subarray(0, this.size) as Values;
  }
}
