import { isObject } from './segment-message.js';

/** What a message says of its contact, or of the contact's company: names as the client spells them. */
export type Traits =
  | { about: 'contact'; values: Record<string, unknown> }
  | { about: 'company'; companyId: string; values: Record<string, unknown> };

/** What a trait is about, under the name by which Coterie knows it. */
export type TraitTarget =
  | { kind: 'email' | 'phone' }
  | { kind: 'attribute'; key: string }
  | { kind: 'company'; field: 'external_id' | 'name' | 'domain' }
  | { kind: 'company_attribute'; key: string };

/** One trait, flattened: `address.city` is a trait of its own. */
export interface Trait {
  /** As the client spells it, for messages: `address.city`. */
  path: string;
  value: unknown;
  target: TraitTarget;
}

/** Names that Segment reserves and which Coterie knows by another; others go by their own in snake case. */
const reserved: Record<string, TraitTarget> = {
  email: { kind: 'email' },
  phone: { kind: 'phone' },
  title: { kind: 'attribute', key: 'job_title' },
  created_at: { kind: 'attribute', key: 'signed_up_at' },
  lang: { kind: 'attribute', key: 'language' },
  locale: { kind: 'attribute', key: 'language' },
  timezone: { kind: 'attribute', key: 'time_zone' },
  company_name: { kind: 'company', field: 'name' },
  company_domain: { kind: 'company', field: 'domain' },
};

const companyReserved: Record<string, TraitTarget> = {
  id: { kind: 'company', field: 'external_id' },
  external_id: { kind: 'company', field: 'external_id' },
  name: { kind: 'company', field: 'name' },
  domain: { kind: 'company', field: 'domain' },
  employees: { kind: 'company_attribute', key: 'employee_count' },
  created_at: { kind: 'company_attribute', key: 'customer_since' },
};

const addressParts = new Set(['street', 'city', 'state', 'postal_code', 'country']);

/**
 * Flattens the traits of a call and says what each is about. A text under `company` is the company's name. Traits nested
 * elsewhere, and those whose name cannot become a key, are left out: `skipped` names them.
 */
export function readTraits({ about, values }: Traits): { traits: Trait[]; skipped: string[] } {
  const found: Trait[] = [];
  const skipped: string[] = [];
  const add: Add = (path, value, target) => {
    if (value === undefined) return;
    if (!target || !isPlain(value)) skipped.push(path);
    else found.push({ path, value, target });
  };
  const addTrait = about === 'contact' ? addContactTrait : addCompanyTrait;
  for (const [name, value] of Object.entries(values)) addTrait(name, value, add);
  return { traits: found, skipped };
}

type Add = (path: string, value: unknown, target: TraitTarget | undefined) => void;

function addContactTrait(name: string, value: unknown, add: Add): void {
  if (name === 'address' && isObject(value)) addAll(name, value, addressTarget, add);
  else if (name === 'company' && isObject(value)) addAll(name, value, companyTarget, add);
  else if (name === 'company') add(name, value, { kind: 'company', field: 'name' });
  else add(name, value, contactTarget(name));
}

function addCompanyTrait(name: string, value: unknown, add: Add): void {
  if (name === 'address' && isObject(value)) addAll(name, value, companyAddressTarget, add);
  // The id is the call's own groupId.
  else if (name !== 'id') add(name, value, companyTarget(name));
}

function addAll(
  parent: string,
  members: Record<string, unknown>,
  targetOf: (name: string) => TraitTarget | undefined,
  add: Add,
): void {
  for (const [name, value] of Object.entries(members)) add(`${parent}.${name}`, value, targetOf(name));
}

function contactTarget(name: string): TraitTarget | undefined {
  const key = toKey(name);
  if (key === undefined) return undefined;
  return Object.hasOwn(reserved, key) ? reserved[key] : { kind: 'attribute', key };
}

function addressTarget(name: string): TraitTarget | undefined {
  const key = toKey(name);
  return key !== undefined && addressParts.has(key) ? { kind: 'attribute', key } : undefined;
}

function companyAddressTarget(name: string): TraitTarget | undefined {
  const key = toKey(name);
  return key !== undefined && addressParts.has(key) ? { kind: 'company_attribute', key } : undefined;
}

function companyTarget(name: string): TraitTarget | undefined {
  const key = toKey(name);
  if (key === undefined) return undefined;
  return Object.hasOwn(companyReserved, key) ? companyReserved[key] : { kind: 'company_attribute', key };
}

/** What an attribute can hold: a scalar or a list of them. */
function isPlain(value: unknown): boolean {
  return Array.isArray(value) ? value.every((item) => !isNested(item)) : !isNested(value);
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** `favoriteColor`, `Favorite Color` and `$favorite-color` are all `favorite_color`. */
function toKey(name: string): string | undefined {
  const key = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '_')
    .replace(/^[_\d]+|_+$/gu, '');
  return key !== '' && key.length <= longestKey ? key : undefined;
}

const longestKey = 63;

/** The type of attribute that holds such a value, for one that is not defined yet; undefined for null. */
export function inferType(value: unknown): 'text' | 'number' | 'boolean' | 'date' | 'text_list' | undefined {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string')
    return value.trim() === '' ? undefined : isoInstant.test(value.trim()) ? 'date' : 'text';
  return Array.isArray(value) && value.length > 0 ? 'text_list' : undefined;
}

/** Only what is unmistakably a date: a plan called "2024" stays a text. */
const isoInstant = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/u;
