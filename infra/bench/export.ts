/**
 * How fast members become files for ad platforms, beside plain SHA-256 of the same strings.
 *
 * Every person has all that a platform takes. The file is written to the disk. FULL=1 takes ten times as many.
 */
import { hash } from 'node:crypto';
import {
  countryCode,
  platforms,
  type Company,
  type CompanyIdentifier,
  type Field,
  type Person,
  type Platform,
} from '@coterie/ad-formats';
import {
  companiesFormat,
  peopleFormat,
  type FileFormat,
} from '../../api/src/modules/ad-files/file-format.js';
import { produceFile } from '../../api/src/modules/ad-files/produce-file.js';
import { DigestSet } from '../../api/src/platform/digest-set.js';
import { Spool } from '../../api/src/platform/files/spool.js';
import { percentile } from './ingest/send-all.js';
import { judge, report, type Figure } from './support/report.js';

const count = process.env['FULL'] === '1' ? 200_000 : 20_000;
const rounds = 5;

/** Batches as exports read them. */
const batchSize = 500;

/** The share of the speed of plain SHA-256 that is asked for. */
const target = 1 / 3;

const companyIdentifiers: CompanyIdentifier[] = [
  'name',
  'domain',
  'email_domain',
  'linkedin_url',
  'stock_symbol',
];

const lists = {
  first: ['Dana', 'Valéry', 'José', 'Mary', 'Söğüt', 'Jun', 'Olivia', 'Noah', 'Priya', 'Åsa'],
  last: ["O'Neil", 'García-López', 'King, Jr.', 'Smith', 'Nguyen', 'Müller', 'Okafor', 'Tanaka', 'Silva'],
  domain: ['gmail.com', 'acme.example', 'Googlemail.com', 'mail.example.org'],
  place: [
    {
      city: 'San Francisco',
      state: 'California',
      postalCode: '94103-1234',
      country: 'US',
      prefix: '+1415555',
    },
    { city: 'London', state: 'England', postalCode: 'SW1A 1AA', country: 'GB', prefix: '+44207946' },
    {
      city: 'Köln',
      state: 'Nordrhein-Westfalen',
      postalCode: '50667',
      country: 'Germany',
      prefix: '+4930901',
    },
    { city: 'Paris', state: 'Île-de-France', postalCode: '75001', country: 'FR', prefix: '+3319900' },
  ],
} as const;

function personOf(index: number): Person {
  const pick = <Item>(items: readonly Item[]): Item => items[index % items.length]!;
  const place = pick(lists.place);
  const digits = place.country === 'Germany' ? 5 : 4;
  return {
    externalId: `c-${index}`,
    emails: [`${pick(lists.first)}.${index}+news@${pick(lists.domain)}`],
    // As the API stores numbers: with the country code that they were understood to have.
    phones: [`${place.prefix}${String(index % 10 ** digits).padStart(digits, '0')}`],
    firstName: pick(lists.first),
    lastName: pick(lists.last),
    ...place,
    birthday: `19${60 + (index % 40)}-0${1 + (index % 9)}-1${index % 10}`,
    gender: index % 2 === 0 ? 'female' : 'male',
    mobileAdIds: [`38400000-8cf0-11bd-b23e-${index.toString(16).padStart(12, '0')}`],
    jobTitle: 'Head of Operations',
    companyName: 'Acme, Inc.',
    value: index / 7,
  };
}

function companyOf(index: number): Company {
  const domain = `company-${index}.example`;
  return {
    name: `Company ${index}`,
    domain: `https://www.${domain}/about`,
    emailDomain: domain,
    country: 'US',
  };
}

/** Where each field stands. */
const texts: Record<Field, (person: Person) => string | null | undefined> = {
  email: ({ emails }) => emails[0],
  phone: ({ phones }) => phones[0],
  mobileAdId: ({ mobileAdIds }) => mobileAdIds?.[0],
  externalId: ({ externalId }) => externalId,
  firstName: ({ firstName }) => firstName,
  lastName: ({ lastName }) => lastName,
  city: ({ city }) => city,
  state: ({ state }) => state,
  postalCode: ({ postalCode }) => postalCode,
  country: ({ country }) => country,
  gender: ({ gender }) => gender,
  birthDate: ({ birthday }) => birthday,
  birthYear: ({ birthday }) => birthday,
  birthMonth: ({ birthday }) => birthday,
  birthDay: ({ birthday }) => birthday,
  jobTitle: ({ jobTitle }) => jobTitle,
  companyName: ({ companyName }) => companyName,
};

/** What the rows say of the people, before any of it is hashed. */
function normalisedStrings(platform: Platform, people: readonly Person[]): string[] {
  const fields = new Set(platform.columns().map(({ field }) => field));
  return people.flatMap((person) =>
    [...fields].flatMap((field) => {
      const value = platform.value(field, texts[field](person) ?? '', countryCode(person.country ?? ''));
      return value ? [value.normalised] : [];
    }),
  );
}

/** Milliseconds that it takes to make the file and have it on the disk. */
async function timeFile<Subject>(format: FileFormat<Subject>, subjects: readonly Subject[]): Promise<number> {
  const spool = await Spool.open();
  const begin = performance.now();
  const { rows } = await produceFile(inBatches(subjects), format, new DigestSet(), (text) =>
    spool.write(text),
  );
  const took = performance.now() - begin;
  await spool.discard();
  if (rows !== subjects.length) throw new Error(`${rows} of ${subjects.length} are in the file.`);
  return took;
}

async function* inBatches<Subject>(subjects: readonly Subject[]): AsyncGenerator<readonly Subject[]> {
  for (let from = 0; from < subjects.length; from += batchSize) yield subjects.slice(from, from + batchSize);
}

function timeHashes(strings: readonly string[]): number {
  const begin = performance.now();
  for (const text of strings) hash('sha256', text, 'hex');
  return performance.now() - begin;
}

/** One after the other, several times over: what else the machine does meets both. */
async function benchFile<Subject>(
  name: string,
  format: FileFormat<Subject>,
  subjects: readonly Subject[],
  strings: readonly string[],
): Promise<Figure[]> {
  const files: number[] = [];
  const hashes: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    hashes.push(timeHashes(strings));
    files.push(await timeFile(format, subjects));
  }
  const file = median(files);
  const rate = (milliseconds: number): number => (subjects.length * 1000) / milliseconds;
  const made = { case: name, metric: 'normalised, hashed, written', value: rate(file), unit: 'members/s' };
  // Of companies nothing is hashed: there is nothing to compare with.
  if (strings.length === 0) return [{ ...made, ratio: null, target: null }];
  return [
    { ...made, ratio: median(hashes) / file, target },
    {
      case: name,
      metric: `SHA-256 of the same ${(strings.length / subjects.length).toFixed(1)} strings`,
      value: rate(median(hashes)),
      unit: 'members/s',
      ratio: null,
      target: null,
    },
  ];
}

function median(times: readonly number[]): number {
  return percentile(
    times.toSorted((one, other) => one - other),
    50,
  );
}

const people = Array.from({ length: count }, (_, index) => personOf(index));
const companies = Array.from({ length: count }, (_, index) => companyOf(index));
const found: Figure[] = [];
for (const platform of Object.values(platforms)) {
  const strings = normalisedStrings(platform, people);
  for (const kind of platform.kinds) {
    const name = `${platform.id}, ${kind}`;
    if (kind !== 'companies')
      found.push(
        ...(await benchFile(name, peopleFormat(platform, platform.identifiers, kind), people, strings)),
      );
    else if (platform.companies)
      found.push(
        ...(await benchFile(name, companiesFormat(platform.companies, companyIdentifiers), companies, [])),
      );
  }
}
report(judge('export', found), process.argv.includes('--json'));
