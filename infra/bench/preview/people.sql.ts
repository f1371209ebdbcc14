import { contactsPerCompany, ids, oneOf, pick, uuidOf, type Extent } from './made-up.js';

const workspace = `'${ids.workspace}'::uuid`;

const industries = [
  'Software',
  'Retail',
  'Banking',
  'Insurance',
  'Logistics',
  'Energy',
  'Health',
  'Education',
  'Media',
  'Travel',
];

const levels = ['Head of', 'Director of', 'VP', 'Chief', 'Manager', 'Senior', 'Junior', 'Assistant'];
const fields = ['Operations', 'Marketing', 'Sales', 'Engineering', 'Finance'];
const titles = levels.flatMap((level) => fields.map((field) => `${level} ${field}`));

const stages = [
  ['subscriber', 80],
  ['lead', 60],
  ['opportunity', 24],
  ['customer', 30],
  ['evangelist', 4],
] as const;

const plans = [
  ['free', 90],
  ['starter', 30],
  ['pro', 20],
  ['enterprise', 6],
] as const;

/** The most frequent first; the farther behind, the rarer. */
const countries =
  'US DE GB FR NL ES IT PL SE AT CH BE DK NO FI IE PT CZ RO HU GR BG HR SK SI LT LV EE LU MT CY IS CA MX BR AR CL CO PE AU NZ JP KR SG IN ZA IL AE TR UA';

const array = (texts: readonly string[]): string =>
  `('{${texts.map((text) => `"${text}"`).join(',')}}'::text[])`;

/** Values of contacts: key, position, and the one typed column that is set, each as SQL over the number `i` of a contact. */
function values(now: string): [key: string, position: number, column: string, value: string][] {
  const tags = ['beta', 'newsletter', 'partner', 'event', 'churn-risk', 'champion', 'press', 'student'];
  const tag = (position: number): string =>
    `case when ${pick('i', 21, 10)} < 2 and ${pick('i', 22, 3)} >= ${position} then ${array(tags)}[1 + (${pick('i', 23, 8)} + ${position}) % 8] end`;
  return [
    [
      'job_title',
      0,
      'text',
      `case when ${pick('i', 1, 10)} < 9 then ${array(titles)}[1 + ${pick('i', 2, 40)}] end`,
    ],
    ['lifecycle_stage', 0, 'text', oneOf('i', 3, stages)],
    [
      'country',
      0,
      'text',
      `${array(countries.split(' '))}[1 + trunc(50 * power(${pick('i', 4, 1000)} / 1000.0, 2))::int]`,
    ],
    ['plan', 0, 'text', oneOf('i', 5, plans)],
    ['lead_score', 0, 'number', `case when ${pick('i', 6, 10)} < 9 then ${pick('i', 7, 100)} end`],
    ['total_spent', 0, 'number', `case when ${pick('i', 8, 10)} < 6 then ${pick('i', 9, 100_000)} / 4.0 end`],
    [
      'last_seen_at',
      0,
      'instant',
      `timestamptz '${now}' - ${pick('i', 10, 180 * 86_400)} * interval '1 second'`,
    ],
    ['newsletter', 0, 'flag', `${pick('i', 11, 2)} = 0`],
    ['tags', 0, 'text', tag(0)],
    ['tags', 1, 'text', tag(1)],
    ['tags', 2, 'text', tag(2)],
  ];
}

const typed = (column: string, value: string): string =>
  ['text', 'number', 'instant', 'flag'].map((each) => (each === column ? `(${value})` : 'null')).join(', ');

/** Writes the companies, and what is known of them. */
export function companyStatements({ contacts, now }: Extent): string[] {
  const companies = `generate_series(0, ${Math.ceil(contacts / contactsPerCompany) - 1}) i`;
  const id = uuidOf('company', 'i');
  return [
    `insert into companies (workspace_id, id, name, created_at)
     select ${workspace}, ${id}, 'Company ' || i, timestamptz '${now}' - interval '2 years' from ${companies}`,
    `insert into company_attributes (workspace_id, company_id, key, text, folded, number, since)
     select ${workspace}, ${id}, v.key, v.text, lower(v.text), v.number, '${now}'
     from ${companies}, lateral (values
       ('industry', ${array(industries)}[1 + ${pick('i', 31, 10)}], null),
       ('employee_count', null, trunc(power(10, 1 + ${pick('i', 32, 400)} / 100.0))::float8)
     ) as v (key, text, number)`,
    `insert into company_signals (workspace_id, id, company_id, name, folded_name, source, folded_source, number, observed_at, received_at)
     select ${workspace}, ${uuidOf('company signal', 'i')}, ${id}, ${said('i')} from ${companies} where ${pick('i', 33, 10)} = 0`,
  ];
  function said(row: string): string {
    return saidOf(row, now);
  }
}

/** Writes the contacts, and all that is known of them but what they did. */
export function contactStatements({ contacts, now }: Extent): string[] {
  const everybody = `generate_series(0, ${contacts - 1}) i`;
  const company = uuidOf('company', pick('i', 41, Math.ceil(contacts / contactsPerCompany)));
  return [
    `insert into contacts (workspace_id, id, ordinal, company_id, created_at, updated_at)
     select ${workspace}, ${uuidOf('contact', 'i')}, i, case when ${pick('i', 42, 10)} < 6 then ${company} end, at, at
     from ${everybody}, lateral (select timestamptz '${now}' - interval '2 years' + i * (interval '2 years' / ${contacts})) as c (at)`,
    `insert into contact_attributes (workspace_id, ordinal, key, position, text, folded, number, instant, flag, since)
     select ${workspace}, i, v.key, v.position, v.text, lower(v.text), v.number, v.instant, v.flag, timestamptz '${now}' - ${pick('i', 43, 400)} * interval '1 day'
     from ${everybody}, lateral (values
       ${values(now)
         .map(([key, position, column, value]) => `('${key}', ${position}, ${typed(column, value)})`)
         .join(',\n       ')}
     ) as v (key, position, text, number, instant, flag)
     where num_nonnulls(v.text, v.number, v.instant, v.flag) = 1`,
    `insert into contact_identities (workspace_id, kind, value, raw, ordinal, created_at)
     select ${workspace}, v.kind, v.value, v.value, i, '${now}'
     from ${everybody}, lateral (values
       ('external_id', 'user-' || i),
       ('email', case when ${pick('i', 44, 10)} < 8 then 'person.' || i || '@example.com' end),
       ('phone', case when ${pick('i', 45, 10)} < 3 then '+1' || 4150000000 + i end)
     ) as v (kind, value)
     where v.value is not null`,
    `insert into consents (workspace_id, ordinal, channel, state, source, recorded_at)
     select ${workspace}, i, v.channel, case when v.place < 30 then 'withdrawn' else 'granted' end, 'import', '${now}'
     from ${everybody}, lateral (values ('ads', ${pick('i', 46, 130)}), ('email', ${pick('i', 47, 130)})) as v (channel, place)
     where v.place < 100`,
    `insert into list_members (workspace_id, segment_id, ordinal, added_at)
     select ${workspace}, '${ids.list}', i, '${now}' from ${everybody} where ${pick('i', 48, 20)} = 0`,
    `insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank)
     select ${workspace}, '${ids.lookalike}', i, row_number() over (order by ${pick('i', 50, 1_000_000_000)}, i)
     from ${everybody} where ${pick('i', 49, 5)} = 0`,
    `insert into contact_signals (workspace_id, id, ordinal, name, folded_name, source, folded_source, number, observed_at, received_at)
     select ${workspace}, ${uuidOf('signal', 'i')}, i, ${saidOf('i', now)} from ${everybody} where ${pick('i', 51, 20)} = 0`,
  ];
}

/** What a signal says: one of four topics, how strongly, and when. */
function saidOf(row: string, now: string): string {
  const topic = `${array(['crm software', 'data warehouse', 'ad platforms', 'analytics'])}[1 + ${pick(row, 61, 4)}]`;
  const at = `timestamptz '${now}' - ${pick(row, 62, 120 * 86_400)} * interval '1 second'`;
  return `${topic}, ${topic}, 'bombora', 'bombora', ${pick(row, 63, 100)}, ${at}, ${at}`;
}
