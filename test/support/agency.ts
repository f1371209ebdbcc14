import { Person, goodPassword } from './person.js';

/**
 * An agency with four client workspaces, made through the public API as an integrator would. The same data every time,
 * but for ids and for the moments of events, which lie in the days before now.
 */
export interface Agency {
  owner: Person;
  email: string;
  password: string;
  organizationId: string;
  /** The ids of the workspaces by name. */
  workspaces: Record<ClientName, string>;
  /** The ids of the segments of the largest workspace by name. */
  segments: Record<string, string>;
}

/** The clients; the last one has just signed and has no data yet. */
export const clients = {
  'Northwind Analytics': 420,
  'Harbor & Pine': 140,
  'Lumen Dental': 60,
  'Acme Robotics': 0,
} as const;
export type ClientName = keyof typeof clients;

/** The segment that everything begins with. */
export const pricingRule = 'event "page_viewed" on "/pricing" in last 30 days and not event "demo_requested"';

const firstNames =
  'Ada Bruno Chiara Dmitri Elif Femi Greta Hugo Ines Jonas Keiko Liam Maya Nadia Omar Priya'.split(' ');
const lastNames =
  'Abend Brandt Castellano Dubois Eriksen Fofana Grünewald Haddad Ito Jansen Kovács Lindqvist Moreau'.split(
    ' ',
  );
const companies = [
  ['Vantage Cloud', 'vantagecloud.example', 'Software', 840],
  ['Bellweather Logistics', 'bellweather.example', 'Logistics', 2600],
  ['Kestrel Health', 'kestrelhealth.example', 'Healthcare', 410],
  ['Tidewater Finance', 'tidewater.example', 'Finance', 5200],
  ['Orchard Retail Group', 'orchardretail.example', 'Retail', 1250],
  ['Quill & Co', 'quillco.example', 'Media', 35],
] as const;
const titles = [
  'Head of Growth',
  'Marketing Manager',
  'Data Analyst',
  'VP Sales',
  'Founder',
  'Product Manager',
];
const stages = ['subscriber', 'lead', 'marketing_qualified', 'opportunity', 'customer'];
const pages = ['/', '/features', '/pricing', '/blog/audiences-101', '/customers', '/docs'];

/** A random number generator that always says the same (mulberry32). */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * sides);
  };
}

type Dice = ReturnType<typeof createDice>;
type Input = Record<string, unknown>;

const pick = <Item>(dice: Dice, items: readonly Item[]): Item => items[dice(items.length)] as Item;

/** A contact; some know only an e-mail address, some only a device, as in life. */
function contactOf(dice: Dice, client: string, index: number): Input {
  const domain = `${client.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.example`;
  if (dice(14) === 0) return { anonymousId: `device-${index}`, externalId: `${client}-${index}` };
  const [first, last] = [pick(dice, firstNames), pick(dice, lastNames)];
  const [name, companyDomain, industry, employees] = pick(dice, companies);
  const email = `${first}.${last}.${index}@${domain}`.normalize('NFD').replaceAll(/[^\w.@-]/g, '');
  const bare = { email: email.toLowerCase(), externalId: `${client}-${index}` };
  if (dice(12) === 0) return bare;
  return {
    ...bare,
    ...(dice(3) === 0 ? { phone: `+4930${String(1_000_000 + index)}` } : {}),
    attributes: [
      { key: 'first_name', value: first },
      { key: 'last_name', value: last },
      { key: 'job_title', value: dice(5) === 0 ? null : pick(dice, titles) },
      { key: 'lifecycle_stage', value: dice(6) === 0 ? null : pick(dice, stages) },
      { key: 'lead_score', value: dice(101) },
      { key: 'tags', value: dice(3) === 0 ? ['webinar', 'newsletter'] : null },
      { key: 'country', value: pick(dice, ['DE', 'US', 'FR', 'GB']) },
    ],
    company:
      dice(4) === 0
        ? null
        : {
            name,
            domain: companyDomain,
            attributes: [
              { key: 'industry', value: industry },
              { key: 'employee_count', value: employees },
            ],
          },
    consents: [
      { channel: 'email', state: dice(6) === 0 ? 'withdrawn' : 'granted', source: 'newsletter form' },
      ...(dice(2) === 0 ? [{ channel: 'ads', state: 'granted', source: 'cookie banner' }] : []),
    ],
  };
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** What one contact did: visits, and now and then a form, a demo or an order. */
function eventsOf(dice: Dice, client: string, index: number): Input[] {
  const visits = [0, 1, 1, 2, 3, 5, 9][dice(7)] as number;
  const who = { externalId: `${client}-${index}` };
  const at = (): string => new Date(Date.now() - dice(60) * day - (1 + dice(1400)) * minute).toISOString();
  const seen = Array.from({ length: visits }, (): Input => {
    const target = pick(dice, pages);
    const properties = { referrer: pick(dice, ['google', 'linkedin', 'direct']), seconds: 5 + dice(240) };
    return { ...who, name: 'page_viewed', target, occurredAt: at(), properties };
  });
  if (dice(5) === 0) seen.push({ ...who, name: 'form_submitted', target: 'newsletter', occurredAt: at() });
  if (dice(9) === 0) seen.push({ ...who, name: 'demo_requested', target: 'website', occurredAt: at() });
  if (dice(11) === 0) {
    const properties = {
      plan: pick(dice, ['Team', 'Business']),
      amount: 49 * (1 + dice(20)),
      currency: 'EUR',
    };
    seen.push({ ...who, name: 'order_completed', target: 'subscription', occurredAt: at(), properties });
  }
  return seen;
}

/** Signs an agency up and fills its workspaces. */
export async function createAgency(url: string, email = 'mara@brightside.example'): Promise<Agency> {
  const owner = new Person(url);
  const [organizationId, firstId] = await signUp(owner, email);
  const workspaces = { 'Northwind Analytics': firstId } as Agency['workspaces'];
  for (const name of Object.keys(clients).slice(1) as ClientName[]) {
    const made = await owner.query<{ createWorkspace: { id: string } }>(
      `mutation ($organizationId: ID!, $input: CreateWorkspaceInput!) {
         createWorkspace(organizationId: $organizationId, input: $input) { id }
       }`,
      { organizationId, input: { name, timeZone: 'Europe/Berlin', defaultCountry: 'DE' } },
    );
    workspaces[name] = made.createWorkspace.id;
  }
  for (const [name, size] of Object.entries(clients)) {
    await fill(owner, workspaces[name as ClientName], name, size);
  }
  const segments = await createSegments(owner, firstId);
  return { owner, email, password: goodPassword, organizationId, workspaces, segments };
}

async function signUp(owner: Person, email: string): Promise<[string, string]> {
  const { signUp: viewer } = await owner.query<{
    signUp: { organizations: { id: string; workspaces: { edges: { node: { id: string } }[] } }[] };
  }>(
    `mutation ($input: SignUpInput!) {
       signUp(input: $input) { organizations { id workspaces { edges { node { id } } } } }
     }`,
    {
      input: {
        name: 'Mara Lindholm',
        email,
        password: goodPassword,
        organizationName: 'Brightside',
        workspaceName: 'Northwind Analytics',
        timeZone: 'Europe/Berlin',
      },
    },
  );
  const [organization] = viewer.organizations;
  return [organization?.id ?? '', organization?.workspaces.edges[0]?.node.id ?? ''];
}

async function fill(owner: Person, workspaceId: string, client: string, size: number): Promise<void> {
  const dice = createDice(size);
  const contacts = Array.from({ length: size }, (_, index) => contactOf(dice, client, index));
  const events = contacts.flatMap((_, index) => eventsOf(dice, client, index));
  if (size === 0) return;
  const taken = await owner.query<{ upsertContacts: { error: unknown }[] }>(
    `mutation ($workspaceId: ID!, $input: UpsertContactsInput!) {
       upsertContacts(workspaceId: $workspaceId, input: $input) { error { message path } }
     }`,
    { workspaceId, input: { contacts } },
  );
  expectAllTaken(taken.upsertContacts);
  for (let first = 0; first < events.length; first += 1000) {
    const stored = await owner.query<{ recordEvents: { error: unknown }[] }>(
      `mutation ($workspaceId: ID!, $input: RecordEventsInput!) {
         recordEvents(workspaceId: $workspaceId, input: $input) { error { message path } }
       }`,
      { workspaceId, input: { events: events.slice(first, first + 1000) } },
    );
    expectAllTaken(stored.recordEvents);
  }
}

function expectAllTaken(results: { error: unknown }[]): void {
  const refused = results.find(({ error }) => error);
  if (refused) throw new Error(`The agency's data were refused: ${JSON.stringify(refused.error)}`);
}

/** A segment of each kind that there is. */
async function createSegments(owner: Person, workspaceId: string): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  const create = async (name: string, text: string, description = ''): Promise<void> => {
    const made = await owner.query<{ createSegment: { id: string } }>(
      `mutation ($workspaceId: ID!, $input: CreateSegmentInput!) {
         createSegment(workspaceId: $workspaceId, input: $input) { id }
       }`,
      { workspaceId, input: { name, description, rule: { text } } },
    );
    ids[name] = made.createSegment.id;
  };
  await create('Pricing page, no demo', pricingRule, 'Warm leads for the spring campaign.');
  await create('Large companies', 'company.employee_count >= 1000 and consent email granted');
  await create(
    'Read, then priced',
    'sequence (event "page_viewed" on "/docs", event "page_viewed" on "/pricing") within 14 days',
  );
  await create('Buyers', 'event "order_completed" with sum of amount >= 200 in last 90 days');
  await create('Hold-out', 'sample 10% salt "spring"');
  await create(
    'Spring campaign',
    `segment "${ids['Pricing page, no demo']}" and not segment "${ids['Hold-out']}"`,
  );
  await create('Nobody yet', 'event "webinar_attended"');
  await createList(owner, workspaceId, ids);
  await create('Autumn campaign', 'event "form_submitted" on "newsletter"');
  await owner.query(
    `mutation ($workspaceId: ID!, $id: ID!) { archiveSegment(workspaceId: $workspaceId, input: { id: $id }) { id } }`,
    { workspaceId, id: ids['Autumn campaign'] },
  );
  return ids;
}

async function createList(owner: Person, workspaceId: string, ids: Record<string, string>): Promise<void> {
  const { workspace } = await owner.query<{ workspace: { contacts: { edges: { node: { id: string } }[] } } }>(
    `query ($workspaceId: ID!) { workspace(id: $workspaceId) { contacts(first: 24) { edges { node { id } } } } }`,
    { workspaceId },
  );
  const { createStaticSegment } = await owner.query<{ createStaticSegment: { id: string } }>(
    `mutation ($workspaceId: ID!, $input: CreateStaticSegmentInput!) {
       createStaticSegment(workspaceId: $workspaceId, input: $input) { id }
     }`,
    { workspaceId, input: { name: 'Webinar guests', description: 'Typed off the guest list.' } },
  );
  ids['Webinar guests'] = createStaticSegment.id;
  const contactIds = workspace.contacts.edges.map(({ node }) => node.id);
  await owner.query(
    `mutation ($workspaceId: ID!, $input: ListChangeInput!) {
       addToStaticSegment(workspaceId: $workspaceId, input: $input) { changed }
     }`,
    { workspaceId, input: { id: createStaticSegment.id, contactIds } },
  );
}
