/** What a column holds. */
export type ColumnKind = 'category' | 'number' | 'boolean' | 'list' | 'event';

/** Which of a column's values a trait stands for. */
export type TraitValue =
  | { is: 'value'; value: string }
  /** One of the values that too few have to tell anything by itself. */
  | { is: 'other' }
  /** No value at all. */
  | { is: 'missing' }
  /** Above `from`, up to and with `to`; null where the range is open. */
  | { is: 'range'; from: number | null; to: number | null };

/** Something that a contact has or has not: the unit in which scores are explained. */
export interface Trait {
  /** The column as the caller named it. */
  column: string;
  kind: ColumnKind;
  /** Of an event, what it was done to, where that was told apart. */
  target?: string;
  /** Of an event: days since it was last done, or how often within so many days. */
  measure?: { is: 'recency' } | { is: 'frequency'; days: number };
  value: TraitValue;
}

/** A trait in a few words, such as `age above 30 up to 40`; for logs and tests, since pages word it in their language. */
export function printTrait({ column, target, measure, value }: Trait): string {
  const what = target === undefined ? column : `${column} (${target})`;
  if (measure?.is === 'recency') return `${what}, days ago: ${printValue(value)}`;
  if (measure?.is === 'frequency') return `${what}, times in ${measure.days} days: ${printValue(value)}`;
  return `${what}: ${printValue(value)}`;
}

function printValue(value: TraitValue): string {
  switch (value.is) {
    case 'value':
      return value.value;
    case 'other':
      return 'something rare';
    case 'missing':
      return 'nothing';
    case 'range': {
      const parts = [
        value.from === null ? undefined : `above ${value.from}`,
        value.to === null ? undefined : `up to ${value.to}`,
      ];
      return parts.filter((part) => part !== undefined).join(' ') || 'anything';
    }
  }
}
