import { CHANNELS, type IdentityKind } from '@coterie/rules';
import { Failure } from '../../platform/errors.js';
import {
  toJson,
  type AttributeCatalog,
  type AttributeDefinition,
  type HeldValues,
} from '../attributes/index.js';
import type { ExportedContact } from './load-contacts.js';

/** What a column says of a contact; null when nothing is known. */
export type ExportValue = string | number | boolean | readonly (string | null)[] | Date | null;

/** What has to be read for columns. */
export interface Needs {
  /** Keys of the contacts' attributes and of their companies'. */
  contact: string[];
  company: string[];
  identities: boolean;
  consents: boolean;
}

/** A column of an export. An import takes all of them back under these names but those of `coterie` and `identity`. */
export interface Column {
  name: string;
  /** Whether it is there when no columns are chosen. */
  isDefault: boolean;
  needs?: Partial<Needs>;
  read: (contact: ExportedContact) => ExportValue;
}

const identityKinds: readonly IdentityKind[] = ['external_id', 'email', 'phone', 'anonymous_id'];

/**
 * Every column that an export can have in a workspace with these attributes, in their order:
 * - `coterie.id`, `coterie.created_at`, `coterie.updated_at`: of the contact here;
 * - the key of a contact attribute; `external_id`, `email` and `phone` are the primary ones;
 * - `company.` and the key of a company attribute;
 * - `consent.` and a channel: granted or withdrawn;
 * - `identity.` and a kind: all of them, as a list.
 */
export function exportColumns(catalog: AttributeCatalog): Column[] {
  return [
    { name: 'coterie.id', isDefault: true, read: ({ id }) => id },
    ...mirroredFirst(catalog.contact).map((definition) => attributeColumn(definition, '')),
    ...mirroredFirst(catalog.company).map((definition) => attributeColumn(definition, 'company.')),
    ...CHANNELS.map((channel): Column => ({
      name: `consent.${channel}`,
      isDefault: true,
      needs: { consents: true },
      read: ({ consents }) => consents.find((consent) => consent.channel === channel)?.state ?? null,
    })),
    ...identityKinds.map((kind): Column => ({
      name: `identity.${kind}`,
      isDefault: false,
      needs: { identities: true },
      read: ({ identities }) => {
        const own = identities.filter((identity) => identity.kind === kind);
        return own.length > 0 ? own.map(({ value }) => value) : null;
      },
    })),
    { name: 'coterie.created_at', isDefault: true, read: ({ createdAt }) => createdAt },
    { name: 'coterie.updated_at', isDefault: true, read: ({ updatedAt }) => updatedAt },
  ];
}

function mirroredFirst(definitions: AttributeCatalog['contact']): AttributeDefinition[] {
  const all = [...definitions.values()];
  return [...all.filter(({ mirrored }) => mirrored), ...all.filter(({ mirrored }) => !mirrored)];
}

/** Archived attributes are handed out to who asks for them by name. */
function attributeColumn({ key, type, archivedAt }: AttributeDefinition, scope: '' | 'company.'): Column {
  const subject = scope === '' ? 'contact' : 'company';
  return {
    name: `${scope}${key}`,
    isDefault: archivedAt === null,
    needs: { [subject]: [key] },
    read: (contact) => valueOf(subject === 'contact' ? contact.values : contact.company, key, type),
  };
}

function valueOf(held: HeldValues, key: string, type: AttributeDefinition['type']): ExportValue {
  const value = held.get(key)?.value;
  if (!value) return null;
  const [first] = value;
  if (typeof first?.instant === 'number') return new Date(first.instant);
  return toJson(value, type === 'text_list');
}

/** The columns that are asked for, in the order in which they are; without any, the default. Throws INVALID_INPUT. */
export function chooseColumns(all: readonly Column[], names: readonly string[] | null): Column[] {
  if (names === null) return all.filter(({ isDefault }) => isDefault);
  const known = new Map(all.map((column) => [column.name, column]));
  return [...new Set(names)].map((name) => {
    const column = known.get(name);
    if (column) return column;
    throw new Failure('INVALID_INPUT', `There is no column "${name}".`, { path: 'columns' });
  });
}

/** What has to be read for all of these columns. */
export function needsOf(columns: readonly Column[]): Needs {
  const needs = columns.map((column) => column.needs ?? {});
  return {
    contact: needs.flatMap(({ contact = [] }) => contact),
    company: needs.flatMap(({ company = [] }) => company),
    identities: needs.some(({ identities }) => identities),
    consents: needs.some(({ consents }) => consents),
  };
}
