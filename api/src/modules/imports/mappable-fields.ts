import { CHANNELS } from '@coterie/rules';
import type { AttributeCatalog, AttributeDefinition, AttributeSubject } from '../attributes/index.js';
import type { MappingChoices } from './saved-mapping.js';
import type { MappableField, MappingTarget } from './suggest-mapping.js';

/** Everything that a column of a file can be mapped to in a workspace with these attributes. */
export function mappableFields(catalog: AttributeCatalog): MappableField[] {
  return [
    { target: 'anonymous_id', label: 'Anonymous id', standard: true },
    ...fieldsOf(catalog, 'contact'),
    ...fieldsOf(catalog, 'company'),
    ...CHANNELS.flatMap((channel) => [
      { target: `consent.${channel}`, label: `Consent ${channel}`, standard: true },
      { target: `opt_out.${channel}`, label: `Opted out of ${channel}`, standard: true },
    ]),
  ];
}

/** What goes before the keys of a subject's attributes. */
const prefixes: Record<AttributeSubject, string> = { contact: '', company: 'company.' };

function fieldsOf(catalog: AttributeCatalog, subject: AttributeSubject): MappableField[] {
  const former = Map.groupBy(catalog.former[subject], ([, key]) => key);
  return [...catalog[subject].values()]
    .filter(({ archivedAt, computed }) => archivedAt === null && !computed)
    .map((definition) => ({
      ...fieldOf(definition, prefixes[subject]),
      formerly: (former.get(definition.key) ?? []).map(([alias]) => `${prefixes[subject]}${alias}`),
    }));
}

function fieldOf({ key, label, standard, type }: AttributeDefinition, prefix: string): MappableField {
  return { target: `${prefix}${key}`, label: prefix === '' ? label : `Company ${label}`, standard, type };
}

/** What is said about columns, with attributes by the keys that they have now. */
export function presentTargets(choices: MappingChoices, fields: readonly MappableField[]): MappingChoices {
  const present = new Map<MappingTarget | null | undefined, MappingTarget>(
    fields.flatMap(({ target, formerly = [] }) => formerly.map((former) => [former, target] as const)),
  );
  const said = Object.entries(choices).map(([header, choice]) => {
    const target = present.get(choice.target);
    return [header, target === undefined ? choice : { ...choice, target }] as const;
  });
  return Object.fromEntries(said);
}
