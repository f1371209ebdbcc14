import { sameValue, type AttributeValue } from './attribute-value.js';
import type { HeldValues, ValueWrite } from './value.repository.js';

/** What has to be written to bring a holder from what is stored to what it holds now. Equal values are left alone. */
export function diffValues<Holder>(
  holder: Holder,
  stored: HeldValues,
  held: HeldValues,
): ValueWrite<Holder>[] {
  const writes: ValueWrite<Holder>[] = [];
  for (const [key, { value, since }] of held) {
    const before = stored.get(key);
    if (before && sameValue(before.value, value)) continue;
    writes.push({ holder, key, value, since, storedItems: before?.value.length ?? 0 });
  }
  for (const [key, { value, since }] of stored) {
    if (!held.has(key)) writes.push({ holder, key, value: null, since, storedItems: value.length });
  }
  return writes;
}

/** Sets or with null removes a value, as of `now`; false when it was so before. */
export function setValue(held: HeldValues, key: string, value: AttributeValue | null, now: Date): boolean {
  const before = held.get(key);
  if (value === null) return held.delete(key);
  if (before && sameValue(before.value, value)) return false;
  held.set(key, { value, since: now });
  return true;
}
