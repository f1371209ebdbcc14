import type { AttributeType } from '@coterie/rules';
import { Failure, type Problem } from '../../platform/errors.js';
import { guessByValues } from './guess-by-values.js';

/**
 * Where a column's values go, by name:
 * - `external_id`, `email`, `phone`, `anonymous_id`: an identity;
 * - the key of a contact attribute, such as `first_name`;
 * - `company.` and the key of a company attribute, or `company.name`, `company.domain`, `company.external_id`;
 * - `consent.email`, `consent.ads`, `consent.phone`, `consent.profiling`: yes or no;
 * - `opt_out.email` and so on: yes withdraws the consent, and no says nothing.
 */
export type MappingTarget = string;

/** A target that a column may have, and how people name it. */
export interface MappableField {
  target: MappingTarget;
  label: string;
  /** Whether every workspace has it. */
  standard: boolean;
  /** Of an attribute. */
  type?: AttributeType;
  /** Targets that meant the same before the attribute was renamed. */
  formerly?: readonly MappingTarget[];
  /** Names that mean it in such a file, beside its target and its label. */
  names?: readonly string[];
}

/** How it was decided where a column goes: by the uploader, the mapping of an earlier file, its name or its values. */
export const mappingSources = ['mapping', 'saved', 'name', 'values'] as const;
export type MappingSource = (typeof mappingSources)[number];

/** Where each column goes, in the order of the file; null: nowhere. */
export interface ColumnMapping {
  targets: (MappingTarget | null)[];
  /** How that was decided, for each; null where nothing fits. */
  foundBy: (MappingSource | null)[];
  /** The headers of the columns that go nowhere. */
  ignored: string[];
}

/** Targets by which a row finds its contact: a file needs at least one of them. */
const identities: readonly MappingTarget[] = ['external_id', 'email', 'phone', 'anonymous_id'];

/**
 * What else columns are called, as {@link plainName} spells it: in the exports of HubSpot, Salesforce, Mailchimp and
 * Marketo, and as other CRMs commonly write.
 */
const synonyms: Record<string, MappingTarget> = {
  recordid: 'external_id',
  contactid: 'external_id',
  userid: 'external_id',
  customerid: 'external_id',
  id: 'external_id',
  emailaddress: 'email',
  mail: 'email',
  phonenumber: 'phone',
  mobile: 'phone',
  mobilephone: 'phone',
  mobilephonenumber: 'phone',
  telephone: 'phone',
  givenname: 'first_name',
  forename: 'first_name',
  familyname: 'last_name',
  surname: 'last_name',
  // Elsewhere a title is what someone does, not how they are addressed.
  title: 'job_title',
  position: 'job_title',
  salutation: 'title',
  contactowner: 'owner',
  // The nearest thing that a CRM knows to when somebody signed up.
  createdate: 'signed_up_at',
  createdat: 'signed_up_at',
  signupdate: 'signed_up_at',
  stateregion: 'state',
  region: 'state',
  province: 'state',
  zip: 'postal_code',
  zipcode: 'postal_code',
  postcode: 'postal_code',
  countryregion: 'country',
  streetaddress: 'street',
  address: 'street',
  dateofbirth: 'birthday',
  birthdate: 'birthday',
  preferredlanguage: 'language',
  linkedin: 'linkedin_url',
  linkedinprofile: 'linkedin_url',
  websiteurl: 'website',
  company: 'company.name',
  companyname: 'company.name',
  associatedcompany: 'company.name',
  primaryassociatedcompany: 'company.name',
  organization: 'company.name',
  account: 'company.name',
  accountname: 'company.name',
  companydomain: 'company.domain',
  companydomainname: 'company.domain',
  companyid: 'company.external_id',
  associatedcompanyid: 'company.external_id',
  industry: 'company.industry',
  numberofemployees: 'company.employee_count',
  employees: 'company.employee_count',
  companysize: 'company.employee_count',
  annualrevenue: 'company.annual_revenue',
  emailconsent: 'consent.email',
  marketingconsent: 'consent.email',
  adsconsent: 'consent.ads',
  advertisingconsent: 'consent.ads',
  phoneconsent: 'consent.phone',
  profilingconsent: 'consent.profiling',
  // Salesforce.
  mailingstreet: 'street',
  mailingcity: 'city',
  mailingstate: 'state',
  mailingstateprovince: 'state',
  mailingpostalcode: 'postal_code',
  mailingzippostalcode: 'postal_code',
  mailingcountry: 'country',
  accountid: 'company.external_id',
  createddate: 'signed_up_at',
  ownerid: 'owner',
  contactownername: 'owner',
  // Mailchimp.
  leid: 'external_id',
  optintime: 'subscribed_at',
  // Marketo.
  leadid: 'external_id',
};

/** What there is to go by beside the headers. */
export interface MappingHints {
  /** Header → target, as the uploader wants it; null leaves a column out. */
  explicit?: Readonly<Record<string, MappingTarget | null>>;
  /** The same as it was said of a file with the same columns before. What is not there any more is not asked for. */
  saved?: Readonly<Record<string, MappingTarget | null>>;
  /** The cells of the first rows that are not blank, by column. */
  samples?: readonly (readonly string[])[];
  /** What the file must say: of each, one of the targets; who a row is about unless given. */
  needs?: readonly MappingNeed[];
}

/** Something that a file must say. */
export interface MappingNeed {
  oneOf: readonly MappingTarget[];
  /** That no column does, for people; what the header has is added. */
  message: string;
}

/** A row is about somebody. */
const identityNeed: MappingNeed = {
  oneOf: identities,
  message:
    'No column says who a row is about: one must be an external id, an e-mail, a phone or an anonymous id.',
};

/**
 * Decides where each column of a file goes: by what is said of it now, or was said before; else by its name, which may be a field's key,
 * its label or a name that CRMs commonly use, whatever its case, spaces and underscores. The first column wins a target.
 * Where no name says who a row is about, the values do: but only then, for the e-mail addresses in a column `Manager`
 * beside an id are somebody else's.
 * @param fields everything that a column may be mapped to in this workspace.
 *
 * Throws INVALID_INPUT for an unknown header or target, for a header that stands twice in the file and for a file that
 * does not say what it must.
 */
export function suggestMapping(
  headers: readonly string[],
  fields: readonly MappableField[],
  { explicit = {}, saved = {}, samples = [], needs = [identityNeed] }: MappingHints = {},
): ColumnMapping {
  checkHeaders(headers);
  checkExplicit(headers, fields, explicit);
  const known = namesOf(fields);
  const draft = new Draft(headers);
  const possible = new Set(fields.map(({ target }) => target));
  draft.follow('mapping', explicit, possible);
  draft.follow('saved', saved, possible);
  draft.take('name', (header) => {
    const target = known.get(plainName(header)) ?? optOutIn(header);
    return target && possible.has(target) ? target : undefined;
  });
  draft.take('values', (_, index) => {
    const target = guessByValues(samples[index] ?? []);
    if (target === undefined || !possible.has(target)) return undefined;
    return identities.includes(target) && draft.hasIdentity ? undefined : target;
  });
  const unmet = needs.find(({ oneOf }) => !draft.hasOneOf(oneOf));
  if (unmet) throw notSaid(unmet, headers);
  return draft.finish();
}

/** Where columns go, decided step by step. */
class Draft {
  readonly #headers: readonly string[];
  readonly #open: Set<number>;
  readonly #targets: (MappingTarget | null)[];
  readonly #foundBy: (MappingSource | null)[];
  readonly #taken = new Set<MappingTarget>();

  constructor(headers: readonly string[]) {
    this.#headers = headers;
    this.#open = new Set(headers.keys());
    this.#targets = headers.map(() => null);
    this.#foundBy = headers.map(() => null);
  }

  get hasIdentity(): boolean {
    return this.hasOneOf(identities);
  }

  hasOneOf(targets: readonly MappingTarget[]): boolean {
    return targets.some((target) => this.#taken.has(target));
  }

  /** Gives the columns that are still open a target, the first one where several want it. */
  take(source: MappingSource, targetOf: (header: string, index: number) => MappingTarget | undefined): void {
    for (const index of this.#open) {
      const target = targetOf(this.#headers[index] ?? '', index);
      if (target === undefined || (this.#taken.has(target) && !isShared(target))) continue;
      this.#taken.add(target);
      this.#targets[index] = target;
      this.#foundBy[index] = source;
      this.#open.delete(index);
    }
  }

  /** Does what somebody said: a column goes where it should, or is left out for good. */
  follow(
    source: MappingSource,
    said: Readonly<Record<string, MappingTarget | null>>,
    possible: ReadonlySet<MappingTarget>,
  ): void {
    const of = (header: string): MappingTarget | null | undefined =>
      Object.hasOwn(said, header) ? said[header] : undefined;
    this.take(source, (header) => {
      const target = of(header);
      return target && possible.has(target) ? target : undefined;
    });
    for (const index of this.#open) {
      if (of(this.#headers[index] ?? '') !== null) continue;
      this.#foundBy[index] = source;
      this.#open.delete(index);
    }
  }

  finish(): ColumnMapping {
    const ignored = this.#headers.filter((_, index) => this.#targets[index] === null);
    return { targets: this.#targets, foundBy: this.#foundBy, ignored };
  }
}

/** Several columns may say who opted out of the same: each of them counts. */
function isShared(target: MappingTarget): boolean {
  return target.startsWith('opt_out.');
}

/** Where a column goes that says by its name who opted out, whatever the tool calls it; undefined for any other. */
function optOutIn(header: string): MappingTarget | undefined {
  const name = plainName(header);
  if (!/unsubscribed|opt(?:ed)?out|donot(?:e?mail|contact|call|text)/u.test(name)) return undefined;
  // When, why and where from are no answer to whether.
  if (/date|time|reason|source|campaign|count|number/u.test(name)) return undefined;
  if (/call|phone|sms|text|mobile/u.test(name)) return 'opt_out.phone';
  return /ads|advert/u.test(name) ? 'opt_out.ads' : 'opt_out.email';
}

/** A name without what people write differently: case, accents, spaces, punctuation. `State/Region` is `stateregion`. */
function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** What the workspace defined itself comes first: a common name never shadows it. */
function namesOf(fields: readonly MappableField[]): Map<string, MappingTarget> {
  const names = new Map<string, MappingTarget>();
  const add = (name: string, target: MappingTarget): void => {
    const plain = plainName(name);
    if (plain !== '' && !names.has(plain)) names.set(plain, target);
  };
  const addAll = (some: readonly MappableField[]): void => {
    for (const { target } of some) add(target, target);
    for (const { target, label } of some) add(label, target);
    for (const { target, names: others } of some) for (const name of others ?? []) add(name, target);
    for (const { target, formerly } of some) for (const former of formerly ?? []) add(former, target);
  };
  addAll(fields.filter((field) => !field.standard));
  const targets = new Set(fields.map((field) => field.target));
  for (const [name, target] of Object.entries(synonyms)) if (targets.has(target)) add(name, target);
  addAll(fields.filter((field) => field.standard));
  return names;
}

function checkHeaders(headers: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, header] of headers.entries()) {
    if (header !== '' && seen.has(header))
      throw refused(`Column ${index + 1} repeats the header "${header}".`, 'file');
    seen.add(header);
  }
}

function checkExplicit(
  headers: readonly string[],
  fields: readonly MappableField[],
  explicit: Readonly<Record<string, MappingTarget | null>>,
): void {
  const targets = new Set(fields.map((field) => field.target));
  const used = new Set<MappingTarget>();
  const problems: Problem[] = [];
  for (const [header, target] of Object.entries(explicit)) {
    const path = `mapping.${header}`;
    const add = (message: string): number => problems.push({ code: 'INVALID_INPUT', path, message });
    if (!headers.includes(header)) add('The file has no such column.');
    if (target !== null && !targets.has(target)) add(`There is no field "${target}".`);
    const optOut = optOutIn(header);
    if (optOut && target?.startsWith('consent.'))
      add(`By its name this column says who opted out: yes would become a consent. Map it to "${optOut}".`);
    if (target !== null && used.has(target) && !isShared(target))
      add(`Two columns are mapped to "${target}".`);
    if (target !== null) used.add(target);
  }
  const [first] = problems;
  if (first) throw new Failure('INVALID_INPUT', first.message, { path: first.path, problems });
}

function notSaid({ message }: MappingNeed, headers: readonly string[]): Failure {
  return refused(`${message} The header has: ${headers.slice(0, 20).join(', ')}`, 'mapping');
}

function refused(message: string, path: string): Failure {
  return new Failure('INVALID_INPUT', message, { path });
}
