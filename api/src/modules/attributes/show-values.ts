import type { AttributeDefinition } from './attribute-definition.js';
import { toJson } from './attribute-value.js';
import type { HeldAttributeType } from './attribute.types.js';
import type { HeldValues } from './value.repository.js';

/** What a contact or company holds, as GraphQL shows it, in the order of the keys. */
export function showValues(
  definitions: ReadonlyMap<string, AttributeDefinition>,
  held: HeldValues,
): HeldAttributeType[] {
  return [...held].flatMap(([key, { value, since }]) => {
    const definition = definitions.get(key);
    if (!definition) return [];
    const { label, type } = definition;
    return [{ key, label, type, value: toJson(value, type === 'text_list'), since }];
  });
}
