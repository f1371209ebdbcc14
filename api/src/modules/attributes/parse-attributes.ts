import type { Problem } from '../../platform/errors.js';
import type { AttributeDefinition } from './attribute-definition.js';
import type { AttributeValue } from './attribute-value.js';
import { parseAttributeValue } from './parse-attribute-value.js';

/** The readable part of a set of attributes (null removes a value), and what is wrong with the rest. */
export interface ParsedAttributes {
  values: Map<string, AttributeValue | null>;
  problems: Problem[];
}

/**
 * Reads the attributes of one contact or company.
 * @param definitions of the subject in question.
 * @param path where the attributes stand in the input; each problem's path goes on from it.
 */
export function parseAttributes(
  definitions: ReadonlyMap<string, AttributeDefinition>,
  attributes: Record<string, unknown>,
  { zone, path }: { zone: string; path: string },
): ParsedAttributes {
  const values = new Map<string, AttributeValue | null>();
  const problems: Problem[] = [];
  for (const [key, input] of Object.entries(attributes)) {
    const definition = definitions.get(key);
    const place = `${path}.${key}`;
    const refusal = refusalOf(definition, key);
    if (refusal) {
      problems.push({ code: 'INVALID_INPUT', path: place, message: refusal });
      continue;
    }
    const parsed = parseAttributeValue(definition!, input, zone, place);
    if (parsed.ok) values.set(key, parsed.value);
    else problems.push(parsed.problem);
  }
  return { values, problems };
}

function refusalOf(definition: AttributeDefinition | undefined, key: string): string | undefined {
  if (!definition) return `There is no attribute "${key.slice(0, 100).toWellFormed()}" here.`;
  if (definition.mirrored) return `"${key}" is not set as an attribute, but with the field of its own.`;
  if (definition.archivedAt) return `The attribute "${key}" is archived.`;
  return undefined;
}
