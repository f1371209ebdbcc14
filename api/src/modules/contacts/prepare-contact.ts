import { countryCode } from '@coterie/ad-formats';
import type { Problem } from '../../platform/errors.js';
import { parseAttributes, type AttributeCatalog, type AttributeValue } from '../attributes/index.js';
import { prepareCompany, type PreparedCompany } from '../companies/index.js';
import {
  identityPriority,
  normaliseIdentity,
  prepareConsent,
  type Identity,
  type PreparedConsent,
} from '../consent/index.js';
import type { ContactInput, UpsertSettings } from './contact-input.js';
import { identityFields } from './identities/identity-fields.js';

/** A checked contact, ready to be applied. */
export interface PreparedContact {
  /** At least one, strongest kind first, one of a kind. */
  identities: Identity[];
  /** The id that it was known by before, as an external id and as an anonymous id; or none. */
  previous: Identity[];
  values: Map<string, AttributeValue | null>;
  /** Set where the contact holds nothing. */
  initial: Map<string, AttributeValue>;
  company: PreparedCompany | null;
  consents: PreparedConsent[];
  warnings: Problem[];
  /** Where it comes from. */
  source: string;
}

type Settings = UpsertSettings & { catalog: AttributeCatalog };

/** Checks an item. Gives every problem when it cannot be taken, with paths relative to it. Touches no database. */
export function prepareContact(
  input: ContactInput,
  settings: Settings,
): { ok: true; contact: PreparedContact } | { ok: false; problems: Problem[] } {
  const report = new Report(settings.lenient ?? false);
  const identities = prepareIdentities(input, settings, report);
  const previous = preparePrevious(input, report);
  const values = prepareValues(input, 'attributes', settings, report);
  const initial = withoutNulls(prepareValues(input, 'initialAttributes', settings, report));
  const company = prepareCompanyOf(input, settings, report);
  const source = input.source ?? settings.source ?? 'api';
  const consents = prepareConsents(input, { ...settings, source }, report);
  if (report.problems.length > 0) return { ok: false, problems: report.problems };
  return {
    ok: true,
    contact: { identities, previous, values, initial, company, consents, source, warnings: report.warnings },
  };
}

/** Collects what is wrong: what refuses the item, and what is only worth a warning. */
class Report {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #lenient: boolean;

  constructor(lenient: boolean) {
    this.#lenient = lenient;
  }

  major(problem: Problem): void {
    this.problems.push(problem);
  }

  /** Only a warning for a lenient source. */
  minor(problems: readonly Problem[]): void {
    (this.#lenient ? this.warnings : this.problems).push(...problems);
  }
}

function prepareIdentities(input: ContactInput, settings: Settings, report: Report): Identity[] {
  const identities: Identity[] = [];
  const unreadable: Problem[] = [];
  const country = countryOf(input, settings.defaultCountry);
  for (const kind of identityPriority) {
    const { field } = identityFields[kind];
    const given = input[field];
    if (given === null || given === undefined || given.trim() === '') continue;
    const identity = normaliseIdentity(kind, given, country);
    if (typeof identity !== 'string') identities.push(identity);
    else unreadable.push({ code: 'INVALID_INPUT', path: field, message: `"${field}" ${identity}` });
  }
  if (identities.length > 0) {
    report.minor(unreadable);
  } else if (unreadable.length > 0) {
    unreadable.forEach((problem) => report.major(problem));
  } else {
    const message = 'A contact needs an external id, an e-mail address, a phone number or an anonymous id.';
    report.major({ code: 'INVALID_INPUT', path: '', message });
  }
  return identities;
}

/** ISO 3166-1 alpha-2: somebody writes a telephone number as it is written where they are, else as the workspace does. */
export function countryOf(
  { attributes }: Pick<ContactInput, 'attributes'>,
  defaultCountry: string | null,
): string | null {
  const country = attributes?.['country'];
  return (typeof country === 'string' ? countryCode(country) : undefined) ?? defaultCountry;
}

function prepareValues(
  input: ContactInput,
  field: 'attributes' | 'initialAttributes',
  { catalog, timeZone }: Settings,
  report: Report,
): Map<string, AttributeValue | null> {
  const given = input[field];
  if (!given) return new Map();
  const { values, problems } = parseAttributes(catalog, 'contact', given, { zone: timeZone, path: field });
  report.minor(problems);
  return values;
}

function withoutNulls(values: Map<string, AttributeValue | null>): Map<string, AttributeValue> {
  return new Map([...values].filter((entry): entry is [string, AttributeValue] => entry[1] !== null));
}

/** An unreadable one refuses the item: without it nothing would be left of what was meant. */
function preparePrevious({ previousId }: ContactInput, report: Report): Identity[] {
  if (previousId == null || previousId.trim() === '') return [];
  const kinds = ['external_id', 'anonymous_id'] as const;
  const identities = kinds.map((kind) => normaliseIdentity(kind, previousId, null));
  const [fault] = identities.filter((identity) => typeof identity === 'string');
  if (fault === undefined) return identities.filter((identity) => typeof identity !== 'string');
  report.major({ code: 'INVALID_INPUT', path: 'previousId', message: `"previousId" ${fault}` });
  return [];
}

function prepareCompanyOf(
  { company }: ContactInput,
  settings: Settings,
  report: Report,
): PreparedCompany | null {
  if (!company) return null;
  const prepared = prepareCompany(company, settings, 'company');
  if (prepared.ok) {
    report.warnings.push(...prepared.company.warnings);
    return prepared.company;
  }
  report.minor(prepared.problems);
  return null;
}

function prepareConsents({ consents }: ContactInput, settings: Settings, report: Report): PreparedConsent[] {
  const now = settings.consentsSaidAt ?? settings.now;
  return (consents ?? []).flatMap((input, index) => {
    const prepared = prepareConsent(input, { ...settings, now }, `consents[${index}]`);
    if (prepared.ok) return [prepared.consent];
    report.minor(prepared.problems);
    return [];
  });
}
