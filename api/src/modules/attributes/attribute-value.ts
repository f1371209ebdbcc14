/** One stored value; exactly one of `text` (with `folded`), `number`, `flag` and `instant` is set. */
export interface ValueColumns {
  readonly text: string | null;
  /** The text as rules compare it. */
  readonly folded: string | null;
  readonly number: number | null;
  readonly flag: boolean | null;
  /** Milliseconds since 1970. */
  readonly instant: number | null;
}

/** What an attribute holds: one value, or for a text list the items in their order; never empty. */
export type AttributeValue = readonly ValueColumns[];

/** Whether two values are the same, to the letter. */
export function sameValue(one: AttributeValue, other: AttributeValue): boolean {
  return (
    one.length === other.length && one.every((columns, position) => sameColumns(columns, other[position]!))
  );
}

function sameColumns(one: ValueColumns, other: ValueColumns): boolean {
  return (
    one.text === other.text &&
    one.number === other.number &&
    one.flag === other.flag &&
    one.instant === other.instant
  );
}

/** The value as JSON: a text, a number, a boolean, an ISO 8601 instant, or a list of texts when `list` is set. */
export function toJson(
  value: AttributeValue,
  list: boolean,
): string | number | boolean | (string | null)[] | null {
  if (list) return value.map((columns) => columns.text);
  const [columns] = value;
  if (!columns) return null;
  if (columns.instant !== null) return new Date(columns.instant).toISOString();
  return columns.text ?? columns.number ?? columns.flag;
}
