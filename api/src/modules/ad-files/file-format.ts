import type { Company, CompanyFormat, Identifier, Person, Platform, ReadOptions } from '@coterie/ad-formats';
import type { AdIdentifier } from './identifiers.js';

/** What one person or company becomes. */
export interface FileRow {
  cells: readonly string[];
  /** The chosen identifiers that the cells carry. */
  identifiers: readonly AdIdentifier[];
  /** What the platform finds them by. Someone of whom all keys were sent before adds nobody to the audience. */
  keys: readonly string[];
}

/** How people or companies become the lines of one file. Pure. */
export interface FileFormat<Subject> {
  readonly headers: readonly string[];
  readonly identifiers: readonly AdIdentifier[];
  /** Whether the last cell of each row is what the person is worth. */
  readonly valued: boolean;
  /** The row; undefined when the platform would find nobody by it. */
  read(subject: Subject): FileRow | undefined;
}

/** The file of people for a platform. @param kind `seed` adds the value's column. */
export function peopleFormat(
  platform: Platform,
  identifiers: readonly AdIdentifier[],
  kind: ReadOptions['kind'] = 'contacts',
): FileFormat<Person> {
  const chosen = identifiers as readonly Identifier[];
  const columns = platform.columns(chosen);
  const sufficient = new Set(platform.matching.filter((set) => set.length === 1).flat());
  return {
    headers: platform.headers(chosen, { kind }),
    identifiers,
    valued: kind === 'seed',
    read(person) {
      const cells = platform.row(person, chosen, { kind });
      if (!cells) return undefined;
      const carried: Identifier[] = [];
      const keys: string[] = [];
      for (const [index, { identifier }] of columns.entries()) {
        const cell = cells[index];
        if (!cell) continue;
        if (!carried.includes(identifier)) carried.push(identifier);
        if (sufficient.has(identifier)) keys.push(cell);
      }
      // Found by several columns together: they are one key.
      if (keys.length === 0) keys.push(JSON.stringify(cells.slice(0, columns.length).filter(Boolean)));
      return { cells, identifiers: carried, keys };
    },
  };
}

/** Where each identifier of a company stands; what is not among them (industry, city …) is always sent. */
const companyFields = {
  name: 'name',
  domain: 'domain',
  email_domain: 'emailDomain',
  linkedin_url: 'linkedinUrl',
  stock_symbol: 'stockSymbol',
} as const satisfies Partial<Record<AdIdentifier, keyof Company>>;

type CompanyField = keyof typeof companyFields;

/** The file of companies for a platform. */
export function companiesFormat(
  format: CompanyFormat,
  identifiers: readonly AdIdentifier[],
): FileFormat<Company> {
  const hidden = (Object.keys(companyFields) as CompanyField[]).filter((each) => !identifiers.includes(each));
  const blank: Company = Object.fromEntries(hidden.map((each) => [companyFields[each], null]));
  return {
    headers: format.headers,
    identifiers,
    valued: false,
    read(company) {
      const shown = { ...company, ...blank };
      const cells = format.row(shown);
      return cells && { cells, identifiers: format.usable(shown), keys: [JSON.stringify(cells)] };
    },
  };
}
