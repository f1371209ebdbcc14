import { countryCode } from '../countries.js';
import * as to from '../normalise.js';
import {
  definePlatform,
  hashed,
  plain,
  type Company,
  type CompanyField,
  type CompanyFormat,
  type CompanyIdentifier,
  type Platform,
  type ValuesOf,
} from '../platform.js';

/** LinkedIn Matched Audiences: lists of contacts and of companies. */
export function createLinkedin(): Platform {
  return definePlatform({
    id: 'linkedin',
    label: 'LinkedIn',
    minimumSize: 300,
    maximumRows: 300_000,
    maximumBytes: 20_000_000,
    kinds: ['contacts', 'companies'],
    matching: [['email'], ['mobile_ad_id']],
    fields: {
      email: hashed(to.emailWithoutSpaces),
      firstName: plain((text) => to.plainText(text, 35)),
      lastName: plain((text) => to.plainText(text, 35)),
      jobTitle: plain((text) => to.plainText(text, 50)),
      companyName: plain((text) => to.plainText(text, 50)),
      country: plain(countryCode),
      // LinkedIn knows Google's ids only; an IDFA looks the same, and does no harm but to match nobody.
      mobileAdId: plain(to.mobileAdId),
    },
    columns: [
      { header: 'email', identifier: 'email', field: 'email' },
      { header: 'firstname', identifier: 'name', field: 'firstName' },
      { header: 'lastname', identifier: 'name', field: 'lastName' },
      { header: 'jobtitle', identifier: 'job', field: 'jobTitle' },
      { header: 'employeecompany', identifier: 'job', field: 'companyName' },
      { header: 'country', identifier: 'location', field: 'country' },
      { header: 'googleaid', identifier: 'mobile_ad_id', field: 'mobileAdId' },
    ],
    // LinkedIn refuses a file whose headers differ from those of its template.
    template: true,
    companies: companyFormat,
  });
}

/** Companies are not hashed. Missing cells stay empty. In the order of the template. */
const companyColumns: readonly {
  header: string;
  field: CompanyField;
  of: (company: Company) => string | undefined;
}[] = [
  { header: 'companyname', field: 'name', of: ({ name }) => read(name, to.plainText) },
  { header: 'companywebsite', field: 'domain', of: ({ domain }) => read(domain, to.domain) },
  {
    header: 'companyemaildomain',
    field: 'email_domain',
    of: ({ emailDomain }) => read(emailDomain, to.domain),
  },
  {
    header: 'linkedincompanypageurl',
    field: 'linkedin_url',
    of: ({ linkedinUrl }) => read(linkedinUrl, to.linkedinPage),
  },
  {
    header: 'stocksymbol',
    field: 'stock_symbol',
    of: ({ stockSymbol }) => read(stockSymbol, (text) => to.plainText(text)?.toUpperCase()),
  },
  { header: 'industry', field: 'industry', of: ({ industry }) => read(industry, to.plainText) },
  { header: 'city', field: 'city', of: ({ city }) => read(city, to.plainText) },
  { header: 'state', field: 'state', of: ({ state }) => read(state, to.plainText) },
  { header: 'companycountry', field: 'country', of: ({ country }) => read(country, countryCode) },
  { header: 'zipcode', field: 'postal_code', of: ({ postalCode }) => read(postalCode, to.plainText) },
];

const companyIdentifiers: readonly CompanyIdentifier[] = [
  'name',
  'domain',
  'email_domain',
  'linkedin_url',
  'stock_symbol',
];

const companyFormat: CompanyFormat = {
  headers: companyColumns.map(({ header }) => header),
  usable: (company) => usableOf(valuesOf(company)),
  row(company) {
    const values = companyFormat.values(company);
    return values && companyColumns.map(({ field }) => values[field]?.[0] ?? '');
  },
  values(company) {
    const values = valuesOf(company);
    // A stock symbol alone says too little: exchanges share them.
    return usableOf(values).some((identifier) => identifier !== 'stock_symbol') ? values : undefined;
  },
};

function valuesOf(company: Company): ValuesOf<CompanyField> {
  const values: ValuesOf<CompanyField> = {};
  for (const { field, of } of companyColumns) {
    const value = of(company);
    if (value) values[field] = [value];
  }
  return values;
}

function usableOf(values: ValuesOf<CompanyField>): CompanyIdentifier[] {
  return companyIdentifiers.filter((identifier) => values[identifier]);
}

function read(
  text: string | null | undefined,
  normalise: (text: string) => string | undefined,
): string | undefined {
  return text ? normalise(text) : undefined;
}
