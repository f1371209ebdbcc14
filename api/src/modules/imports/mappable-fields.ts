import { CHANNELS } from '@coterie/rules';
import type { AttributeCatalog, AttributeDefinition } from '../attributes/index.js';
import type { MappableField } from './suggest-mapping.js';

/** Everything that a column of a file can be mapped to in a workspace with these attributes. */
export function mappableFields(catalog: AttributeCatalog): MappableField[] {
  return [
    { target: 'anonymous_id', label: 'Anonymous id', standard: true },
    ...offered(catalog.contact).map((definition) => fieldOf(definition, '')),
    ...offered(catalog.company).map((definition) => fieldOf(definition, 'company.')),
    ...CHANNELS.flatMap((channel) => [
      { target: `consent.${channel}`, label: `Consent ${channel}`, standard: true },
      { target: `opt_out.${channel}`, label: `Opted out of ${channel}`, standard: true },
    ]),
  ];
}

function offered(definitions: AttributeCatalog['contact']): AttributeDefinition[] {
  return [...definitions.values()].filter((definition) => definition.archivedAt === null);
}

function fieldOf({ key, label, standard, type }: AttributeDefinition, prefix: string): MappableField {
  return { target: `${prefix}${key}`, label: prefix === '' ? label : `Company ${label}`, standard, type };
}
