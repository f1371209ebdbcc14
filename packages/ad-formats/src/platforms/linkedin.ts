import { countryCode } from '../countries.js';
import * as to from '../normalise.js';
import {
  definePlatform,
  hashed,
  plain,
  type Company,
  type CompanyFormat,
  type CompanyIdentifier,
  type Platform,
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

/** Companies are not hashed. Missing cells stay empty. */
const companyColumns = {
  companyname: (company) => read(company.name, to.plainText),
  companywebsite: (company) => read(company.domain, to.domain),
  companyemaildomain: (company) => read(company.emailDomain, to.domain),
  linkedincompanypageurl: (company) => read(company.linkedinUrl, to.linkedinPage),
  stocksymbol: (company) => read(company.stockSymbol, (text) => to.plainText(text)?.toUpperCase()),
  industry: (company) => read(company.industry, to.plainText),
  city: (company) => read(company.city, to.plainText),
  state: (company) => read(company.state, to.plainText),
  companycountry: (company) => read(company.country, countryCode),
  zipcode: (company) => read(company.postalCode, to.plainText),
} satisfies Record<string, (company: Company) => string>;

const companyIdentifiers: Record<CompanyIdentifier, keyof typeof companyColumns> = {
  name: 'companyname',
  domain: 'companywebsite',
  email_domain: 'companyemaildomain',
  linkedin_url: 'linkedincompanypageurl',
  stock_symbol: 'stocksymbol',
};

const companyFormat: CompanyFormat = {
  headers: Object.keys(companyColumns),
  usable: (company) =>
    (Object.keys(companyIdentifiers) as CompanyIdentifier[]).filter(
      (identifier) => companyColumns[companyIdentifiers[identifier]](company) !== '',
    ),
  row(company) {
    // A stock symbol alone says too little: exchanges share them.
    const suffices = companyFormat.usable(company).some((identifier) => identifier !== 'stock_symbol');
    return suffices ? Object.values(companyColumns).map((cell) => cell(company)) : undefined;
  },
};

function read(text: string | null | undefined, normalise: (text: string) => string | undefined): string {
  return (text ? normalise(text) : undefined) ?? '';
}
