/** Exports of contacts as the usual tools write them, with what must become of them. */
export interface Export {
  header: string;
  /** One line for each person, by number. */
  line: (index: number) => string;
  lineEnd: string;
  /** Rows that cannot be taken, with the column that is wrong. */
  broken: [line: string, column: string][];
  ignored: string[];
  /** SQL over the contact with number 1: what must be stored. */
  stored: Record<string, string | number>;
  /** Consents that were withdrawn, of so many people. */
  withdrawn: (people: number) => number;
}

const quoted = (cells: readonly string[]): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');

/** Characters that UTF-8, UTF-16 and Windows-1252 all have. */
const names = ['Jürgen', 'Zoë', "D'Arcy", 'Łukasz', 'Renée'];

/** A name that the encoding can spell. */
function nameOf(index: number): string {
  return (names[index % names.length] ?? '').replace('Ł', 'L');
}

/** HubSpot: a cell is quoted only where it must be, dates are in ISO form without a zone. */
export const hubspot: Export = {
  header:
    'Record ID,First Name,Last Name,Email,Phone Number,Create Date,Associated Company,Marketing contact status',
  line: (index) =>
    `${9_000 + index},${nameOf(index)},Müller,p${index}@example.com,,2026-03-05 14:22,"Acme, Inc.",Marketing contact`,
  lineEnd: '\r\n',
  broken: [
    ['1,Ada,Lovelace,nobody at example.com,,,,', 'Email'],
    ['2,Ada', ''],
  ],
  ignored: ['Marketing contact status'],
  stored: { first_name: 'Zoë', last_name: 'Müller', external_id: '9001', email: 'p1@example.com' },
  withdrawn: () => 0,
};

/** Salesforce's data export: every cell quoted, ids of 18 letters, opting out as 0 and 1, instants in UTC. */
export const salesforce: Export = {
  header: quoted([
    'Id',
    'AccountId',
    'LastName',
    'FirstName',
    'MailingCity',
    'Phone',
    'Email',
    'Title',
    'HasOptedOutOfEmail',
    'CreatedDate',
    'SystemModstamp',
  ]),
  line: (index) =>
    quoted([
      `0035g00000${String(index).padStart(8, '0')}`,
      '',
      'Fernández "Nené"',
      nameOf(index),
      'München',
      '',
      `p${index}@example.com`,
      'VP, Operations',
      index % 3 === 0 ? '1' : '0',
      '2026-03-05T14:22:00.000Z',
      '2026-03-05T14:22:00.000Z',
    ]),
  lineEnd: '\n',
  broken: [
    [quoted(['003x', '', 'A', 'B', '', '', 'b@example.com', '', 'perhaps', '', '']), 'HasOptedOutOfEmail'],
  ],
  ignored: ['SystemModstamp'],
  stored: {
    first_name: 'Zoë',
    last_name: 'Fernández "Nené"',
    city: 'München',
    job_title: 'VP, Operations',
    external_id: '0035g0000000000001',
  },
  withdrawn: (people) => Math.ceil(people / 3),
};

/** Mailchimp's audience export: tags are a list of quoted texts within a cell. */
export const mailchimp: Export = {
  header: 'Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,TAGS',
  line: (index) =>
    `p${index}@example.com,${nameOf(index)},Ørsted,2,2026-03-05 14:22:11,${70_000 + index},"""VIP"",""Früh, sehr"""`,
  lineEnd: '\n',
  broken: [['@example.com,Ada,L,2,,1,', 'Email Address']],
  ignored: ['MEMBER_RATING'],
  stored: { first_name: 'Zoë', last_name: 'Ørsted', external_id: '70001', email: 'p1@example.com' },
  withdrawn: () => 0,
};

/** How bytes are made of an export's text. */
export const encodings: Record<string, (text: string) => Buffer> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'utf-16le': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  // The characters used here are where Latin-1 has them.
  'windows-1252': (text) => Buffer.from(text, 'latin1'),
};
