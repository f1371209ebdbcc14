/** One person of the export; a missing cell is empty. */
export type Person = Partial<Record<Column, string>>;

/** The columns of HubSpot's contact export, as its default view and a marketing team's own properties give them. */
export const columns = [
  'Record ID',
  'First Name',
  'Last Name',
  'Email',
  'Phone Number',
  'Contact owner',
  'Associated Company',
  'Job Title',
  'Lifecycle Stage',
  'Lead Status',
  'Marketing contact status',
  'Create Date',
  'City',
  'State/Region',
  'Postal Code',
  'Country/Region',
  'Industry',
  'Number of Employees',
  'Annual Revenue',
  'Website URL',
  'Email consent',
  'Ads consent',
  'Original Source',
  'Associated Company IDs',
] as const;
type Column = (typeof columns)[number];

/** The columns that Coterie has no field for. */
export const unmappedColumns = ['Marketing contact status', 'Original Source', 'Associated Company IDs'];

/** A file as HubSpot writes it: byte order mark, CRLF, quotes only where needed. */
export function hubspotExport(people: readonly Person[], ragged: readonly string[] = []): string {
  const lines = [
    columns.join(','),
    ...people.map((person) => columns.map((column) => quote(person[column] ?? '')).join(',')),
  ];
  return `\ufeff${[...lines, ...ragged, ''].join('\r\n')}`;
}

function quote(cell: string): string {
  return /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length]!;

/** So many people as CRMs really hold them: gaps, stray spaces, upper case, accents, line breaks, odd quotes. */
export function ordinaryPeople(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => ordinaryPerson(index));
}

function ordinaryPerson(index: number): Person {
  return {
    'Record ID': String(5_000_000 + index),
    'First Name': pick(['Ada', 'JÜRGEN', ' Siobhán ', 'Zoë', '정', "D'Arcy", 'Анна', ''], index),
    'Last Name': pick(
      ['Lovelace', 'Müller-Lüdenscheidt', "O'Brien", 'van der Berg', 'de "Mo" Silva', ''],
      index,
    ),
    Email: emailOf(index),
    'Phone Number': pick(['', '', `+1 (415) 555-${String(2000 + (index % 8000))}`], index),
    'Contact owner': pick(['Kim Lee', 'Sam Roe', ''], index),
    'Associated Company': pick(
      ['', 'Acme, Inc.', 'Globex "West"', 'Initech', 'Müller & Söhne\r\nGmbH'],
      index,
    ),
    'Job Title': pick(['CTO', 'Head of Growth, EMEA', '', 'Line one\nLine two'], index),
    'Lifecycle Stage': pick(['Lead', 'Customer', 'Subscriber', 'Marketing Qualified Lead'], index),
    'Lead Status': pick(['NEW', 'OPEN', ''], index),
    'Marketing contact status': pick(['Marketing contact', 'Non-marketing contact'], index),
    'Create Date': `2025-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + (index % 28)).padStart(2, '0')} 09:30`,
    City: pick(['Berlin', 'São Paulo', '', 'Łódź'], index),
    'Country/Region': pick(['Germany', 'Brazil', '', 'Poland'], index),
    Industry: pick(['COMPUTER_SOFTWARE', '', 'RETAIL'], index),
    'Number of Employees': pick(['250', '', '12'], index),
    'Annual Revenue': pick(['1000000', '', '2.5e6'], index),
    'Email consent': pick(['Yes', 'No', ''], index),
    'Ads consent': pick(['Yes', 'TRUE', 'No', ''], index),
    'Original Source': 'Organic search',
  };
}

/** Every seventh is known by the record alone; some are shouted. */
function emailOf(index: number): string {
  if (index % 7 === 6) return '';
  const address = `person.${index}@example.com`;
  return index % 5 === 0 ? ` ${address.toUpperCase()} ` : address;
}
