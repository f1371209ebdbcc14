import { isObject } from './json-object.js';

/** What a message says of its contact, or of the contact's company: names as the client spells them. */
export type Traits =
  | { about: 'contact'; values: Record<string, unknown> }
  | { about: 'company'; companyId: string; values: Record<string, unknown> };

/** What a trait is about, under the name by which Coterie knows it. */
export type TraitTarget =
  | { kind: 'email' | 'phone' }
  | { kind: 'attribute'; key: string }
  | { kind: 'company'; field: 'externalId' | 'name' | 'domain' }
  | { kind: 'company_attribute'; key: string };

/** One trait, flattened: `address.city` is a trait of its own. */
export interface Trait {
  /** Where it stands among the traits, as the client spells it. */
  path: readonly string[];
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
  id: { kind: 'company', field: 'externalId' },
  external_id: { kind: 'company', field: 'externalId' },
  name: { kind: 'company', field: 'name' },
  domain: { kind: 'company', field: 'domain' },
  employees: { kind: 'company_attribute', key: 'employee_count' },
  created_at: { kind: 'company_attribute', key: 'customer_since' },
};

/** What has a place in the standard set by itself, without the name of what it is part of. */
const addressParts = new Set(['street', 'city', 'state', 'postal_code', 'country']);

/** How deep traits may be nested: `prefs.mail.weekly` is. */
const deepest = 3;

/**
 * Flattens the traits of a call and says what each is about. A text under `company` is the company's name, what is
 * nested there belongs to the company, and anything else nested goes by all its names: `prefs.theme` is `prefs_theme`.
 * Lists of objects, and traits whose name cannot become a key, are left out: `skipped` says where they stand.
 */
export function readTraits({ about, values }: Traits): { traits: Trait[]; skipped: (readonly string[])[] } {
  const traits: Trait[] = [];
  const skipped: (readonly string[])[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    if (value === undefined) return;
    if (isObject(value) && path.length < deepest) {
      for (const [name, member] of Object.entries(value)) visit(member, [...path, name]);
      return;
    }
    const target = isPlain(value) ? targets[about](path) : undefined;
    if (target) traits.push({ path, value, target });
    else skipped.push(path);
  };
  for (const [name, value] of Object.entries(values)) {
    // The id of a group call's company is the call's own groupId.
    if (about === 'contact' || name !== 'id') visit(value, [name]);
  }
  return { traits, skipped };
}

const targets: Record<Traits['about'], (path: readonly string[]) => TraitTarget | undefined> = {
  contact: (path) => {
    if (path[0] !== 'company') return targetIn(reserved, 'attribute', path);
    return path.length === 1 ? { kind: 'company', field: 'name' } : targets.company(path.slice(1));
  },
  company: (path) => targetIn(companyReserved, 'company_attribute', path),
};

function targetIn(
  known: Record<string, TraitTarget>,
  kind: 'attribute' | 'company_attribute',
  path: readonly string[],
): TraitTarget | undefined {
  const own = toKey(path.at(-1)!);
  if (path.length === 2 && path[0] === 'address' && own !== undefined && addressParts.has(own))
    return { kind, key: own };
  const key = toKey(path.join(' '));
  if (key === undefined) return undefined;
  return Object.hasOwn(known, key) ? known[key] : { kind, key };
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
