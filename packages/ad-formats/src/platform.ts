import { countryCode } from './countries.js';
import { sha256 } from './hash.js';
import { seedValue } from './normalise.js';

/** The platforms whose formats are known here. */
export type PlatformId = 'meta' | 'google' | 'linkedin' | 'tiktok' | 'x' | 'microsoft';

/** What a file lists: people, companies, or the people a lookalike grows from, with a value each. */
export type AudienceKind = 'contacts' | 'companies' | 'seed';

/**
 * What a user chooses to send of a person. `name` and `job` (title and employer), `location` (city, state, postal
 * code, country), `birthday` and `gender` only help another identifier to match.
 */
export type Identifier =
  | 'email'
  | 'phone'
  | 'mobile_ad_id'
  | 'external_id'
  | 'name'
  | 'location'
  | 'birthday'
  | 'gender'
  | 'job';

/** What is sent of a company. */
export type CompanyIdentifier = 'name' | 'domain' | 'email_domain' | 'linkedin_url' | 'stock_symbol';

/** One value that a platform knows of a company: what identifies it, and what only helps. */
export type CompanyField = CompanyIdentifier | 'industry' | 'city' | 'state' | 'country' | 'postal_code';

/** A person as stored; every text may be as somebody typed it. */
export interface Person {
  /** The workspace's own id of the person. */
  externalId?: string | null;
  emails: readonly string[];
  /** E.164 at best; others are read as numbers of the person's country, else of `ReadOptions.defaultCountry`. */
  phones: readonly string[];
  firstName?: string | null;
  lastName?: string | null;
  city?: string | null;
  state?: string | null;
  postalCode?: string | null;
  /** ISO 3166-1 alpha-2 or a common English name. */
  country?: string | null;
  /** YYYY-MM-DD. */
  birthday?: string | null;
  gender?: string | null;
  /** Advertising ids of phones: IDFA or AAID. */
  mobileAdIds?: readonly string[];
  jobTitle?: string | null;
  companyName?: string | null;
  /** What the person is worth in a seed list, at least 0, in whatever unit the list uses throughout. */
  value?: number | null;
}

/** A company as stored. */
export interface Company {
  name?: string | null;
  /** Of its website; an address is understood too. */
  domain?: string | null;
  /** Of its e-mail addresses, where it is another one. */
  emailDomain?: string | null;
  linkedinUrl?: string | null;
  stockSymbol?: string | null;
  industry?: string | null;
  city?: string | null;
  state?: string | null;
  country?: string | null;
  postalCode?: string | null;
}

/** Settings of a reading. */
export interface ReadOptions {
  /** `seed` adds the value's column where the platform has one. Default: `contacts`. */
  kind?: 'contacts' | 'seed';
  /** ISO 3166-1 alpha-2, for phone numbers without country code of people without country. */
  defaultCountry?: string | null;
}

/** One value that a platform knows of a person. */
export type Field =
  | 'email'
  | 'phone'
  | 'mobileAdId'
  | 'externalId'
  | 'firstName'
  | 'lastName'
  | 'city'
  | 'state'
  | 'postalCode'
  | 'country'
  | 'gender'
  | 'birthDate'
  | 'birthYear'
  | 'birthMonth'
  | 'birthDay'
  | 'jobTitle'
  | 'companyName';

/** How a platform wants a field. */
export interface FieldRule {
  /** The normalised text, or undefined when it is unusable. `country`: the person's, ISO 3166-1 alpha-2. */
  normalise: (text: string, country?: string) => string | undefined;
  /** Whether the normalised text is sent as SHA-256, or as it is. */
  hashed: boolean;
}

/** A value as it leaves. */
export interface FieldValue {
  /** Before hashing. */
  normalised: string;
  /** What is sent: SHA-256 in lower-case hexadecimal, or the normalised text. */
  sent: string;
  hashed: boolean;
}

/** Values by field, as they leave, the primary one first; a field without a usable value is absent. */
export type ValuesOf<Name extends string> = Partial<Record<Name, string[]>>;

/** Lists of companies of a platform. */
export interface CompanyFormat {
  headers: readonly string[];
  /** What is usable of a company after normalisation. */
  usable(company: Company): CompanyIdentifier[];
  /** Its cells, one for each header; undefined when nothing would match. */
  row(company: Company): string[] | undefined;
  /** The same by field, for who talks to the platform's API. */
  values(company: Company): ValuesOf<CompanyField> | undefined;
}

/** The format of one ad platform. Functions are pure: the same input gives the same output, nothing is thrown. */
export interface Platform {
  readonly id: PlatformId;
  readonly label: string;
  /** People (or companies) that must be matched before the platform shows ads to the audience. */
  readonly minimumSize: number;
  /** Rows in one file at most, and its bytes. */
  readonly maximumRows?: number;
  readonly maximumBytes?: number;
  readonly kinds: readonly AudienceKind[];
  /** Whether it takes different e-mail addresses for one and the same: it then finds one person by another's address. */
  readonly mergesEmails: boolean;
  /** What the platform's file can carry of a person. */
  readonly identifiers: readonly Identifier[];
  /** The sets of identifiers of which one suffices to match a person; all others only help. */
  readonly matching: readonly (readonly Identifier[])[];
  readonly fields: Readonly<Partial<Record<Field, FieldRule>>>;
  /** One value as this platform wants it; undefined when unusable, or when the platform does not know the field. */
  value(field: Field, text: string, country?: string): FieldValue | undefined;
  /** What each cell of a row is, for the chosen identifiers (default: all); a seed's value comes after them. */
  columns(chosen?: readonly Identifier[]): readonly Column[];
  /** The header line for the chosen identifiers (default: all). Fixed where the platform hands out a template. */
  headers(chosen?: readonly Identifier[], options?: ReadOptions): string[];
  /** Which identifiers of the person hold a usable value. */
  usable(person: Person, options?: ReadOptions): Identifier[];
  /** Whether these usable identifiers suffice to match a person. */
  matches(identifiers: readonly Identifier[]): boolean;
  /** The person's cells, one for each header; undefined when the chosen identifiers do not suffice to match. */
  row(person: Person, chosen?: readonly Identifier[], options?: ReadOptions): string[] | undefined;
  /**
   * The same by field, for who talks to the platform's API: up to three addresses, numbers and ids of phones, whatever
   * a file has columns for, and a seed's `value`. Undefined when {@link Platform.row} would be.
   */
  values(
    person: Person,
    chosen?: readonly Identifier[],
    options?: ReadOptions,
  ): ValuesOf<Field | 'value'> | undefined;
  readonly companies?: CompanyFormat;
}

/** A column of a people file. Columns with the same field next to each other take its first, second … value. */
export interface Column {
  header: string;
  identifier: Identifier;
  field: Field;
}

/** What a platform's file states; `definePlatform` does the rest. */
export interface Definition {
  id: PlatformId;
  label: string;
  minimumSize: number;
  maximumRows?: number;
  maximumBytes?: number;
  kinds: readonly AudienceKind[];
  matching: readonly (readonly Identifier[])[];
  fields: Partial<Record<Field, FieldRule>>;
  columns: readonly Column[];
  /** Identifiers whose columns are useless unless all of them are filled. */
  whole?: readonly Identifier[];
  /** Its rule for e-mail addresses drops more than case and white space. */
  mergesEmails?: boolean;
  /** Every column is always there, filled or not. */
  template?: boolean;
  /** Header of the value's column, in seed files. */
  valueHeader?: string;
  companies?: CompanyFormat;
}

const sources: Record<Field, (person: Person) => readonly (string | null | undefined)[]> = {
  email: (person) => person.emails,
  phone: (person) => person.phones,
  mobileAdId: (person) => person.mobileAdIds ?? [],
  externalId: (person) => [person.externalId],
  firstName: (person) => [person.firstName],
  lastName: (person) => [person.lastName],
  city: (person) => [person.city],
  state: (person) => [person.state],
  postalCode: (person) => [person.postalCode],
  country: (person) => [person.country],
  gender: (person) => [person.gender],
  birthDate: (person) => [person.birthday],
  birthYear: (person) => [person.birthday],
  birthMonth: (person) => [person.birthday],
  birthDay: (person) => [person.birthday],
  jobTitle: (person) => [person.jobTitle],
  companyName: (person) => [person.companyName],
};

/** What a user chooses when a field is to leave. */
const identifierOf: Record<Field, Identifier> = {
  email: 'email',
  phone: 'phone',
  mobileAdId: 'mobile_ad_id',
  externalId: 'external_id',
  firstName: 'name',
  lastName: 'name',
  city: 'location',
  state: 'location',
  postalCode: 'location',
  country: 'location',
  gender: 'gender',
  birthDate: 'birthday',
  birthYear: 'birthday',
  birthMonth: 'birthday',
  birthDay: 'birthday',
  jobTitle: 'job',
  companyName: 'job',
};

/** Values of a field that an API is told of at most. */
const mostValues = 3;

/** Makes a platform of its definition. */
export function definePlatform(definition: Definition): Platform {
  const { columns, fields, matching } = definition;
  const identifiers = [...new Set(columns.map((column) => column.identifier))];
  const columnsOf = kept((chosen) =>
    definition.template ? columns : columns.filter((column) => chosen.includes(column.identifier)),
  );
  const limitsOfFile = kept((chosen) => limitsOfColumns(definition, chosen));
  const limitsOfApi = kept((chosen) => {
    const known = chosen.filter((identifier) => identifiers.includes(identifier));
    return limitsOfFields(definition, known);
  });
  const isSeed = (options: ReadOptions): boolean => options.kind === 'seed' && !!definition.valueHeader;
  const matches = (usable: readonly Identifier[]): boolean =>
    matching.some((set) => set.every((identifier) => usable.includes(identifier)));
  const read = (person: Person, chosen: readonly Identifier[], options: ReadOptions): Reading =>
    readPerson(definition, person, limitsOfFile(chosen), options);

  return {
    id: definition.id,
    label: definition.label,
    minimumSize: definition.minimumSize,
    maximumRows: definition.maximumRows,
    maximumBytes: definition.maximumBytes,
    kinds: definition.kinds,
    mergesEmails: definition.mergesEmails ?? false,
    identifiers,
    matching,
    fields,
    companies: definition.companies,
    matches,
    value: (field, text, country) => toValue(fields[field], text, country),
    columns: (chosen = identifiers) => columnsOf(chosen),
    headers(chosen = identifiers, options = {}) {
      const headers = columnsOf(chosen).map((column) => column.header);
      return isSeed(options) ? [...headers, definition.valueHeader ?? ''] : headers;
    },
    usable: (person, options = {}) => [...read(person, identifiers, options).usable],
    row(person, chosen = identifiers, options = {}) {
      const { values, usable } = read(person, chosen, options);
      if (!matches([...usable])) return undefined;
      const row = cellsOf(columnsOf(chosen), values);
      return isSeed(options) ? [...row, seedCell(person)] : row;
    },
    values(person, chosen = identifiers, options = {}) {
      const { values, usable } = readPerson(definition, person, limitsOfApi(chosen), options);
      if (!matches([...usable])) return undefined;
      const worth = isSeed(options) ? seedCell(person) : '';
      return { ...Object.fromEntries(values), ...(worth && { value: [worth] }) };
    },
  };
}

/** What follows from the chosen identifiers alone, kept for the next person for as long as the same list of them is in use. */
function kept<Result>(
  make: (chosen: readonly Identifier[]) => Result,
): (chosen: readonly Identifier[]) => Result {
  const results = new WeakMap<readonly Identifier[], Result>();
  return (chosen) => {
    const known = results.get(chosen);
    if (known) return known;
    const result = make(chosen);
    results.set(chosen, result);
    return result;
  };
}

/** How many values of each field there is room for, in the order in which they are read. */
type Limits = ReadonlyMap<Field, number>;

function limitsOfColumns({ columns }: Definition, chosen: readonly Identifier[]): Limits {
  const used = columns.filter((column) => chosen.includes(column.identifier));
  const byField = Map.groupBy(used, (column) => column.field);
  return new Map([...byField].map(([field, own]) => [field, own.length]));
}

function limitsOfFields({ fields }: Definition, chosen: readonly Identifier[]): Limits {
  const used = (Object.keys(fields) as Field[]).filter((field) => chosen.includes(identifierOf[field]));
  return new Map(used.map((field) => [field, mostValues]));
}

interface Reading {
  values: Map<Field, string[]>;
  usable: Set<Identifier>;
}

function readPerson(definition: Definition, person: Person, limits: Limits, options: ReadOptions): Reading {
  const values = new Map<Field, string[]>();
  const country = countryCode(person.country ?? '');
  for (const [field, limit] of limits) {
    const fallback = country ?? (field === 'phone' ? countryCode(options.defaultCountry ?? '') : undefined);
    const usable = valuesOf(definition.fields[field], sources[field](person), fallback, limit);
    if (usable.length > 0) values.set(field, usable);
  }
  const usable = new Set([...values.keys()].map((field) => identifierOf[field]));
  return withoutFragments(definition, { values, usable });
}

/** Columns of one field take its values in their order. */
function cellsOf(columns: readonly Column[], values: ReadonlyMap<Field, string[]>): string[] {
  let place = 0;
  return columns.map(({ field }, index) => {
    place = columns[index - 1]?.field === field ? place + 1 : 0;
    return values.get(field)?.[place] ?? '';
  });
}

/** The first `limit` different usable values, as they are sent. */
function valuesOf(
  rule: FieldRule | undefined,
  texts: readonly (string | null | undefined)[],
  country: string | undefined,
  limit: number,
): string[] {
  const values: string[] = [];
  for (const text of texts) {
    if (values.length === limit) break;
    const value = text ? toValue(rule, text, country)?.sent : undefined;
    if (value && !values.includes(value)) values.push(value);
  }
  return values;
}

function toValue(rule: FieldRule | undefined, text: string, country?: string): FieldValue | undefined {
  const normalised = rule?.normalise(text, country);
  if (!rule || !normalised) return undefined;
  return { normalised, sent: rule.hashed ? sha256(normalised) : normalised, hashed: rule.hashed };
}

/** Leaves out what is only of use as a whole and is not whole. */
function withoutFragments({ whole, fields }: Definition, reading: Reading): Reading {
  if (!whole) return reading;
  const lacking = (Object.keys(fields) as Field[]).filter(
    (field) => whole.includes(identifierOf[field]) && !reading.values.has(field),
  );
  if (lacking.length === 0) return reading;
  for (const field of lacking) reading.usable.delete(identifierOf[field]);
  for (const field of reading.values.keys())
    if (whole.includes(identifierOf[field])) reading.values.delete(field);
  return reading;
}

function seedCell(person: Person): string {
  return typeof person.value === 'number' ? (seedValue(person.value) ?? '') : '';
}

/** The rule of a field that is sent as SHA-256. */
export function hashed(normalise: FieldRule['normalise']): FieldRule {
  return { normalise, hashed: true };
}

/** The rule of a field that is sent as it is. */
export function plain(normalise: FieldRule['normalise']): FieldRule {
  return { normalise, hashed: false };
}

/** Columns of the same header, one for each of a person's first `count` values. */
export function repeated(column: Column, count: number): Column[] {
  return Array.from({ length: count }, () => ({ ...column }));
}
