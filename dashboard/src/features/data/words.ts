import type { AttributeRowFragment, AttributeType, ComputedFunction } from '@coterie/client';
import { humanize } from '../../ui/format.js';

/** The types of attributes, in words; one that is missing here does not compile. */
export const typeNames: Record<AttributeType, string> = {
  text: 'Text',
  number: 'Number',
  boolean: 'Yes or no',
  date: 'Date',
  text_list: 'List of texts',
};

/** What can be computed from events, with what it needs and gives. */
export const functions: Record<
  ComputedFunction,
  { label: string; needsProperty: boolean; types: AttributeType[] }
> = {
  COUNT: { label: 'How many', needsProperty: false, types: ['number'] },
  SUM: { label: 'Sum of', needsProperty: true, types: ['number'] },
  AVERAGE: { label: 'Average of', needsProperty: true, types: ['number'] },
  MIN: { label: 'Least', needsProperty: true, types: ['number'] },
  MAX: { label: 'Most', needsProperty: true, types: ['number'] },
  FIRST: { label: 'First', needsProperty: true, types: ['text', 'number', 'boolean', 'date'] },
  LAST: { label: 'Latest', needsProperty: true, types: ['text', 'number', 'boolean', 'date'] },
  MOST_FREQUENT: {
    label: 'Most frequent',
    needsProperty: true,
    types: ['text', 'number', 'boolean', 'date'],
  },
  FIRST_AT: { label: 'First time of', needsProperty: false, types: ['date'] },
  LAST_AT: { label: 'Latest time of', needsProperty: false, types: ['date'] },
};

/** What a computed attribute is computed from. */
export function computationInWords({
  function: name,
  event,
  target,
  property,
  window,
}: NonNullable<AttributeRowFragment['computed']>): string {
  const of = property ? `${humanize(property).toLowerCase()} of ` : '';
  const on = target ? ` on ${target}` : '';
  const within = window ? `, in the last ${window}` : '';
  return `${functions[name].label} ${of}“${event}”${on}${within}`;
}
