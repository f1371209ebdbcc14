import { fold, type AttributeType } from '@coterie/rules';
import type { AttributeValue, ValueColumns } from './attribute-value.js';

/** Types whose values another type can hold without losing anything, the type itself aside. */
const wider: Record<AttributeType, readonly AttributeType[]> = {
  text: ['text_list'],
  number: ['text'],
  boolean: ['text'],
  date: ['text'],
  text_list: [],
};

/** Whether every value of one type is a value of the other. */
export function isConvertible(from: AttributeType, to: AttributeType): boolean {
  return from === to || wider[from].includes(to);
}

/** A value as one of another type that {@link isConvertible} allows; those of other types stay as they are. */
export function convertValue(value: AttributeValue, to: AttributeType): AttributeValue {
  return to === 'text' || to === 'text_list' ? value.map(toTextColumns) : value;
}

function toTextColumns(columns: ValueColumns): ValueColumns {
  if (columns.text !== null) return columns;
  const text =
    columns.instant === null
      ? String(columns.number ?? columns.flag)
      : new Date(columns.instant).toISOString();
  return { text, folded: fold(text), number: null, flag: null, instant: null };
}
