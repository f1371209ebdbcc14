import { sameValue, type AttributeValue } from './attribute-value.js';
import type { HeldValues, ValueWrite } from './value.repository.js';

/** What has to be written to bring a holder from what is stored to what it holds now. What is equal is left alone. */
export function diffValues<Holder>(
  holder: Holder,
  stored: HeldValues,
  held: HeldValues,
): ValueWrite<Holder>[] {
  const writes: ValueWrite<Holder>[] = [];
  for (const [key, { value, since, mergedFrom }] of held) {
    const before = stored.get(key);
    const differs = !before || !sameValue(before.value, value);
    if (!differs && before.mergedFrom === mergedFrom) continue;
    writes.push({ holder, key, value, since, mergedFrom, differs, storedItems: before?.value.length ?? 0 });
  }
  for (const [key, { value, since }] of stored) {
    if (held.has(key)) continue;
    writes.push({
      holder,
      key,
      value: null,
      since,
      mergedFrom: null,
      differs: true,
      storedItems: value.length,
    });
  }
  return writes;
}

/**
 * Sets or with null removes a value, as of `now`; false when it was so before. A value that came with a merge and is
 * set again is the holder's own from then on.
 * @param mergedFrom whose value it was first, if it does not become the holder's own.
 */
export function setValue(
  held: HeldValues,
  key: string,
  value: AttributeValue | null,
  now: Date,
  mergedFrom: number | null = null,
): boolean {
  const before = held.get(key);
  if (value === null) return held.delete(key);
  const same = before !== undefined && sameValue(before.value, value);
  held.set(key, { value, since: same ? before.since : now, mergedFrom });
  return !same;
}
