import { convertValue, type AttributeCatalog } from '../../attributes/index.js';
import type { UndoData } from './take-over.js';

/**
 * What a contact held, under the keys that attributes have now: some may have been renamed, or become part of others, since
 * the contact was merged. Of two that are one by now, the value that stood under the present key counts.
 */
export function underPresentKeys(undo: UndoData, { contact, former }: AttributeCatalog): UndoData {
  const own = new Set(undo.attributes.map(({ key }) => key));
  const attributes = undo.attributes.flatMap((stored) => {
    const key = former.contact.get(stored.key);
    const definition = key === undefined ? undefined : contact.get(key);
    if (!definition) return [stored];
    if (own.has(definition.key)) return [];
    own.add(definition.key);
    return [{ ...stored, key: definition.key, value: convertValue(stored.value, definition.type) }];
  });
  return { ...undo, attributes };
}
