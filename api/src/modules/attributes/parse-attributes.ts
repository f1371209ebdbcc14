import type { Problem } from '../../platform/errors.js';
import {
  definitionFor,
  type AttributeCatalog,
  type AttributeDefinition,
  type AttributeSubject,
} from './attribute-definition.js';
import type { AttributeValue } from './attribute-value.js';
import { parseAttributeValue } from './parse-attribute-value.js';

/** The readable part of a set of attributes (null removes a value), and what is wrong with the rest. */
export interface ParsedAttributes {
  values: Map<string, AttributeValue | null>;
  problems: Problem[];
}

/**
 * Reads the attributes of one contact or company. What is given under a key that an attribute had before is the
 * attribute's, unless its own key is given, too.
 * @param subject whose attributes they are.
 * @param path where the attributes stand in the input; each problem's path goes on from it.
 */
export function parseAttributes(
  catalog: AttributeCatalog,
  subject: AttributeSubject,
  attributes: Record<string, unknown>,
  { zone, path }: { zone: string; path: string },
): ParsedAttributes {
  const values = new Map<string, AttributeValue | null>();
  const problems: Problem[] = [];
  for (const [key, input] of Object.entries(attributes)) {
    const definition = definitionFor(catalog, subject, key);
    const place = `${path}.${key}`;
    const refusal = refusalOf(definition, key);
    if (refusal) {
      problems.push({ code: 'INVALID_INPUT', path: place, message: refusal });
      continue;
    }
    if (definition!.key !== key && Object.hasOwn(attributes, definition!.key)) continue;
    const parsed = parseAttributeValue(definition!, input, zone, place);
    if (parsed.ok) values.set(definition!.key, parsed.value);
    else problems.push(parsed.problem);
  }
  return { values, problems };
}

function refusalOf(definition: AttributeDefinition | undefined, key: string): string | undefined {
  if (!definition) return `There is no attribute "${key.slice(0, 100).toWellFormed()}" here.`;
  if (definition.mirrored) return `"${key}" is not set as an attribute, but with the field of its own.`;
  if (definition.computed) return `"${key}" is computed from events, and is not set.`;
  if (definition.archivedAt) return `The attribute "${key}" is archived.`;
  return undefined;
}
