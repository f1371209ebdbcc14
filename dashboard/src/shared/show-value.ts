import type { AttributeType } from '@coterie/client';
import { formatCount, formatDay, formatMoment } from '../ui/format.js';

/** An attribute's value as people read it. */
export function showValue(type: AttributeType, value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (type === 'date') return showInstant(String(value));
  if (typeof value === 'number') return formatCount(value);
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return String(value);
}

/** Midnight is a day: nobody means the minute. */
function showInstant(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return date.getHours() + date.getMinutes() + date.getSeconds() === 0
    ? formatDay(instant)
    : formatMoment(instant);
}

const identityNames: Record<string, string> = {
  email: 'E-mail',
  phone: 'Phone',
  external_id: 'External id',
  anonymous_id: 'Device',
};

/** What people call a kind of identity. */
export function nameOfIdentity(kind: string): string {
  return identityNames[kind] ?? kind;
}
