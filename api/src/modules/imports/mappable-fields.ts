import { CHANNELS } from '@coterie/rules';
import type { AttributeCatalog, AttributeDefinition, AttributeSubject } from '../attributes/index.js';
import type { MappingChoices } from './saved-mapping.js';
import type { ImportKind } from './import.js';
import type { MappableField, MappingNeed, MappingTarget } from './suggest-mapping.js';

/** Everything that a column of a file of contacts can be mapped to in a workspace with these attributes. */
export function mappableFields(catalog: AttributeCatalog): MappableField[] {
  return [
    { target: 'anonymous_id', label: 'Anonymous id', standard: true },
    ...attributeFields(catalog, 'contact'),
    ...attributeFields(catalog, 'company'),
    ...CHANNELS.flatMap((channel) => [
      { target: `consent.${channel}`, label: `Consent ${channel}`, standard: true },
      { target: `opt_out.${channel}`, label: `Opted out of ${channel}`, standard: true },
    ]),
  ];
}

/** What goes before the keys of a subject's attributes. */
const prefixes: Record<AttributeSubject, string> = { contact: '', company: 'company.' };

function attributeFields(catalog: AttributeCatalog, subject: AttributeSubject): MappableField[] {
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

/** What CRMs call these where a row is a company. */
const companyNames: Record<string, readonly string[]> = {
  'company.external_id': ['record id', 'company id', 'account id'],
  'company.domain': ['company domain name', 'website url', 'company website'],
};

/** What a file of companies may hold: there, `City` is that of the company. */
function companyFields(catalog: AttributeCatalog): MappableField[] {
  const { company } = prefixes;
  return attributeFields(catalog, 'company').map((field) => {
    const own = [field.target.slice(company.length), field.label.replace(/^Company /u, '')];
    return { ...field, names: [...own, ...(companyNames[field.target] ?? [])] };
  });
}

/** Whom a signal may be about, and what feeds call it. */
const signalSubjects: Record<string, readonly string[]> = {
  external_id: [],
  email: [],
  phone: [],
  'company.external_id': ['company id', 'account id'],
  'company.domain': ['domain', 'website', 'company website', 'company url', 'account domain'],
  'company.name': ['company', 'account', 'account name'],
};

const signalFields: MappableField[] = [
  {
    target: 'signal.name',
    label: 'Signal',
    standard: true,
    names: ['signal name', 'topic', 'intent topic', 'topic name', 'category', 'field', 'keyword'],
  },
  {
    target: 'signal.value',
    label: 'Value',
    standard: true,
    names: ['signal value', 'score', 'intent score', 'composite score', 'surge score', 'strength'],
  },
  {
    target: 'signal.source',
    label: 'Source',
    standard: true,
    names: ['signal source', 'provider', 'vendor', 'data source'],
  },
  {
    target: 'signal.observed_at',
    label: 'Observed at',
    standard: true,
    type: 'date',
    names: [
      'observed',
      'date',
      'signal date',
      'last seen',
      'last seen at',
      'timestamp',
      'week',
      'updated at',
    ],
  },
];

/** What the columns of a file may be mapped to, and what it must say. */
export interface Mappable {
  fields: MappableField[];
  /** Who a row is about unless given. */
  needs?: MappingNeed[];
}

const mappable: Record<ImportKind, (catalog: AttributeCatalog) => Mappable> = {
  contacts: (catalog) => ({ fields: mappableFields(catalog) }),
  companies: (catalog) => ({
    fields: companyFields(catalog),
    needs: [
      {
        oneOf: ['company.external_id', 'company.domain', 'company.name'],
        message: 'No column says which company a row is: one must be a domain, a name or an external id.',
      },
    ],
  }),
  signals: (catalog) => ({
    fields: [
      ...signalFields,
      ...mappableFields(catalog).flatMap((field) => {
        const names = signalSubjects[field.target];
        return names ? [{ ...field, names }] : [];
      }),
    ],
    needs: [
      {
        oneOf: Object.keys(signalSubjects),
        message:
          'No column says whom a row is about: a contact by e-mail, phone or external id, or a company.',
      },
      { oneOf: ['signal.name'], message: 'No column says what the signal is, such as "Topic".' },
    ],
  }),
};

/** What the columns of a file of this kind may be mapped to. */
export function mappableIn(kind: ImportKind, catalog: AttributeCatalog): Mappable {
  return mappable[kind](catalog);
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
